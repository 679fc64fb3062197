// Keep the end of a growing answer in view unless the reader has scrolled away from it.
//
// An answer that stands there within a second is read from its beginning, so nothing is followed before that. A move
// upwards is the reader's, and holds at once: the browser tells of it a frame later, and an answer that grows meanwhile
// would undo it. (For the same reason the wheel's listener is not passive: the browser waits for it.) Following begins
// again when the reader comes back down to the end.
{
  const NEAR_THE_END = 40;
  const READ_FROM_THE_BEGINNING_MS = 1000;

  const follow = (box) => {
    let follows = true, began = null, last = 0;
    const leaves = () => { follows = false; };
    box.addEventListener('wheel', (event) => { if (event.deltaY < 0) leaves(); }, {passive: false});
    box.addEventListener('scroll', () => {
      const top = box.scrollTop;
      if (top < last - 1) leaves();
      else if (top > last && box.scrollHeight - top - box.clientHeight < NEAR_THE_END) follows = true;
      last = top;
    }, {passive: true});
    new MutationObserver(() => {
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
