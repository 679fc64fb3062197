// A page with a base address (Gradio's) resolves `#…` against that, and would load itself anew without its run.
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="#ph-"]');
  if (!link) return;
  event.preventDefault();
  window.location.hash = link.getAttribute('href');
  document.getElementById(link.getAttribute('href').slice(1))?.scrollIntoView({block: 'nearest'});
});
