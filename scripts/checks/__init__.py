"""The pages as a stranger checks them: ``make checks``, by hand, with figures.

Each module is one question to a page; ``__main__`` asks them all of both UIs and prints what was found beside what is
wanted. Nothing here is run by ``make test``: many figures depend on the machine, whose load is in the first line.
"""
