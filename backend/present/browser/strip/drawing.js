// Draws one run's model, with the classes of `backend.present.strip.still`. An element is made once and used again for
// what comes to its place; an attribute is set only if it differs, and nothing is measured: both would cost the browser a
// look at the whole page, in every frame.
function stripPlaces(heights, rows) {
  const row = heights.row[rows <= STRIP.geometry.lowAbove ? 0 : rows <= STRIP.geometry.lowestAbove ? 1 : 2];
  const answer = heights.top + Math.max(rows, STRIP.geometry.fewestRows) * row + heights.gap;
  const sources = answer + heights.answer + heights.gap;
  const signals = sources + heights.sources;
  const axis = signals + heights.signals + heights.gap;
  return {row, rows: heights.top, answer, sources, signals, axis, height: axis + heights.axis};
}

const SILENCE_LABEL_PX = 76;
const SIGN_PATHS = {warning: 'M0 -6L6 5H-6Z', error: 'M-5 -5L5 5M5 -5L-5 5', artifact: 'M-4.5 -4.5H4.5V4.5H-4.5Z'};

// The outline of the bins: a bin is drawn with a part of its neighbours, an empty one stays empty.
function densityPath(density) {
  const heights = density.map((count, index) =>
    (count ? ((density[index - 1] ?? 0) + 2 * count + (density[index + 1] ?? 0)) / 4 : 0));
  const highest = Math.max(0, ...heights);
  let path = '', drawing = false;
  heights.forEach((height, index) => {
    if (height) path += `${drawing ? 'L' : `M${index} 1L`}${index + 0.5} ${(1 - height / highest).toFixed(3)}`;
    else if (drawing) path += `L${index} 1Z`;
    drawing = height > 0;
  });
  return path + (drawing ? `L${heights.length} 1Z` : '');
}

// What grows moves by a tenth of a percent, about half a pixel: a frame in which nothing would move changes nothing.
const GROWN_DIGITS = 1;

function setDiffering(element, attribute, value) {
  const known = element.phKnown ??= {};
  if (known[attribute] === value) return;
  known[attribute] = value;
  if (attribute === 'text') element.textContent = value; else element.setAttribute(attribute, value);
}

function setStyle(element, property, value) {
  if (element.style[property] !== value) element.style[property] = value;
}

function setHidden(element, hidden) {
  if (element.hidden !== hidden) element.hidden = hidden;
}

function stripBox(parent, css) {
  const box = parent.appendChild(document.createElement('div'));
  box.className = css;
  return box;
}

// Elements by kind, used again in order.
function stripPool(parent, make) {
  const kinds = new Map();
  return {
    begin() { for (const kind of kinds.values()) kind.used = 0; },
    take(name, tag, attributes, layer = parent) {
      if (!kinds.has(name)) kinds.set(name, {used: 0, made: []});
      const kind = kinds.get(name);
      if (kind.used === kind.made.length) kind.made.push(layer.appendChild(make(tag)));
      const element = kind.made[kind.used++];
      for (const [attribute, value] of Object.entries(attributes)) setDiffering(element, attribute, value);
      return element;
    },
    end() {
      for (const kind of kinds.values()) for (const element of kind.made.splice(kind.used)) element.remove();
    },
  };
}

// One run's part of a strip. `draw(model, axis, now)` draws all of it, `grow(axis, now)` what moves between two models;
// `width` is that of the plot in pixels, as it was last measured.
function stripRun(host, compact) {
  const heights = STRIP.geometry[compact ? 'compact' : 'full'];
  const [title, names, plot] = ['title', 'names', 'plot'].map((name) => stripBox(host, `ph-strip-${name}`));
  const svg = plot.appendChild(document.createElementNS(SVG, 'svg'));
  for (const [name, value] of Object.entries({class: 'ph-strip-svg', width: '100%', 'aria-hidden': 'true'})) {
    svg.setAttribute(name, value);
  }
  const layers = Object.fromEntries(
    ['back', 'bars', 'area', 'front'].map((name) => [name, svg.appendChild(document.createElementNS(SVG, 'g'))]));
  const html = stripPool(names, (tag) => document.createElement(tag));
  const pool = stripPool(svg, (tag) => document.createElementNS(SVG, tag));
  const run = {host, plot, svg, model: null, at: null, axis: 0, width: 0, open: [], quiet: null, head: null};

  const share = (ms, digits = 3) => `${(Math.min(Math.max(ms / run.axis, 0), 1) * 100).toFixed(digits)}%`;
  const width = (ms, digits) => `width:max(3px,${share(ms, digits)})`;
  const bar = (kind, css, start, end, y, height, layer) => pool.take(kind, 'rect', {
    class: css, x: share(start), y, height, rx: Math.min(3, height / 2), ...(end === null ? {} : {style: width(end - start)})},
  layer);
  const upright = (css, at, top, bottom, layer) => pool.take('line', 'line', {
    class: css, x1: share(at), x2: share(at), y1: top, y2: bottom}, layer);
  const label = (text, css, x, y, anchor, dx = 0) => pool.take('text', 'text', {
    class: `ph-strip-text ${css}`, x, y, dx, 'text-anchor': anchor, text}, layers.front);
  const inner = (kind, css, path, y, height, viewBox, holder, layer) => {
    const box = pool.take(kind, 'svg', {
      class: holder, x: 0, y, width: '100%', height, viewBox, preserveAspectRatio: 'none'}, layer);
    const line = box.firstChild ?? box.appendChild(document.createElementNS(SVG, 'path'));
    setDiffering(line, 'class', css);
    setDiffering(line, 'd', path);
  };
  const sign = (kind, at, y, scale = 1) => {
    const box = pool.take('sign', 'svg', {class: `ph-strip-sign ph-strip-sign--${kind}`, x: share(at), y}, layers.front);
    const path = box.firstChild ?? box.appendChild(document.createElementNS(SVG, 'path'));
    setDiffering(path, 'd', SIGN_PATHS[kind]);
    setDiffering(path, 'transform', `scale(${scale})`);
  };
  // What is inside a slider cannot be a link as well: the strip leads to a point's source when it is pressed.
  const pointed = (kind, point, shape, attributes, y, scope) => {
    const leads = point.number && point.resolved;
    const drawn = pool.take(kind, shape, {
      ...attributes, class: `ph-strip-${kind} ${attributes.class ?? ''} ${leads ? 'ph-strip-leads' : ''}`}, layers.front);
    const source = leads ? `#${['ph-source', scope, point.number].filter(Boolean).join('-')}` : null;
    drawn.phPoint = {at: point.at, y, text: pointText(kind, point), drawn, source};
  };

  const drawNames = (now) => {
    const {model, at} = run;
    html.begin();
    run.head = html.take('head', 'div', {class: `ph-strip-head ph-strip-outcome--${model.outcome ?? ''}`});
    run.open = [];
    model.rows.forEach((row, index) => {
      const duration = row.lasted || formatMs(now - row.start);
      const name = html.take('name', 'div', {
        class: 'ph-strip-name', 'data-time': duration, title: `${row.label}: ${STRIP.words.states[row.state]}, ${duration}`,
        style: `top:${at.rows + index * at.row}px;height:${at.row}px;--ph-depth:${row.depth}`});
      const text = name.firstChild ?? name.appendChild(document.createElement('bdi'));
      if (text.textContent !== row.label) text.textContent = row.label;
      if (row.end === null) run.open.push({row, name, bar: null});
    });
    const lanes = [[STRIP.words.answer, at.answer, at.sources], [STRIP.words.sources, at.sources, at.signals],
      [STRIP.words.signals, at.signals, at.axis]];
    for (const [text, top, bottom] of lanes) {
      html.take('lane', 'div', {
        class: 'ph-strip-lane', style: `top:${top}px;height:${Math.min(bottom - top, 24)}px`, text});
    }
    html.end();
  };

  const drawBack = () => {
    const {model, at, axis} = run;
    for (const [start, end] of model.silences) {
      bar('silence', 'ph-strip-silence', start, end, at.rows, at.axis - at.rows, layers.back);
      if ((end - start) / axis * run.width >= SILENCE_LABEL_PX) {
        label(filled(STRIP.words.silent, formatMs(end - start)), 'ph-strip-quiet', share((start + end) / 2), at.answer + 14,
          'middle');
      }
    }
    // An agent that waits for a person is not silent.
    run.quiet = model.outcome || model.waits.some(([, , end]) => end === null) ? null :
      bar('quiet', 'ph-strip-silence', model.end, null, at.rows, at.axis - at.rows, layers.back);
    for (const [ms, text] of axisTicks(axis)) {
      upright('ph-strip-tick', ms, at.rows, at.axis, layers.back);
      label(text, 'ph-strip-axis', share(ms), at.axis + 13, !ms ? 'start' : ms > 0.97 * axis ? 'end' : 'middle');
    }
  };

  const drawSteps = (now) => {
    const {model, at} = run, height = Math.round(at.row * 0.56), inset = (at.row - height) / 2;
    let open = 0;
    model.rows.forEach((row, index) => {
      const top = at.rows + index * at.row + inset, end = row.end ?? now;
      const css = `ph-strip-bar ph-strip-bar--${row.state} ph-strip-series-${row.series}`;
      const drawn = bar('bar', css, row.start, row.end, top, height, layers.bars);
      if (row.end === null) run.open[open++].bar = drawn;
      if (row.state === 'failed') sign('error', end, top + height / 2, 0.7);
    });
    for (const [row, start, end] of model.waits) {
      bar('wait', 'ph-strip-wait', start, end ?? now, at.rows + row * at.row + inset, height, layers.bars);
    }
  };

  const drawAnswer = () => {
    const {model, at, axis} = run, height = at.sources - at.answer - heights.gap, scale = axis / model.bin;
    if (model.density.length) {
      inner('area', 'ph-strip-density', densityPath(model.density), at.answer, height, `0 0 ${scale} 1`, 'ph-strip-area',
        layers.area);
    }
    if (model.hidden.length) {
      const dots = model.hidden.map((index) => `M${index} 0H${index + 1}`).join('');
      inner('hidden', 'ph-strip-hidden', dots, at.answer + height - 2, 4, `0 -0.5 ${scale} 1`, 'ph-strip-area', layers.area);
    }
    if (model.first !== null) {
      const before = model.first > 0.5 * axis;
      upright('ph-strip-first', model.first, 4, at.sources - heights.gap, layers.front);
      label(filled(STRIP.words.firstToken, model.said[0]), 'ph-strip-first-label', share(model.first), 12,
        before ? 'end' : 'start', before ? -4 : 4);
    }
  };

  const drawSources = (scope) => {
    const {model, at, axis} = run, upper = at.sources + 8, lower = at.signals - 8, cited = new Map(), paths = {in: '', late: ''};
    for (const one of model.citations) if (!cited.has(one.number)) cited.set(one.number, one.at);
    for (const one of model.markers) {
      const known = one.resolved ? cited.get(one.number) : undefined;
      if (known === undefined) continue;
      paths[known > one.at ? 'late' : 'in'] += `M${known / axis * 1000} 0L${one.at / axis * 1000} 1`;
    }
    for (const [which, path] of Object.entries(paths)) {
      if (path) {
        inner(`links-${which}`, `ph-strip-link ph-strip-link--${which}`, path, upper, lower - upper, '0 0 1000 1', '',
          layers.front);
      }
    }
    for (const one of model.citations) {
      pointed('citation', one, 'rect', {x: share(one.at), y: upper - 4, width: 8, height: 8}, upper, scope);
    }
    for (const one of model.markers) {
      pointed('marker', one, 'circle', {
        class: one.resolved ? '' : 'ph-strip-marker--pending', cx: share(one.at), cy: lower, r: 4}, lower, scope);
    }
  };

  const drawRest = () => {
    const {model, at} = run, [, citations, markers, signals, silences] = model.more;
    const lanes = [[citations + markers, at.sources + 12], [signals, at.signals + 14], [silences, at.answer + 14]];
    for (const [count, y] of lanes) {
      if (count) label(filled(STRIP.words.morePoints, count), 'ph-strip-quiet', '100%', y, 'end');
    }
    if (model.outcome) {
      upright(`ph-strip-end ph-strip-end--${model.outcome}`, model.end, at.rows, at.axis, layers.front);
    }
  };

  run.draw = (model, axis, now, name, scope) => {
    run.model = model;
    run.axis = axis;
    run.at = stripPlaces(heights, model.rows.length);
    setDiffering(title, 'text', name);
    setHidden(title, !name);
    setStyle(names, 'height', `${run.at.height}px`);
    setDiffering(svg, 'height', run.at.height);
    drawNames(now);
    pool.begin();
    drawBack();
    drawSteps(now);
    drawAnswer();
    drawSources(scope);
    for (const one of model.signals) sign(one.kind, one.at, run.at.signals + 10);
    drawRest();
    pool.end();
    run.grow(now);
  };

  run.grow = (now) => {
    const {model} = run;
    for (const {row, name, bar: drawn} of run.open) {
      setDiffering(drawn, 'style', width(now - row.start, GROWN_DIGITS));
      const duration = formatMs(now - row.start);
      if (name.dataset.time !== duration) name.dataset.time = duration;
    }
    if (run.quiet) {
      const silent = now - model.end > 1000;
      setDiffering(run.quiet, 'visibility', silent ? 'visible' : 'hidden');
      if (silent) setDiffering(run.quiet, 'style', width(now - model.end, GROWN_DIGITS));
    }
    const outcome = model.outcome ? `${STRIP.words.outcomes[model.outcome]} ${model.said[1]}` : formatMs(now);
    if (run.head.textContent !== outcome) run.head.textContent = outcome;
  };

  run.points = () => [...svg.querySelectorAll('.ph-strip-citation, .ph-strip-marker')].map((drawn) => drawn.phPoint);
  return run;
}
