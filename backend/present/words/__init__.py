"""Every text that people read in both UIs, the terminal and the report; numbers and durations as words."""
