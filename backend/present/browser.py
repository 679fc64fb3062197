"""The few lines of script the pages need, all ours: nothing from an agent ever gets into them."""

from typing import Final

FOLLOW_THE_END: Final = """
const box = document.querySelector('#ph-reading, .st-key-ph-reading');
if (box && !box.dataset.phFollows) {
  box.dataset.phFollows = 'yes';
  let follow = true, began = null, last = 0;
  const leaves = () => { follow = false; };
  box.addEventListener('wheel', (event) => { if (event.deltaY < 0) leaves(); }, {passive: false});
  box.addEventListener('scroll', () => {
    const top = box.scrollTop;
    if (top < last - 1) leaves();
    else if (top > last && box.scrollHeight - top - box.clientHeight < 40) follow = true;
    last = top;
  }, {passive: true});
  new MutationObserver(() => {
    if (!box.querySelector('.ph-answer')) { began = null; follow = true; last = 0; return; }
    began ??= performance.now();
    if (box.scrollTop < last - 1) leaves();
    if (follow && performance.now() - began > 1000) { box.scrollTop = box.scrollHeight; last = box.scrollTop; }
  }).observe(box, {childList: true, subtree: true, characterData: true});
}
"""
"""Keep the end of a growing answer in view unless the reader has scrolled away from it.

An answer that stands there within a second is read from its beginning, so nothing is followed before that. A move
upwards is the reader's, and holds at once: the browser tells of it a frame later, and an answer that grows meanwhile
would undo it. (For the same reason the wheel's listener is not passive: the browser waits for it.) Following begins
again when the reader comes back down to the end.
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
