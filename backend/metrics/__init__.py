"""The metrics: one definition each, pure functions of a trace. ``registry.METRICS`` is the ordered list."""
