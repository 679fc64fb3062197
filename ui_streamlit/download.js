// Have the browser save the file that the newest hidden button offers. Streamlit may draw it after this script.
(async () => {
  for (let wait = 0; wait < 100; wait++) {
    const numbers = [...document.querySelectorAll('[data-ph-file]')].map((mark) => Number(mark.dataset.phFile));
    const button = document.querySelector(`.st-key-ph-file-${Math.max(0, ...numbers)} button`);
    if (button) { button.click(); return; }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
})();
