"""The History place: what was asked before, and what became of it."""
