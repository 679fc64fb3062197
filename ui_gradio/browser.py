"""The few lines of script the page needs, all ours: nothing from an agent ever gets here."""

FOLLOW_THE_END = """
const box = document.getElementById('ph-reading');
let follow = true;
box.addEventListener('scroll', () => {
  follow = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
}, {passive: true});
new MutationObserver(() => { if (follow) box.scrollTop = box.scrollHeight; })
  .observe(element, {childList: true, subtree: true, characterData: true});
"""
"""Keep the end of a growing answer in view unless the reader has scrolled away from it."""

RUN_INTO_ADDRESS = """
(run) => {
  const address = new URL(window.location);
  if (run) address.searchParams.set('run', run); else address.searchParams.delete('run');
  window.history.replaceState(null, '', address);
}
"""
"""Put the run's id into the page's address, so that a reload finds it again."""

WITH_THEME = """
(question, agent, session, theme) =>
  [question, agent, session, document.body.classList.contains('dark') ? 'dark' : 'light']
"""
"""Tell the server whether the page is light or dark, since charts are coloured there."""
