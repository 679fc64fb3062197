// What a strip's model says, for whoever draws it or moves along it. `STRIP` holds the words and the heights: see
// `strip_script` in Python. Times are milliseconds of the run.
const SVG = 'http://www.w3.org/2000/svg';

function formatMs(milliseconds) {
  const duration = Math.max(0, milliseconds);
  if (Math.round(duration) < 1000) return `${Math.round(duration)} ms`;
  if (Math.round(duration / 100) < 600) return `${(duration / 1000).toFixed(1)} s`;
  const seconds = Math.round(duration / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
  const minutes = Math.round(duration / 60000);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

function filled(template, ...values) {
  return values.reduce((text, value) => text.replace('{}', () => value), template);
}

// The end of the axis of a run that has come so far: it jumps, so that between two jumps a bar only grows.
function axisReach(endMs) {
  let unit = STRIP.axis.first;
  while (endMs > unit * STRIP.axis.reaches.at(-1)) unit *= STRIP.axis.nextUnit;
  return unit * STRIP.axis.reaches.find((reach) => endMs <= unit * reach);
}

function axisTicks(endMs) {
  const seconds = endMs / 1000, most = STRIP.axis.mostTicks;
  const step = STRIP.axis.steps.find((each) => seconds / each <= most) ?? seconds / most;
  const two = (number) => String(number).padStart(2, '0');
  return Array.from({length: Math.floor(seconds / step + 1e-9) + 1}, (_, index) => {
    const at = index * step, whole = Math.round(at);
    let text = '0';
    if (at && step < 1) text = `${at.toFixed(1)} s`;
    else if (at && step < 60) text = whole < 120 ? `${whole} s` : `${Math.floor(whole / 60)}:${two(whole % 60)}`;
    else if (at) text = step < 3600 ? `${Math.round(at / 60)} min` : `${Math.round(at / 3600)} h`;
    return [at * 1000, text];
  });
}

// The model's JSON as objects: lists of numbers become points.
function readModel(text) {
  const told = JSON.parse(text), pairs = (flat) => {
    const found = [];
    for (let index = 0; index + 1 < flat.length; index += 2) found.push([flat[index], flat[index + 1]]);
    return found;
  };
  const point = ([at, number]) => ({at, number: Math.abs(number), resolved: number >= 0});
  const states = {ru: 'running', wa: 'waiting', pa: 'paused', qu: 'queued', fi: 'finished', fa: 'failed', ca: 'cancelled'};
  const kinds = {w: 'warning', e: 'error', a: 'artifact'};
  return {
    ...told,
    rows: told.steps.map(([label, start, end, state, series, depth, lasted]) => ({
      label, start, end, state: states[state], series, depth, lasted})),
    citations: pairs(told.citations).map(point),
    markers: pairs(told.markers).map(point),
    signals: pairs(told.signals).map(([at, kind]) => ({at, kind: kinds[kind]})),
    silences: pairs(told.silences),
  };
}
