"""The History page: what was asked before, and what became of it."""
