"""A run as people read it: words, colours, safe HTML fragments, figures. No widget, no I/O.

Everything here is a pure function of a ``RunView`` (or of events) and is shared by both UIs, the terminal and the
report, so that they look and speak alike. Fragments are HTML whose every dynamic part is escaped; they need the one
stylesheet of ``style.stylesheet`` and no script. Where several runs share a page, pass each its own ``scope``.

- ``words``, ``durations``: every text and number format a UI says
- ``palette``, ``style``: colours and the stylesheet (class ``ph-…``)
- ``page``: header, question, empty and trouble states
- ``answer``: the answer in Markdown blocks, HTML and safe Markdown
- ``sources``, ``steps``, ``status``, ``warnings``, ``artifacts``: the other parts of a view
- ``chart_theme``, ``timeline``: Plotly figures as plain dictionaries
- ``markdown_export``: the answer with its sources, to copy or save
"""
