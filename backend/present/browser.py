"""The few lines of script the pages need, all ours: nothing from an agent ever gets into them."""

from typing import Final

FOLLOW_THE_END: Final = """
const box = document.querySelector('#ph-reading, .st-key-ph-reading');
if (box && !box.dataset.phFollows) {
  box.dataset.phFollows = 'yes';
  let follow = true, began = null;
  box.addEventListener('scroll', () => {
    if (began !== null) follow = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  }, {passive: true});
  new MutationObserver(() => {
    if (!box.querySelector('.ph-answer')) { began = null; follow = true; return; }
    began ??= performance.now();
    if (follow && performance.now() - began > 1000) box.scrollTop = box.scrollHeight;
  }).observe(box, {childList: true, subtree: true, characterData: true});
}
"""
"""Keep the end of a growing answer in view unless the reader has scrolled away from it.

An answer that stands there within a second is read from its beginning, so nothing is followed before that.
"""

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
