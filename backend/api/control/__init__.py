"""The control channel: one WebSocket over which a person follows and steers the runs of a conversation.

``commands`` is what a client may send, ``replies`` what it is sent, ``channel`` one connection, ``followed`` a run that
one connection follows, ``performer`` what a command does, through the same services as the HTTP calls.
"""
