// Tell the other parts that the document changed: at once, so that what they mend is never painted broken.
const listeners = [];

function onDocumentChange(listener) {
  listeners.push(listener);
  listener();
}

new MutationObserver(() => { for (const listener of listeners) listener(); })
  .observe(document.documentElement, {childList: true, subtree: true, characterData: true});
