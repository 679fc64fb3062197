"""The ``remote`` agent: any agent elsewhere that streams in a known dialect."""
