"""What the pages of both UIs have in common: addresses, notices, status, history, comparison."""
