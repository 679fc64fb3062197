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

_WHEN_CHARTS_CAN_BE_DRAWN: Final = """
  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  if (!window.phChartsReady) {
    for (let wait = 0; wait < 100 && !document.querySelector('#ph-chart-0 .main-svg'); wait++) await pause(50);
    await pause(300);
    window.phChartsReady = true;
  }
  const shade = document.body.classList.contains('dark') ? 'dark' : 'light';
"""
"""Gradio drops a chart that comes while Plotly's script still loads, in the first second of a page: a question waits
for it, five seconds at most."""

WITH_THEME: Final = (
    f"async (question, agent, session, theme) => {{{_WHEN_CHARTS_CAN_BE_DRAWN}"
    "return [question, agent, session, shade]; }"
)
"""Tell the server whether the page is light or dark, since charts are coloured there."""

THEME_ONLY: Final = f"async (theme) => {{{_WHEN_CHARTS_CAN_BE_DRAWN}  return [shade]; }}"
"""The same for a page that takes up a run again."""
