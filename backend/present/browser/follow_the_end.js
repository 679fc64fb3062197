// Keep the end of a growing answer in view unless the reader has scrolled away from it.
//
// An answer that stands there within a second is read from its beginning, so nothing is followed before that. A move
// upwards is the reader's, and holds at once: the browser tells of it a frame later, and an answer that grows meanwhile
// would undo it. (For the same reason the wheel's listener is not passive: the browser waits for it.) Following begins
// again when the reader comes back down to the end.
//
// A question asked below earlier turns of a conversation is brought into view, and what follows it is followed.
{
  const NEAR_THE_END = 40;
  const READ_FROM_THE_BEGINNING_MS = 1000;

  const follow = (box) => {
    let follows = true, began = null, last = 0, asked = '';
    const leaves = () => { follows = false; };
    box.addEventListener('wheel', (event) => { if (event.deltaY < 0) leaves(); }, {passive: false});
    box.addEventListener('scroll', () => {
      const top = box.scrollTop;
      if (top < last - 1) leaves();
      else if (top > last && box.scrollHeight - top - box.clientHeight < NEAR_THE_END) follows = true;
      last = top;
    }, {passive: true});
    const revealQuestion = () => {
      const turns = box.querySelectorAll('.ph-turn').length;
      const question = turns ? [...box.querySelectorAll('.ph-question')].find((one) => !one.closest('.ph-turn')) : null;
      const now = question ? `${turns} ${question.textContent}` : '';
      if (now === asked) return;
      asked = now;
      if (!question) return;
      follows = true;
      began = performance.now();
      box.scrollTop += question.getBoundingClientRect().top - box.getBoundingClientRect().top;
      last = box.scrollTop;
    };
    revealQuestion();
    new MutationObserver(() => {
      revealQuestion();
      if (!box.querySelector('.ph-answer')) { began = null; follows = true; last = 0; return; }
      began ??= performance.now();
      if (box.scrollTop < last - 1) leaves();
      if (follows && performance.now() - began > READ_FROM_THE_BEGINNING_MS) {
        box.scrollTop = box.scrollHeight;
        last = box.scrollTop;
      }
    }).observe(box, {childList: true, subtree: true, characterData: true});
  };

  const followed = new WeakSet();
  onDocumentChange(() => {
    const box = document.querySelector('#ph-reading, .st-key-ph-reading');
    if (!box || followed.has(box)) return;
    followed.add(box);
    follow(box);
  });
}
