// A redraw takes nothing from the reader: what was folded out stays so, and the focus stays on what it was on.
{
  const unfolded = new Map();

  document.addEventListener('click', (event) => {
    const details = event.target.closest('summary')?.parentElement;
    if (!details?.dataset.phKeep) return;
    // By hand, since a redraw may come between this and what the browser would do.
    event.preventDefault();
    unfolded.set(details.dataset.phKeep, details.open = !details.open);
  });

  const keepUnfolded = () => {
    if (!unfolded.size) return;
    for (const details of document.querySelectorAll('details[data-ph-keep]')) {
      const open = unfolded.get(details.dataset.phKeep);
      if (open !== undefined && details.open !== open) details.open = open;
    }
  };

  // What a redraw brings again in another element: the same summary, marker or control.
  const sameAs = (element) => {
    const key = element.closest('details[data-ph-keep]')?.dataset.phKeep;
    if (element.matches('summary') && key) {
      return () => [...document.querySelectorAll('details[data-ph-keep]')]
        .find((details) => details.dataset.phKeep === key)?.querySelector('summary');
    }
    if (element.matches('a.ph-marker')) {
      const alike = () => [...document.querySelectorAll('a.ph-marker')]
        .filter((marker) => marker.getAttribute('href') === element.getAttribute('href'));
      const index = alike().indexOf(element);
      return () => alike()[index];
    }
    return element.id && element.closest('.ph') ? () => document.getElementById(element.id) : null;
  };

  let focused = null, again = null;
  document.addEventListener('focusin', (event) => {
    focused = event.target;
    again = sameAs(focused);
  });
  document.addEventListener('pointerdown', () => { again = null; });

  onDocumentChange(() => {
    keepUnfolded();
    if (!again || focused.isConnected || document.activeElement !== document.body) return;
    again()?.focus({preventScroll: true});
  });
}
