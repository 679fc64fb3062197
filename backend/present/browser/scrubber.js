// The scrubber: a range input that moves by itself while the run plays, and a line on the timeline that moves with it.
//
// The server is told where the reader put the playhead, at most ten times a second while they drag. Between two words
// from it the position is counted on here, so that the thumb moves smoothly. The moment goes into the address
// without a place in the browser's history.
const TELLS_EVERY_MS = 100;
const TIMELINE = ':is(#ph-timeline, .st-key-ph-timeline) .js-plotly-plot';

function clock(ms) {
  const tenths = Math.round(ms / 100);
  return `${Math.floor(tenths / 600)}:${String(Math.floor(tenths / 10) % 60).padStart(2, '0')}.${tenths % 10}`;
}

function startScrubber(root) {
  const input = root.querySelector('input');
  const state = {input, data: null, moves: null, at: 0, since: 0, dragging: false, told: 0, pending: 0, tell: null};

  const duration = () => state.data.duration_ms;
  const position = () => {
    const moved = state.data.playing && !state.dragging ? (performance.now() - state.since) * state.data.speed : 0;
    return Math.min(Math.max(0, state.at + moved), duration());
  };

  const chart = () => document.querySelector(TIMELINE);

  const drawLine = (ms) => {
    const plot = chart(), axis = plot?._fullLayout?.xaxis, size = plot?._fullLayout?._size;
    if (!axis || !size) return;
    let line = plot.querySelector(':scope > .ph-playhead');
    if (!line) {
      line = document.createElement('div');
      line.className = 'ph-playhead';
      plot.style.position = 'relative';
      plot.append(line);
    }
    line.style.transform = `translateX(${size.l + axis.d2p(ms / 1000)}px)`;
    line.style.top = `${size.t}px`;
    line.style.height = `${size.h}px`;
  };

  const show = (ms) => {
    if (!state.dragging) input.value = ms;
    input.style.setProperty('--ph-share', duration() ? ms / duration() : 0);
    input.setAttribute('aria-valuetext', `${clock(ms)} / ${clock(duration())}`);
    drawLine(ms);
  };

  const intoAddress = (ms) => {
    const address = new URL(window.location.href);
    if (!duration() || !['run', 'share', 'a', 'b'].some((name) => address.searchParams.has(name))) return;
    address.searchParams.set('t', Math.round(ms));
    if (address.href !== window.location.href) window.history.replaceState(window.history.state, '', address);
  };

  const tellNow = () => {
    clearTimeout(state.pending);
    state.pending = 0;
    state.told = performance.now();
    state.tell(state.at);
  };

  const tell = () => {
    const wait = state.told + TELLS_EVERY_MS - performance.now();
    if (wait <= 0) tellNow();
    else if (!state.pending) state.pending = setTimeout(tellNow, wait);
  };

  // Before a press of Next or Play is told, so that a move of before does not come behind it and undo it.
  const tellBeforeAPress = () => { if (state.pending) tellNow(); };
  document.addEventListener('click', tellBeforeAPress, true);

  const moveTo = (ms) => {
    state.at = Math.min(Math.max(0, ms), duration());
    state.since = performance.now();
    show(state.at);
    tell();
  };

  input.addEventListener('pointerdown', () => { state.dragging = true; });
  input.addEventListener('input', () => moveTo(Number(input.value)));
  input.addEventListener('change', () => { state.dragging = false; moveTo(Number(input.value)); intoAddress(state.at); });
  input.addEventListener('pointerup', () => { state.dragging = false; });
  input.addEventListener('keydown', (event) => {
    const way = {ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10}[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    moveTo(position() + way * Math.max(100, duration() / 100));
    intoAddress(state.at);
  });

  // Anywhere on the timeline is a moment of the run.
  const onTimeline = (event) => {
    const plot = event.target.closest?.(TIMELINE);
    const axis = plot?._fullLayout?.xaxis, size = plot?._fullLayout?._size;
    if (!axis || !size || event.target.closest('a, .modebar')) return;
    const across = event.clientX - plot.getBoundingClientRect().left - size.l;
    if (across < -4 || across > size.w + 4) return;
    const chosen = plot._hoverdata?.[0]?.customdata;
    moveTo(Array.isArray(chosen) && Number.isFinite(chosen[1]) ? chosen[1] : axis.p2d(across) * 1000);
    intoAddress(state.at);
  };
  document.addEventListener('click', onTimeline, true);

  let frame = requestAnimationFrame(function step() {
    if (state.data) show(position());
    frame = requestAnimationFrame(step);
  });
  state.stop = () => {
    cancelAnimationFrame(frame);
    clearTimeout(state.pending);
    document.removeEventListener('click', tellBeforeAPress, true);
    document.removeEventListener('click', onTimeline, true);
  };

  state.take = (data) => {
    const news = state.moves !== data.moves;
    if (news && !state.dragging) {
      state.at = data.at_ms;
      state.since = performance.now();
    }
    state.data = data;
    state.moves = data.moves;
    input.max = data.duration_ms;
    if (input.getAttribute('aria-label') !== data.label) input.setAttribute('aria-label', data.label);
    show(position());
    if (news && !data.playing && !state.dragging) intoAddress(state.at);
  };
  return state;
}
