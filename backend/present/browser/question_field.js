// Enter asks in a question's field, and Shift+Enter breaks the line. Gradio's field does so by itself; in Streamlit's, Enter
// breaks the line and Ctrl+Enter asks, so Enter is handed on as that. One that ends the composition of a word is neither.
{
  const FIELD = '[class*=st-key-ph-question] textarea';

  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229) return;
    if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey || !event.target.closest?.(FIELD)) return;
    event.preventDefault();
    event.target.dispatchEvent(
      new KeyboardEvent('keydown', {key: 'Enter', ctrlKey: true, bubbles: true, cancelable: true}));
  });
}
