"""The one reader of the YAML that people write: suites and scenarios. Pure: bytes in, plain data with line numbers out.

A value without quotes is a number if it is written as a plain decimal one (``12``, ``-0.5``, ``1e-3``), and ``true``,
``false``, ``null`` (also ``~``, or nothing at all) are what they look like. Everything else is text as it is written:
``yes``, ``on``, ``12:30``, ``2026-08-26``, ``1_000``, ``0x1f``, ``010``, ``.inf``, ``True``. Keys are always text.
Aliases, anchors, merge keys, tags, duplicate keys and second documents are refused, so that what stands in the file is
all there is, and reading takes time in proportion to its length.
"""
