"""The few lines of script that tie Gradio's page to its address and its theme."""

from typing import Final

from backend.present import words

ASK_AGAIN: Final = f"() => {words.ASK!r}"
"""Another question is asked, not retried."""

RUN_INTO_ADDRESS: Final = """
(run) => {
  const address = new URL(window.location);
  if (run) address.searchParams.set('run', run); else address.searchParams.delete('run');
  window.history.replaceState(null, '', address);
}
"""
"""Put the run's id into the page's address, so that a reload finds it again."""

WITH_THEME: Final = """
(question, agent, session, theme) =>
  [question, agent, session, document.body.classList.contains('dark') ? 'dark' : 'light']
"""
"""Tell the server whether the page is light or dark, since charts are coloured there."""
