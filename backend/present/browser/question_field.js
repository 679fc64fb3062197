// Enter asks in a question's field, and Shift+Enter breaks the line. Gradio's field does so by itself; in Streamlit's, Enter
// breaks the line and Ctrl+Enter asks, so Enter is handed on as that. One that ends the composition of a word is neither.
//
// While a run works, Enter leads to the buttons that say when the text is for: it is sent by the next press. Escape leads
// back to the field.
{
  const FIELD = '#ph-question textarea, [class*=st-key-ph-question] textarea';
  const isStreamlit = (field) => Boolean(field.closest('[class*=st-key-ph-question]'));
  const isPlain = (event) => !(event.shiftKey || event.ctrlKey || event.metaKey || event.altKey);

  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229) return;
    const field = event.target.closest?.(FIELD);
    if (!field || !isPlain(event)) return;
    const after = visibleButton(say.afterThis);
    if (after && field.value.trim()) {
      event.preventDefault();
      event.stopImmediatePropagation();
      after.focus();
    } else if (isStreamlit(field)) {
      event.preventDefault();
      field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', ctrlKey: true, bubbles: true, cancelable: true}));
    }
  }, true);

  document.addEventListener('keydown', (event) => {
    const button = event.target.closest?.('button');
    if (event.key !== 'Escape' || !button || ![say.afterThis, say.now].includes(button.textContent.trim())) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    document.querySelector(FIELD)?.focus();
  }, true);

  // Streamlit's form has taken what was written by then. The page that follows empties the field as well, but another press
  // may put an end to that page before it has got so far.
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('.st-key-ph-written button');
    if (button) setTimeout(() => window.phSetQuestion(''), 0);
  });

  // As if it had been typed, so that the framework takes notice.
  window.phSetQuestion = (text) => {
    const field = document.querySelector(FIELD);
    if (!field) return;
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(field, text);
    field.dispatchEvent(new Event('input', {bubbles: true}));
  };

  window.phPutIntoQuestion = (text) => {
    const written = document.querySelector(FIELD)?.value ?? '';
    window.phSetQuestion(written.trim() ? `${text}\n${written}` : text);
  };
}
