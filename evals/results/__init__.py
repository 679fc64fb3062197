"""What was measured, as models: the results, how they are grouped and judged, and their verdict."""
