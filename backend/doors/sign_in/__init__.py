"""Signing in at a UI: the door in front of everything that its framework serves, and who has signed in there.

``door`` is the ASGI middleware, ``sessions`` who is signed in, ``page`` the form, ``authority`` who says whether a
token or a share is good.
"""
