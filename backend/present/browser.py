"""The few lines of script the pages need, all ours: nothing from an agent ever gets into them."""

from typing import Final

FOLLOW_THE_END: Final = """
const box = document.querySelector('#ph-reading, .st-key-ph-reading');
if (box && !box.dataset.phFollows) {
  box.dataset.phFollows = 'yes';
  let follow = true;
  box.addEventListener('scroll', () => {
    follow = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  }, {passive: true});
  new MutationObserver(() => { if (follow) box.scrollTop = box.scrollHeight; })
    .observe(box, {childList: true, subtree: true, characterData: true});
}
"""
"""Keep the end of a growing answer in view unless the reader has scrolled away from it."""

MARKERS_LEAD_TO_SOURCES: Final = """
if (!document.documentElement.dataset.phMarkers) {
  document.documentElement.dataset.phMarkers = 'yes';
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#ph-"]');
    if (!link) return;
    event.preventDefault();
    window.location.hash = link.getAttribute('href');
    document.getElementById(link.getAttribute('href').slice(1))?.scrollIntoView({block: 'nearest'});
  });
}
"""
"""A page with a base address (Gradio's) resolves ``#…`` against that, and would load itself anew without its run."""
