// Enter asks in a question's field, and Shift+Enter breaks the line. Gradio's field does so by itself; in Streamlit's, Enter
// breaks the line and Ctrl+Enter asks, so Enter is handed on as that. One that ends the composition of a word is neither.
//
// While a run works, Enter leads to the buttons that say when the text is for: it is sent by the next press. Escape leads
// back to the field.
{
  const FIELD = '#ph-question textarea, [class*=st-key-ph-question] textarea';
  const isStreamlit = (field) => Boolean(field.closest('[class*=st-key-ph-question]'));
  // What stood in the field when it was last asked, until the desk says that it has it.
  let asked = null;
  const isPlain = (event) => !(event.shiftKey || event.ctrlKey || event.metaKey || event.altKey);

  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229) return;
    const field = event.target.closest?.(FIELD);
    if (!field || !isPlain(event)) return;
    const after = visibleButton(say.afterThis);
    if (!after) asked = field.value;
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

  // Streamlit's form has taken what was written by then: a message leaves the field when it is sent.
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('.st-key-ph-written button');
    if (button) setTimeout(() => window.phSetQuestion(''), 0);
  });

  document.addEventListener('click', (event) => {
    if (event.target.closest?.('button')?.textContent.trim() !== say.ask) return;
    asked = document.querySelector(FIELD)?.value ?? null;
  }, true);

  // For a framework that looks into the field a moment after the press, when more may have been typed behind it.
  window.phAsked = () => asked;

  // As if it had been typed, so that the framework takes notice.
  window.phSetQuestion = (text) => {
    const field = document.querySelector(FIELD);
    if (!field) return;
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(field, text);
    field.dispatchEvent(new Event('input', {bubbles: true}));
  };

  // What was asked leaves the field when the desk has it. What was typed behind it meanwhile stays, and so does the caret.
  const take = (field, text) => {
    const from = field.value === text || (asked === text && field.value.startsWith(text)) ? text.length : 0;
    const caret = [field.selectionStart, field.selectionEnd].map((at) => Math.max(0, at - from));
    asked = null;
    if (!from) return;
    window.phSetQuestion(field.value.slice(from));
    field.setSelectionRange(...caret);
  };

  window.phPutIntoQuestion = (text) => {
    const written = document.querySelector(FIELD)?.value ?? '';
    window.phSetQuestion(written.trim() ? `${text}\n${written}` : text);
  };

  // The desk's changes of the field are each made once: a framework may draw one again.
  const made = new Set();
  onDocumentChange(() => {
    const change = document.querySelector('[data-ph-written]')?.dataset;
    const field = document.querySelector(FIELD);
    if (!change || !field || made.has(change.phWritten)) return;
    made.add(change.phWritten);
    const [takes, puts] = [change.phTakes, change.phPuts].map(decodeURIComponent);
    if (takes) take(field, takes);
    if (puts && !field.value.startsWith(puts)) window.phPutIntoQuestion(puts);
  });
}
