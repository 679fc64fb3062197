"""What the watchers of a run are sent when the server stops."""

from backend.protocol.ending import Ending
from backend.protocol.events import WarningEvent

SERVER_STOPPED = "server-stopped"
"""Why a request was closed that was open when the server was stopped, and the code of the warning that says so."""

SERVER_STOPPING = "server-stopping"
"""The code of the warning that the server will stop."""


def stopping_warning(seconds: float) -> WarningEvent:
    """The warning to a run that may continue for so many seconds."""
    message = f"The server is stopping: this run has {seconds:g} s left to end, or to be answered, before it is cut."
    return WarningEvent(code=SERVER_STOPPING, message=message)


def stopped_ending() -> Ending:
    """How a run ends that the server does not wait for any longer."""
    message = "The server was stopped before this run had ended: ask again once it is back."
    return Ending(
        "interrupted", last_words=(WarningEvent(code=SERVER_STOPPED, message=message),), reason=SERVER_STOPPED
    )
