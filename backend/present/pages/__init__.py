"""The common parts of both UIs' pages: addresses, notices, status, history, comparison."""
