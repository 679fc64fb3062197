// Choosing a source lights up its markers in the answer; choosing it again puts them out.
//
// The source becomes the target of the address, and rules made from the address light it and what leads to it. So they
// outlive every redraw: the browser's own `:target` is one element, gone when that is drawn anew.
{
  const rules = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, rules];

  const light = () => {
    const id = CSS.escape(window.location.hash.slice(1));
    rules.replaceSync(!id.startsWith('ph-') ? '' : `
      :is(#ph, .ph) a.ph-marker[href="#${id}"] { background: var(--ph-accent); color: var(--ph-on-accent); }
      :is(#ph, .ph) .ph-source#${id} {
        background: var(--ph-accent-soft); border-color: var(--ph-accent); box-shadow: inset 3px 0 var(--ph-accent);
      }`);
  };
  window.addEventListener('hashchange', light);
  light();

  document.addEventListener('click', (event) => {
    const source = event.target.closest('.ph-source[id]');
    if (!source || event.target.closest('a, button, summary, details') || String(window.getSelection())) return;
    const lit = window.location.hash === `#${source.id}`;
    setTarget(lit ? 'ph-' : source.id);
    light();
    if (lit) return;
    const markers = [...document.querySelectorAll('a.ph-marker')].filter(
      (marker) => elementNamed(marker.getAttribute('href')) === source);
    if (markers.length && !markers.some(isInView)) markers[0].scrollIntoView({block: 'center'});
  });

  const isInView = (marker) => {
    const at = marker.getBoundingClientRect();
    const seen = document.elementFromPoint(at.left + at.width / 2, at.top + at.height / 2);
    return seen !== null && marker.contains(seen);
  };
}
