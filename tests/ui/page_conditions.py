"""What a test waits for on a page, as functions that the page itself evaluates at each of its frames."""

ANSWER_IS = r"""
(text) => [...document.querySelectorAll('.ph-answer')].map((block) => block.innerText).join(' ')
  .replace(/\s+/g, ' ').trim() === text
"""
"""The answer reads exactly so, white space folded."""

BUTTON_IS_THERE = """
(label) => [...document.querySelectorAll('button')].some((b) => b.checkVisibility() && b.innerText.trim() === label)
"""
"""A button with that label shows."""

SCROLLED = """
([css, name, beyond]) => {
  const box = document.querySelector(css);
  return {top: box.scrollTop, most: box.scrollHeight - box.clientHeight}[name] > beyond;
}
"""
"""The place is, or could be, scrolled further than that."""

PLAYHEAD_IS = """
([label, at, way]) => {
  const strip = document.querySelector(`[role=slider][aria-label="${label}"]`);
  return Boolean(strip) && (Number(strip.getAttribute('aria-valuenow')) - at) * way > 0;
}
"""
"""The playhead stands later than that, or earlier."""

PLAYHEAD_IS_AT = """
([label, at]) => {
  const strip = document.querySelector(`[role=slider][aria-label="${label}"]`);
  return Boolean(strip) && Math.abs(Number(strip.getAttribute('aria-valuenow')) - at) <= 1;
}
"""
"""The playhead stands there, to the millisecond."""
