"""The run strip: a run folded, event by event, into a small model of its clock, and that model drawn.

``fold`` makes the model, ``model`` is what it is and how it is written, ``still`` and ``mini`` draw it as SVG without a
script; the pages' script (``backend.present.browser.strip.js``) draws the same model and lets it grow.
"""
