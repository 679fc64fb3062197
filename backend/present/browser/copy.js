// A button with `data-ph-copy="#id"` copies the text of that element, and says that it did. Without an id it copies the code
// beside it.
{
  const SAYS_SO_MS = 2000;

  const copied = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Without https or permission there is the older way, from a field that nobody sees.
      const field = document.createElement('textarea');
      field.value = text;
      field.style.cssText = 'position:fixed;top:0;opacity:0';
      // What is outside an open dialogue cannot be selected.
      (document.querySelector('dialog[open]') ?? document.body).append(field);
      field.select();
      const done = document.execCommand('copy');
      field.remove();
      return done;
    }
  };

  document.addEventListener('click', async (event) => {
    const button = event.target.closest('button[data-ph-copy]');
    const from = button && (button.dataset.phCopy
      ? elementNamed(button.dataset.phCopy) : button.parentElement.querySelector('code'));
    if (!from || button.dataset.phLabel) return;
    const outcome = await copied(from.value ?? from.textContent) ? say.copied : say.notCopied;
    const label = button.dataset.phLabel = button.textContent;
    button.textContent = outcome;
    announce(outcome);
    setTimeout(() => { button.textContent = label; delete button.dataset.phLabel; }, SAYS_SO_MS);
  });
}
