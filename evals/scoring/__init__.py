"""A captured run becomes a scored one: parsed, measured, and compared with its plan."""
