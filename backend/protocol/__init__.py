"""The shared language: events, frames, views, citations, checks and recordings.

Pure by rule: the standard library and pydantic only, no clock, no I/O, no asyncio. The server writes
this language, the client reads it, the UIs draw it and the evals measure it.
"""
