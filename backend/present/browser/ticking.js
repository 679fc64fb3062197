// A duration that counts by CSS counts from the moment its animation began. Gradio gives the old element the new delay, and
// what had been counted until then would come on top: the count begins anew with each duration that is drawn.
//
// Once a frame, since the browser works out the whole page's style to find an animation.
{
  const begun = new WeakMap(), late = new Set();

  const beginAnew = () => {
    for (const count of late) for (const animation of count.getAnimations()) animation.currentTime = 0;
    late.clear();
  };

  onDocumentChange(() => {
    for (const count of document.querySelectorAll('.ph-ticking')) {
      const elapsed = count.dataset.phElapsed;
      if (begun.has(count) && begun.get(count) !== elapsed) {
        if (!late.size) requestAnimationFrame(beginAnew);
        late.add(count);
      }
      begun.set(count, elapsed);
    }
  });
}
