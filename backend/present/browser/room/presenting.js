// Showing this page's view to the others of the room: page, run, tab of the evidence and playhead, on each change and every
// two seconds, at most ten times a second.
//
// The strip says where its playhead is with `ph-playhead` on the document, and `ph-where` asks it to say so.
let strip = null;
let togglePresenting = () => {};

function pageName() {
  return PAGES.exec(window.location.pathname)?.[1] ?? 'ask';
}

function viewOfPage() {
  const named = new URLSearchParams(window.location.search);
  const run = named.get('run') || named.get('share') || named.get('a') || null, second = named.get('b');
  const view = {page: pageName(), section: document.documentElement.dataset.phTab ?? '', playing: false, speed: 1};
  // Two runs whose agents are not named are followed as such.
  if (view.page === 'compare') view.section = named.get('blind') ? 'blind' : '';
  if (run) view.run_id = run;
  if (second) view.second_run_id = second;
  if (strip?.isThere()) {
    const {at_ms: at, playing, speed} = strip.state();
    Object.assign(view, {playing, speed}, at === null ? {} : {at_ms: Math.max(0, at)});
  }
  return view;
}

{
  const EVERY_MS = 100;
  const AGAIN_MS = 2000;
  let rev = 0, said = '', saidAt = -Infinity, pending = 0;

  const show = () => {
    pending = 0;
    if (!tab.presents || !room.open) return;
    const view = viewOfPage(), now = serverNow();
    // A playhead that plays moves by itself: only a jump of it is news.
    const text = JSON.stringify({...view, at_ms: view.playing ? strip.state().moves : view.at_ms});
    if (text === said && performance.now() - saidAt < AGAIN_MS) return;
    [said, saidAt] = [text, performance.now()];
    sendToRoom('playhead', {view: {...view, rev: rev += 1, ...(now === null ? {} : {sent_at: now})}});
  };

  const soon = () => { pending ||= setTimeout(show, Math.max(0, saidAt + EVERY_MS - performance.now())); };

  document.addEventListener('ph-playhead', (event) => {
    strip = event.detail;
    if (tab.presents) soon();
  });
  document.dispatchEvent(new CustomEvent('ph-where'));
  onDocumentChange(() => { if (tab.presents) soon(); });
  setInterval(() => { if (tab.presents) soon(); }, 500);

  togglePresenting = () => {
    tab.presents = !tab.presents;
    tab.pinned = tab.presents ? pageRun() : '';
    tab.follows = false;
    keepTab();
    said = '';
    if (tab.presents) soon(); else sendToRoom('playhead', {});
    roomChanged('following');
  };

  onRoomChange((what) => {
    if (what === 'open') { said = ''; rev = 0; if (tab.presents) soon(); }
    // Somebody else has the stage now.
    if (what === 'playhead' && tab.presents && room.shown && room.shown.by.participant !== room.id) {
      tab.presents = false;
      tab.pinned = '';
      keepTab();
    }
  });
}
