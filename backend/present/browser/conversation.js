// The conversation's own scrolling. A new question is set to the top once, and its answer grows below it. Only a reader at
// the end is followed, and the page itself never moves; "Latest" leads there otherwise. The end of a run moves nothing.
//
// An answer that stands there within a second is read from its beginning, so nothing is followed before that. A move
// upwards is the reader's, and holds at once: the browser tells of it a frame later, and an answer that grows meanwhile
// would undo it. (For the same reason the wheel's listener is not passive: the browser waits for it.)
{
  const NEAR_THE_END = 40;
  const READ_FROM_THE_BEGINNING_MS = 1000;
  const root = document.documentElement;
  const isOver = () => Boolean(document.querySelector('.ph-status[data-ph-run=ended]'));

  const below = (box) => box.scrollHeight - box.scrollTop - box.clientHeight;

  const follow = (box) => {
    let follows = true, began = null, last = 0, asked = '';
    const leaves = () => { follows = false; };
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
      if (top < last - 1) leaves();
      else if (top > last && below(box) < NEAR_THE_END) follows = true;
      last = top;
      offerLatest();
    }, {passive: true});
    const revealQuestion = () => {
      const turns = box.querySelectorAll('.ph-turn').length;
      const question = [...box.querySelectorAll('.ph-question')].find((one) => !one.closest('.ph-turn'));
      const now = question ? `${turns} ${question.textContent}` : '';
      if (now === asked) return;
      asked = now;
      follows = true;
      began = null;
      if (!question) return;
      const room = parseFloat(getComputedStyle(box).paddingTop);
      box.scrollTop += question.getBoundingClientRect().top - box.getBoundingClientRect().top - room;
      last = box.scrollTop;
    };
    const look = () => {
      revealQuestion();
      if (!box.querySelector('.ph-answer')) { began = null; follows = true; offerLatest(); return; }
      began ??= performance.now();
      if (box.scrollTop < last - 1) leaves();
      if (follows && !isOver() && performance.now() - began > READ_FROM_THE_BEGINNING_MS) toTheEnd();
      offerLatest();
    };
    look();
    new MutationObserver(look).observe(box, {childList: true, subtree: true, characterData: true});
    new ResizeObserver(offerLatest).observe(box);
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
