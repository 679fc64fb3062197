"""The few lines of script that tie Gradio's pages to their addresses and to light and dark."""

from typing import Final

from backend.present.pages.addresses import FIRST, SECOND, SHARE

RUN_INTO_ADDRESS: Final = """
(run) => {
  const address = new URL(window.location);
  if (run) address.searchParams.set('run', run); else address.searchParams.delete('run');
  window.history.replaceState(null, '', address);
}
"""
"""Put the run's id into the page's address, so that a reload finds it again."""

HERE: Final = "(conversation) => [conversation, new URL('./', document.baseURI).href]"
"""Tell the server the address of the application as the browser knows it."""

BEFORE_THE_PAGE: Final = f"""
<script>
// A page for reading only is one from its first moment, and not once the server has said so.
if (new URL(window.location).searchParams.has('{SHARE}')) document.documentElement.classList.add('ph-shared');
// Nor does one that is to open two runs say first that there are none.
if (new URL(window.location).searchParams.has('{FIRST}') && new URL(window.location).searchParams.has('{SECOND}'))
  document.documentElement.classList.add('ph-two-named');
// Light or dark as the address asked for goes along to the other places.
document.addEventListener('click', (event) => {{
  const link = event.target.closest?.('a.ph-place');
  const theme = new URL(window.location).searchParams.get('__theme');
  if (!link || !theme) return;
  const address = new URL(link.href);
  address.searchParams.set('__theme', theme);
  link.href = address.href;
}}, true);
</script>
"""

_WAIT_FOR_CHARTS: Final = """
  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  if (!window.phChartsReady) {
    const drawn = () => document.querySelector(':is(#ph-chart-0, #ph-timeline) .main-svg');
    for (let wait = 0; wait < 100 && !drawn(); wait++) await pause(50);
    await pause(300);
    window.phChartsReady = true;
  }
"""
"""Gradio drops a chart that comes while Plotly's script still loads, in the first second of a page. This waits for it,
five seconds at most."""

WHEN_CHARTS_CAN_BE_DRAWN: Final = f"async () => {{{_WAIT_FOR_CHARTS}  return 'yes'; }}"
"""Says when; until then nothing waits, and what came too early is drawn again."""


def with_theme(inputs: int, *, for_charts: bool = True) -> str:
    """Tell the server whether the page is light or dark, since charts are coloured there, as the last of the inputs.

    ``for_charts``: not before charts can be drawn, for a page that is nothing without its figure.
    """
    shade = "document.body.classList.contains('dark') ? 'dark' : 'light'"
    wait = _WAIT_FOR_CHARTS if for_charts else ""
    return f"async (...values) => {{{wait}  return [...values.slice(0, {inputs - 1}), {shade}]; }}"


SAVE_FILE: Final = """
async () => {
  // The file's address reaches the page a moment after the answer that names it.
  for (let wait = 0; wait < 100; wait++) {
    const link = document.querySelector('#ph-file a[href], a#ph-file[href]');
    const button = document.querySelector('#ph-file');
    if (link) { link.click(); return; }
    if (button && wait > 5) { button.click(); return; }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
"""
"""Have the browser save the file that the hidden download button holds."""
