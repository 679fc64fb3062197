"""Who is in a conversation, and what they show one another: rules without a clock and without I/O.

``people`` is a person as a room knows them, ``presence`` who is there and how long, ``differences`` what changed
between two looks, ``presented`` the view that one person shows to the others, ``doors`` who sees whom.
"""
