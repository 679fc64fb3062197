"""Whose turn it is: Gradio runs the handlers of all events in contexts of its own, and keeps each one's request."""

from gradio.context import LocalContext

from backend.doors.sign_in.door import GRANT


def grant_of_event() -> str:
    """The grant of the person whose event is being handled; empty for a visitor, and outside of events."""
    event = LocalContext.request.get(None)
    request = None if event is None else event.request
    return "" if request is None else request.headers.get(GRANT, "")
