// A marker leads to its source, and so does whatever sends `ph-lead` with the source's `#…`. The source is kept in view for
// a moment longer: what still comes (a chart, a block that is drawn anew) may push it out again. Whoever moves on themselves
// is let go at once.
//
// A page with a base address (Gradio's) resolves `#…` against that, and would load itself anew without its run.
{
  const SETTLES_MS = 1500;
  let way = 0;

  const leadTo = (reference) => {
    const id = reference.slice(1);
    window.location.hash = reference;
    bringOut(document.getElementById(id));
    const mine = ++way, until = performance.now() + SETTLES_MS;
    const look = () => {
      if (mine !== way) return;
      document.getElementById(id)?.scrollIntoView({block: 'nearest'});
      if (performance.now() < until) requestAnimationFrame(look);
    };
    look();
  };

  for (const move of ['wheel', 'touchstart', 'pointerdown', 'keydown']) {
    document.addEventListener(move, () => { way += 1; }, {capture: true, passive: true});
  }

  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#ph-"]');
    if (!link) return;
    event.preventDefault();
    leadTo(link.getAttribute('href'));
  });
  document.addEventListener('ph-lead', (event) => leadTo(event.detail));
}
