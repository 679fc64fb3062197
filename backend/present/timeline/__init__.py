"""A run on its clock: the timeline as a figure and as text, and the playhead on it."""
