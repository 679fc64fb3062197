// The run strip in a page: one run or two on one clock, growing while they run, and the slider along them.
//
// `startStrip(host)` puts a strip into an element and gives `take(data)` for the server's data, `tell`, to be set to a function that receives the reader's
// moves in milliseconds, and `stop()`. With a playhead (Replay, Compare) the line is the playhead: it is told where the
// reader put it, at most ten times a second, and moves by itself while it plays. Without one the line is where the reader
// looks, and follows the run until they move it.
const TELLS_EVERY_MS = 100;
const NEAR_PX = 12;

function startStrip(host) {
  // One that was begun there before, by a framework that mounts its parts twice.
  for (const before of host.querySelectorAll('.ph-strip-place')) before.remove();
  const place = stripBox(host, 'ph-strip-place'), root = stripBox(place, 'ph ph-strip');
  const [runsBox, overlay, tip] = ['runs', 'overlay', 'tip'].map((name) => stripBox(root, `ph-strip-${name}`));
  const [later, nowLine, cursor] = ['later', 'now', 'cursor'].map((name) => stripBox(overlay, `ph-strip-${name}`));
  overlay.setAttribute('aria-hidden', 'true');
  tip.hidden = true;
  const reduced = window.matchMedia('(prefers-reduced-motion: reduce)');
  const state = {tell: null}, runs = [], origins = [];
  let data = null, models = [], since = 0, axis = 1, at = null, moves = null, dragging = false, pressed = null;
  let told = 0, pending = 0, frame = 0, timer = 0, changed = false, unsaid = false;

  const live = () => models.some((model) => !model.outcome);
  const ends = () => Math.max(1, ...models.map((model) => model.end));
  const elapsed = () => performance.now() - since;
  // How far each run is by now: one that is over, or whose clock stands still, is at its last event.
  const nowOf = (index) => (models[index].outcome || data.runs[index].live_ms === null ? models[index].end :
    Math.max(models[index].end, performance.now() - origins[index]));
  const now = () => Math.max(...models.map((_, index) => nowOf(index)));
  const duration = () => (data.playhead ? Math.max(data.playhead.duration_ms, 1) : live() ? now() : ends());
  const position = () => {
    if (at === null) return duration();
    const moved = data.playhead?.playing && !dragging ? elapsed() * data.playhead.speed : 0;
    return Math.min(Math.max(0, at + moved), duration());
  };

  const share = (ms, digits = 3) => `${(Math.min(Math.max(ms / axis, 0), 1) * 100).toFixed(digits)}%`;

  const say = (extra) => {
    unsaid = false;
    // A slider without a value is none: it becomes one with the first data.
    if (!root.hasAttribute('role')) {
      root.setAttribute('role', 'slider');
      root.tabIndex = 0;
    }
    const ms = position(), text = filled(STRIP.words.of, formatMs(ms), formatMs(duration()));
    const doing = extra ?? textAt(models, ms, now());
    root.setAttribute('aria-valuemin', 0);
    root.setAttribute('aria-valuemax', Math.round(duration()));
    root.setAttribute('aria-valuenow', Math.round(ms));
    root.setAttribute('aria-valuetext', doing ? `${text}, ${doing}` : text);
  };

  // What moves between two words from the server.
  const move = () => {
    const ms = position();
    setHidden(cursor, !data.playhead && at === null);
    if (!cursor.hidden) setStyle(cursor, 'left', share(ms));
    setHidden(later, !data.playhead);
    if (!later.hidden) setStyle(later, 'left', share(ms));
    setHidden(nowLine, !live());
    if (!nowLine.hidden) setStyle(nowLine, 'left', share(now(), GROWN_DIGITS));
    runs.forEach((run, index) => { if (!models[index].outcome) run.grow(nowOf(index)); });
  };

  // Only when a size has changed: to measure, the browser lays out the whole page first.
  const measure = () => {
    const first = runs[0]?.plot;
    if (!first) return;
    const outer = root.getBoundingClientRect(), upper = first.getBoundingClientRect();
    overlay.style.left = `${upper.left - outer.left - root.clientLeft}px`;
    overlay.style.top = `${upper.top - outer.top - root.clientTop}px`;
    overlay.style.width = `${upper.width}px`;
    overlay.style.height = `${runs.at(-1).plot.getBoundingClientRect().bottom - upper.top}px`;
    for (const run of runs) run.width = run.plot.clientWidth;
  };

  const draw = () => {
    changed = false;
    axis = live() ? axisReach(now()) : ends();
    axis = Math.max(axis, data.playhead?.duration_ms ?? 0);
    models.forEach((model, index) => {
      const {name, scope, model: text} = data.runs[index], {host: box} = runs[index];
      if (box.dataset.phModel !== text) box.dataset.phModel = text;
      runs[index].draw(model, axis, nowOf(index), name, scope);
    });
    drawDots();
    move();
  };

  // Comments, which the pages' script knows (`room/comments.js`): a button beside the strip, and a dot for each.
  const commentsButton = document.createElement('button');
  const offer = stripBox(place, 'ph ph-strip-comments'), dots = stripBox(overlay, 'ph-strip-dots');
  let said = [], dotted = '';
  commentsButton.type = 'button';
  commentsButton.className = 'ph-button';
  offer.hidden = true;
  offer.append(commentsButton);
  const openComments = (id) => {
    document.dispatchEvent(new CustomEvent('ph-comments-open', {detail: {button: commentsButton, id}}));
  };
  commentsButton.addEventListener('click', () => openComments());
  const drawDots = () => {
    const drawn = JSON.stringify([axis, said]);
    if (drawn === dotted) return;
    dotted = drawn;
    dots.replaceChildren(...said.map((comment) => {
      const dot = stripBox(dots, 'ph-strip-dot');
      dot.style.left = share(comment.at);
      dot.style.setProperty('--ph-person', `var(--ph-series-${Number(comment.colour ?? 6) % 7})`);
      dot.title = comment.text;
      dot.addEventListener('pointerdown', (event) => event.stopPropagation());
      dot.addEventListener('click', (event) => { event.stopPropagation(); moveTo(comment.at); openComments(comment.id); });
      return dot;
    }));
  };
  const takeComments = (event) => {
    said = models.length === 1 ? event.detail.dots : [];
    offer.hidden = !event.detail.offered || models.length !== 1;
    commentsButton.textContent = event.detail.label;
    drawDots();
  };

  const step = () => {
    frame = 0;
    if (!models.length || !root.isConnected) return;
    if (changed || (live() && now() > axis)) draw(); else move();
    if (unsaid || (data.playhead?.playing && document.activeElement !== root)) say();
    start();
  };

  // Whatever came since the last frame is drawn once. Apart from that, only while something moves, and not where motion is
  // reduced: there the line moves once a second.
  const start = () => {
    if (frame || !(changed || live() || data.playhead?.playing)) return;
    clearTimeout(timer);
    if (reduced.matches) timer = setTimeout(step, changed ? 0 : 1000);
    else frame = requestAnimationFrame(step);
  };

  const intoAddress = (ms) => {
    const address = new URL(window.location.href);
    if (!data.playhead || !['run', 'share', 'a', 'b'].some((name) => address.searchParams.has(name))) return;
    address.searchParams.set('t', Math.round(ms));
    if (address.href !== window.location.href) window.history.replaceState(window.history.state, '', address);
  };

  const tellNow = () => {
    clearTimeout(pending);
    pending = 0;
    told = performance.now();
    state.tell?.(at);
  };

  // For whoever shows this view to others, or follows the view of another: see `room/presenting.js`.
  const shared = {
    isThere: () => root.isConnected && models.length > 0,
    state: () => ({
      at_ms: at === null ? null : position(), duration_ms: duration(), moves,
      playing: Boolean(data.playhead?.playing) && position() < duration(), speed: data.playhead?.speed ?? 1,
      live: live()}),
    seek: (ms) => moveTo(ms),
    go: (to) => {
      at = to.at_ms === null ? (data.playhead ? duration() : null) : Math.min(Math.max(0, to.at_ms), duration());
      since = performance.now();
      if (data.playhead) {
        Object.assign(data.playhead, {playing: to.playing, speed: to.speed});
        state.tell?.(Math.min(at + to.lead_ms * to.speed, duration()), {playing: to.playing, speed: to.speed});
      }
      move();
      say();
      start();
    },
  };
  const sayWhere = () => {
    if (shared.isThere()) document.dispatchEvent(new CustomEvent('ph-playhead', {detail: shared}));
  };

  const tell = () => {
    const wait = told + TELLS_EVERY_MS - performance.now();
    if (wait <= 0) tellNow();
    else if (!pending) pending = setTimeout(tellNow, wait);
  };

  // Before a press of Next or Play is told, so that a move of before does not come behind it and undo it.
  const tellBeforeAPress = () => { if (pending) tellNow(); };

  const moveTo = (ms) => {
    at = Math.min(Math.max(0, ms), duration());
    if (data.playhead) since = performance.now();
    move();
    say();
    if (data.playhead) tell();
    sayWhere();
  };

  const runAt = (event) => runs.findIndex((run) => {
    const box = run.plot.getBoundingClientRect();
    return event.clientY >= box.top && event.clientY <= box.bottom;
  });

  // The point of a run's sources below the pointer, or the nearest if one is near.
  const pointAt = (event) => {
    if (event.target.phPoint) return event.target.phPoint;
    const run = runs[runAt(event)];
    if (!run) return null;
    const box = run.plot.getBoundingClientRect();
    const far = (point) => Math.hypot(
      event.clientX - box.left - point.at / axis * box.width, event.clientY - box.top - point.y);
    const [nearest] = run.points().map((point) => [far(point), point]).sort((one, other) => one[0] - other[0]);
    return nearest && nearest[0] <= NEAR_PX ? nearest[1] : null;
  };

  const timeAt = (event) => {
    const box = overlay.getBoundingClientRect(), across = (event.clientX - box.left) / box.width * axis;
    return pointAt(event)?.at ?? Math.min(Math.max(0, across), duration());
  };

  const point = (event) => {
    if (!models.length) return;
    const box = overlay.getBoundingClientRect(), near = pointAt(event), run = Math.max(0, runAt(event));
    const across = event.clientX - box.left, inside = across >= -2 && across <= box.width + 2;
    tip.hidden = !inside || event.pointerType === 'touch';
    for (const lit of root.querySelectorAll('.ph-strip-lit')) lit.classList.remove('ph-strip-lit');
    near?.drawn.classList.add('ph-strip-lit');
    if (tip.hidden) return;
    const ms = timeAt(event);
    tip.textContent = `${formatMs(ms)}: ${near ? near.text : activityAt(models[run], ms, nowOf(run))}`;
    const outer = root.getBoundingClientRect();
    const left = Math.min(event.clientX - outer.left + 12, outer.width - tip.offsetWidth - 8);
    tip.style.transform = `translate(${Math.max(4, left)}px, ${event.clientY - outer.top + 16}px)`;
  };

  root.addEventListener('pointerdown', (event) => {
    if (event.button || !models.length || runAt(event) < 0) return;
    const box = overlay.getBoundingClientRect();
    if (event.clientX < box.left - 4 || event.clientX > box.right + 4) return;
    pressed = event.clientX;
    moveTo(timeAt(event));
  });
  root.addEventListener('pointermove', (event) => {
    if (pressed !== null && !dragging && Math.abs(event.clientX - pressed) > 3) {
      dragging = true;
      root.setPointerCapture(event.pointerId);
    }
    if (dragging) moveTo(timeAt(event));
    point(event);
  });
  const release = () => {
    if (pressed === null) return;
    pressed = null;
    dragging = false;
    if (data.playhead) since = performance.now();
    intoAddress(at);
  };
  root.addEventListener('pointerup', release);
  root.addEventListener('pointercancel', release);
  root.addEventListener('pointerleave', () => { tip.hidden = true; });
  // A click near a point leads to its source: the shape is smaller than what can be hit.
  root.addEventListener('click', (event) => {
    const source = pointAt(event)?.source;
    if (source) root.dispatchEvent(new CustomEvent('ph-lead', {bubbles: true, detail: source}));
  });
  root.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !models.length) return;
    const way = {ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1}[event.key];
    const page = {PageUp: 1, PageDown: -1}[event.key];
    let ms = null;
    if (way) ms = nextMoment(models, Math.ceil(position()), way) ?? (way > 0 ? duration() : 0);
    else if (page) ms = position() + page * Math.max(100, duration() / 10);
    else if (event.key === 'Home') ms = 0;
    else if (event.key === 'End') ms = duration();
    if (ms === null) return;
    event.preventDefault();
    moveTo(ms);
    if (event.key === 'End' && !data.playhead) at = null;
    intoAddress(at ?? ms);
    sayWhere();
  });
  document.addEventListener('click', tellBeforeAPress, true);
  document.addEventListener('ph-where', sayWhere);
  document.addEventListener('ph-comments', takeComments);
  const sized = new ResizeObserver(() => {
    if (!data || !models.length) return;
    measure();
    draw();
  });
  sized.observe(root);

  state.take = (given) => {
    const news = !given.playhead || moves !== given.playhead.moves;
    const another = data?.runs.length !== given.runs.length;
    if (another) {
      runsBox.replaceChildren();
      runs.splice(0, runs.length, ...given.runs.map(() => (
        stripRun(stripBox(runsBox, 'ph-strip-run'), given.runs.length > 1))));
    }
    const before = data;
    models = given.runs.map((run, index) => (
      !another && before.runs[index].model === run.model ? models[index] : readModel(run.model)));
    if (another || given.turn !== before?.turn) origins.length = 0;
    // What arrived with the least delay sets each run's clock, so that the line for now never goes back.
    given.runs.forEach((run, index) => {
      if (run.live_ms !== null) origins[index] = Math.min(origins[index] ?? Infinity, performance.now() - run.live_ms);
    });
    // Another run is looked at from its end again.
    if (!given.playhead && (another || given.turn !== before?.turn)) at = null;
    if (given.playhead && news && !dragging) at = given.playhead.at_ms;
    if (news) since = performance.now();
    moves = given.playhead?.moves;
    data = given;
    root.setAttribute('aria-label', given.label);
    root.hidden = !models.length;
    if (!models.length) return;
    changed = true;
    unsaid = document.activeElement !== root || news;
    if (given.playhead && news && !given.playhead.playing && !dragging && before) intoAddress(at);
    start();
    if (news || another) sayWhere();
  };
  state.stop = () => {
    place.remove();
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    clearTimeout(pending);
    sized.disconnect();
    document.removeEventListener('click', tellBeforeAPress, true);
    document.removeEventListener('ph-where', sayWhere);
    document.removeEventListener('ph-comments', takeComments);
  };
  return state;
}
