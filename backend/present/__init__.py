"""A run in a form for people: words, colours, safe HTML fragments, figures. No widget, no I/O.

Everything here is a pure function of a ``RunView`` (or of events). Both UIs, the terminal and the report share it, so
they look and speak alike. Fragments are HTML whose every dynamic part is escaped; they need the one stylesheet of
``theme.style.stylesheet`` and no script. If several runs share a page, give each its own ``scope``.
"""
