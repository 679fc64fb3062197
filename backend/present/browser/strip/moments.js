// The moments of a strip: what the keyboard stops at, and what is happening at any time, in words.
function pointText(kind, point) {
  const say = STRIP.words;
  if (kind === 'citation') return point.number ? filled(say.citation, point.number) : say.citationUnnumbered;
  return filled(point.resolved ? say.marker : say.markerPending, point.number);
}

// [time, text] of everything that happened, in order.
function momentsOf(model) {
  const say = STRIP.words, moments = [];
  for (const row of model.rows) {
    moments.push([row.start, filled(say.stepBegins, row.label)]);
    if (row.end !== null) moments.push([row.end, filled(say.stepEnds, row.label, say.states[row.state])]);
  }
  if (model.first !== null) moments.push([model.first, filled(say.firstToken, model.said[0])]);
  for (const one of model.citations) moments.push([one.at, pointText('citation', one)]);
  for (const one of model.markers) moments.push([one.at, pointText('marker', one)]);
  for (const one of model.signals) moments.push([one.at, say[one.kind]]);
  for (const [start, end] of model.silences) moments.push([start, filled(say.silent, formatMs(end - start))]);
  if (model.outcome) moments.push([model.end, say.outcomes[model.outcome]]);
  return moments.sort((one, other) => one[0] - other[0]);
}

// What is going on then.
function activityAt(model, at, now) {
  const say = STRIP.words;
  if (model.outcome && at >= model.end) return say.outcomes[model.outcome].toLowerCase();
  const quiet = model.silences.some(([start, end]) => start < at && at < end) ||
    (!model.outcome && at - model.end > 1000 && !model.waits.some(([, , end]) => end === null));
  if (quiet) return say.silence;
  const writes = model.first !== null && at >= model.first && (at <= model.last || (!model.outcome && at >= now - 1000));
  if (writes) return say.writing;
  const open = model.rows.filter((row) => row.state !== 'queued' && row.start <= at && (row.end === null || at < row.end));
  return open.length ? open.at(-1).label : say.nothingYet;
}

// The next moment after `at`, or the one before it: [time, text of all that happened then].
function nextMoment(models, at, way) {
  const all = models.flatMap(momentsOf);
  const times = all.map(([time]) => time).filter((time) => (way > 0 ? time > at : time < at));
  if (!times.length) return null;
  return way > 0 ? Math.min(...times) : Math.max(...times);
}

function textAt(models, at, now) {
  const here = models.flatMap(momentsOf).filter(([time]) => time === Math.ceil(at)).map(([, text]) => text);
  const texts = here.length ? [...new Set(here)].slice(0, 3) : models.map((model) => activityAt(model, at, now));
  return texts.join(', ');
}
