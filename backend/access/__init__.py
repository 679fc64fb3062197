"""Who may do what: participants, tokens and their roles, and who a request comes from.

Nothing here knows of HTTP: the API asks, and the commands write the files.
"""
