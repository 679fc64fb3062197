"""The answer: sentences worth quoting, statements computed from tables, and the citations of both."""
