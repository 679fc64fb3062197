// What the other parts share: word of every change of the document, and what can be seen in it.
const listeners = [];

// For the style: what the script does for a press can be pressed.
document.documentElement.dataset.phScript = '';

// At once, so that what a part mends is never painted broken; and once now, for what stands there already.
function onDocumentChange(listener) {
  listeners.push(listener);
  listener();
}

// Streamlit puts new elements in the place of the old; Gradio changes the old ones into the new, attributes included, so
// that nothing noted on an element lasts.
new MutationObserver(() => { for (const listener of listeners) listener(); }).observe(document.documentElement, {
  childList: true, subtree: true, characterData: true, attributeFilter: ['open', 'data-ph-announcement', 'data-ph-elapsed'],
});

function isVisible(element) {
  return element.checkVisibility({visibilityProperty: true}) && element.getClientRects().length > 0;
}

// Frameworks know no attributes of ours on their buttons: a button is found as a person finds it, by what it says.
function visibleButton(...labels) {
  return [...document.querySelectorAll('button')].find(
    (button) => labels.includes(button.textContent.trim()) && !button.disabled && isVisible(button));
}

// An id as `#…`, from an attribute. Never a selector: what an agent named may have got into it.
function elementNamed(reference) {
  return document.getElementById((reference ?? '').replace(/^#/, ''));
}

// The target of the address without a jump of the page, and without a place in the history.
function setTarget(id) {
  const scrolled = [];
  for (let box = document.getElementById(id); box; box = box.parentElement) scrolled.push([box, box.scrollTop]);
  const address = new URL(window.location.href);
  address.hash = id;
  window.location.replace(address.href);
  for (const [box, top] of scrolled) box.scrollTop = top;
}

// What is called before the page leads to an element, so that it can be seen there.
const beforeTheWay = [];

function onTheWayTo(listener) {
  beforeTheWay.push(listener);
}

function bringOut(element) {
  for (const listener of beforeTheWay) listener(element);
}
