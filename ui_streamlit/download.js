// Have the browser save the file that the hidden button offers. Streamlit may draw the button after this script.
(async () => {
  for (let wait = 0; wait < 100; wait++) {
    const button = document.querySelector('.st-key-ph-file-{serial} button');
    if (button) { button.click(); return; }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
})();
