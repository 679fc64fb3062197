"""Measures an agent that is not a Playhead backend: asked in its own dialect, stamped by the same instrument, decoded
after."""
