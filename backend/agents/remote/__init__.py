"""The ``remote`` agent: plays any agent that streams elsewhere, in a dialect that can be read."""
