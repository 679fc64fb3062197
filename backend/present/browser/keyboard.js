// Escape presses the visible Stop button. On Replay and on Compare Space plays and pauses, and arrows go to the next
// event or back to the one before, unless the key means something where the focus is.
{
  const TYPED_INTO = 'input:not([type=checkbox], [type=radio], [type=button], [type=range]), textarea, select, ' +
    '[contenteditable=true]';
  const TAKES_SPACE = 'button, summary, a, input:not([type=range]), [role=button], [role=combobox], [role=option]';
  const TAKES_ARROWS = '[role=slider], [role=listbox], [role=combobox], [role=tab], input';

  const press = (event, ...labels) => {
    const button = visibleButton(...labels);
    if (!button) return;
    event.preventDefault();
    button.click();
  };

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const focus = event.target instanceof Element ? event.target : document.body;
    if (event.key === 'Escape') {
      // An open list or dialog is what Escape closes.
      if (focus.closest('[aria-expanded=true], dialog[open], [role=dialog], [role=listbox]')) return;
      press(event, say.stop);
      return;
    }
    if (!/\/(replay|compare)\/?$/.test(window.location.pathname) || focus.closest(TYPED_INTO)) return;
    if (event.key === ' ' && !focus.closest(TAKES_SPACE)) press(event, say.play, say.pause);
    else if (focus.closest(TAKES_ARROWS)) return;
    else if (event.key === 'ArrowRight') press(event, say.next);
    else if (event.key === 'ArrowLeft') press(event, say.previous);
  });
}
