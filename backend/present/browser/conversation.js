// The conversation's own scrolling. A new question is set to the top once, and its answer grows below it. Only a reader at
// the end is followed, and the page itself never moves; "Latest" leads there otherwise. The end of a run moves nothing.
//
// An answer that stands there within a second is read from its beginning, so nothing is followed before that. A move
// upwards holds at once if it is the reader's: the browser tells of it a frame later, and an answer that grows meanwhile
// would undo it. (For the same reason the wheel's listener is not passive: the browser waits for it.) A part that is drawn
// anew moves the place up as well, so a hand on wheel, screen, keys or mouse tells the two apart.
{
  const NEAR_THE_END = 40;
  const AT_THE_TOP = 80;
  const READ_FROM_THE_BEGINNING_MS = 1000;
  const BY_HAND_MS = 1000;
  const root = document.documentElement;
  const isOver = () => Boolean(document.querySelector('.ph-status[data-ph-run=ended]'));

  const below = (box) => box.scrollHeight - box.scrollTop - box.clientHeight;

  const follow = (box) => {
    let follows = true, began = null, last = 0, asked = '';
    let touched = -Infinity;
    const leaves = () => { follows = false; };
    const byHand = () => performance.now() - touched < BY_HAND_MS;
    for (const kind of ['wheel', 'touchmove', 'keydown', 'pointerdown']) {
      box.addEventListener(kind, () => { touched = performance.now(); }, {passive: true, capture: true});
    }
    box.addEventListener('pointermove', (event) => { if (event.buttons) touched = performance.now(); });
    const offerLatest = () => {
      root.toggleAttribute('data-ph-away', below(box) > NEAR_THE_END && Boolean(box.querySelector('.ph-answer')));
    };
    const toTheEnd = () => {
      box.scrollTop = box.scrollHeight;
      last = box.scrollTop;
    };
    box.addEventListener('wheel', (event) => { if (event.deltaY < 0) leaves(); }, {passive: false});
    box.addEventListener('scroll', () => {
      const top = box.scrollTop;
      if (top < last - 1 && byHand()) leaves();
      else if (top > last && below(box) < NEAR_THE_END) follows = true;
      last = top;
      offerLatest();
    }, {passive: true});
    const revealQuestion = () => {
      const turns = box.querySelectorAll('.ph-turn').length;
      const question = [...box.querySelectorAll('.ph-question')].find((one) => !one.closest('.ph-turn'));
      const now = question ? `${turns} ${question.textContent}` : '';
      // Gone for a moment while it is drawn anew, it is the same question when it is back.
      if (!question || now === asked) return;
      asked = now;
      follows = true;
      began = null;
      const room = parseFloat(getComputedStyle(box).paddingTop);
      const away = question.getBoundingClientRect().top - box.getBoundingClientRect().top - room;
      // Under the title of what was shared it is at the top already.
      if (away < 0 || away > AT_THE_TOP) box.scrollTop += away;
      last = box.scrollTop;
    };
    const look = () => {
      revealQuestion();
      if (!box.querySelector('.ph-answer')) { began = null; follows = true; offerLatest(); return; }
      began ??= performance.now();
      if (box.scrollTop < last - 1 && byHand()) leaves();
      if (follows && !isOver() && performance.now() - began > READ_FROM_THE_BEGINNING_MS) toTheEnd();
      offerLatest();
    };
    let due = 0;
    const lookOnce = () => { due ||= requestAnimationFrame(() => { due = 0; look(); }); };
    look();
    new MutationObserver(lookOnce).observe(box, {childList: true, subtree: true, characterData: true});
    new ResizeObserver(offerLatest).observe(box);
    // "Latest" lies over the place: a wheel on it moves the place all the same.
    document.addEventListener('wheel', (event) => {
      if (!box.isConnected || !event.target.closest?.('[data-ph-latest]')) return;
      if (event.deltaY < 0) leaves();
      box.scrollTop += event.deltaY;
    }, {passive: true});
    document.addEventListener('click', (event) => {
      if (!box.isConnected || !event.target.closest?.('[data-ph-latest]')) return;
      follows = true;
      toTheEnd();
      offerLatest();
    });
  };

  const followed = new WeakSet();
  onDocumentChange(() => {
    const box = document.querySelector('#ph-reading, .st-key-ph-reading');
    if (!box || followed.has(box)) return;
    followed.add(box);
    follow(box);
  });
}
