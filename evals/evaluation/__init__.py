"""An evaluation from end to end: live against a target, or of recordings."""
