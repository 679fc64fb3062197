// Pointing at a marker, or coming to it by keyboard, opens a card with its source beside it.
//
// The card is a copy of nodes that stand among the sources already, so it holds what was made safe there and no more.
// It stays while the pointer is on it, so that its link can be followed; Escape closes it.
{
  const OPENS_AFTER_MS = 150;
  const CLOSES_AFTER_MS = 250;
  const MARGIN = 8;
  let card = null, marker = null, source = null, leadsTo = null, timer = null, dismissed = null;
  let pointer = {x: -1, y: -1};

  const make = () => {
    const made = document.createElement('div');
    made.id = 'ph-source-card';
    made.className = 'ph ph-source-card';
    made.setAttribute('role', 'tooltip');
    made.popover = 'manual';
    document.body.append(made);
    return made;
  };

  const fill = () => {
    card.replaceChildren(...[...source.childNodes].map((node) => node.cloneNode(true)));
    for (const named of card.querySelectorAll('[id]')) named.removeAttribute('id');
    for (const folded of card.querySelectorAll('details')) folded.open = true;
    card.phText = source.textContent;
  };

  const place = () => {
    const at = marker.getBoundingClientRect(), size = card.getBoundingClientRect();
    const left = Math.min(Math.max(MARGIN, at.left - 24), window.innerWidth - size.width - MARGIN);
    const below = at.bottom + 4 + size.height + MARGIN <= window.innerHeight;
    card.style.left = `${Math.max(MARGIN, left)}px`;
    card.style.top = `${Math.max(MARGIN, below ? at.bottom + 4 : at.top - 4 - size.height)}px`;
  };

  const open = (link) => {
    const named = elementNamed(link.getAttribute('href'));
    if (!named) return;
    if (!card?.isConnected) card = make();
    close();
    [marker, source, leadsTo] = [link, named, link.getAttribute('href')];
    fill();
    card.style.colorScheme = getComputedStyle(link).colorScheme;
    card.showPopover();
    place();
    marker.setAttribute('aria-describedby', card.id);
    // The browser's own tooltip would come over the card and say less.
    marker.removeAttribute('title');
  };

  const close = () => {
    clearTimeout(timer);
    if (!marker) return false;
    marker.removeAttribute('aria-describedby');
    marker = source = null;
    card.hidePopover();
    return true;
  };

  const isHere = (link) => link.isConnected && link.getAttribute('href') === leadsTo;

  const markerAt = (target) => target instanceof Element ? target.closest('a.ph-marker') : null;

  document.addEventListener('pointermove', (event) => { pointer = {x: event.clientX, y: event.clientY}; },
    {passive: true});
  document.addEventListener('mouseover', (event) => {
    const link = markerAt(event.target);
    clearTimeout(timer);
    if (link && link !== marker) timer = setTimeout(() => { if (link.matches(':hover')) open(link); }, OPENS_AFTER_MS);
    const leaves = marker && !link && !card.contains(event.target) && marker !== document.activeElement;
    if (leaves) timer = setTimeout(close, CLOSES_AFTER_MS);
  });
  document.addEventListener('focusin', (event) => {
    const link = markerAt(event.target);
    dismissed = null;
    if (link && link.matches(':focus-visible')) open(link);
    else if (!card?.contains(event.target)) close();
  });
  document.addEventListener('keydown', (event) => {
    const dismisses = event.key === 'Escape' ? marker : null;
    if (dismisses && close()) { dismissed = dismisses; event.stopImmediatePropagation(); }
  }, true);
  document.addEventListener('click', (event) => {
    const link = markerAt(event.target);
    if (link) { dismissed = link; close(); }
  });
  document.addEventListener('scroll', (event) => {
    if (!marker || card.contains(event.target)) return;
    // The browser brings what gets the focus into view: the card goes along with it, and gives way to other scrolling.
    if (marker === document.activeElement) place(); else close();
  }, {capture: true, passive: true});

  // A paragraph that is drawn anew brings a new marker to the same place; sources may come after the focus.
  onDocumentChange(() => {
    const focused = markerAt(document.activeElement);
    if (!marker && focused && focused.matches(':focus-visible') && focused !== dismissed) open(focused);
    if (!marker) return;
    if (!isHere(marker)) {
      const under = markerAt(document.elementFromPoint(pointer.x, pointer.y));
      if (!under || !isHere(under)) { close(); return; }
      marker = under;
    }
    source = elementNamed(leadsTo);
    if (!source) close();
    else if (card.phText !== source.textContent) { fill(); place(); }
  });
}
