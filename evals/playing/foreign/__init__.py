"""Measures an agent that is none of ours: asked in its own dialect, stamped by the same instrument, decoded after."""
