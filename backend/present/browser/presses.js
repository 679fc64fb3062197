// A press counts though what was pressed is drawn anew before the button of the mouse is released: the browser makes no
// click of a press on one element and a release on another, also where the second stands for the first. (A touch makes
// its click at the end.)
{
  const PRESSED = 'button, a[href], summary';

  // What a redraw keeps of an element: what it names; its text where it names nothing.
  const nameOf = (element) => {
    const named = [element.id, element.getAttribute('href') ?? '', ...Object.entries({...element.dataset}).flat()];
    return JSON.stringify([element.tagName, ...(named.some(Boolean) ? named : [element.textContent.trim()])]);
  };

  const plain = (event) => event.pointerType === 'mouse' && event.button === 0 &&
    !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);

  let pressed = null;
  document.addEventListener('pointerdown', (event) => {
    const element = plain(event) && event.target.closest?.(PRESSED);
    pressed = element ? {element, name: nameOf(element)} : null;
  }, true);
  document.addEventListener('pointerup', (event) => {
    const [before, element] = [pressed, plain(event) && event.target.closest?.(PRESSED)];
    pressed = null;
    if (before && element && !before.element.isConnected && nameOf(element) === before.name) element.click();
  }, true);
}
