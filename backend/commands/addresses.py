"""Where a run is: an id at a backend, or the address of the run itself."""

import re
from dataclasses import dataclass

from backend.commands.refusals import BadInput
from backend.commands.serve import DEFAULT_PORT

DEFAULT_URL = f"http://127.0.0.1:{DEFAULT_PORT}"

_RUN_URL = re.compile(r"(https?://[^?#]+?)/v1/runs/([^/?#]+)(?:/(?:events|recording))?/?")
_RUN_ID = re.compile(r"[A-Za-z0-9_.-]{1,200}")


@dataclass(frozen=True, slots=True)
class RunAddress:
    """A run's id and the backend that keeps it."""

    base_url: str
    run_id: str

    @property
    def events_url(self) -> str:
        """The address of its event stream."""
        return f"{self.base_url}/v1/runs/{self.run_id}/events"


def is_url(text: str) -> bool:
    """Whether the text is a web address and neither a file nor an id."""
    return text.startswith(("http://", "https://"))


def run_of_url(url: str) -> RunAddress | None:
    """The run that an address such as ``http://host:port/v1/runs/ID/events`` names, or None."""
    match = _RUN_URL.fullmatch(url)
    return RunAddress(match[1], match[2]) if match else None


def run_address(text: str, base_url: str) -> RunAddress:
    """The run meant by an id (kept at ``base_url``) or an address. Raises ``BadInput`` for neither."""
    if is_url(text):
        run = run_of_url(text)
        if run is None:
            raise BadInput(f"{text} is not an address of a run: expected http://host:port/v1/runs/ID.")
        return run
    if not _RUN_ID.fullmatch(text):
        raise BadInput(f"{text!r} is not an id of a run: give the id or the address that `playhead ask` or a UI shows.")
    return RunAddress(base_url.rstrip("/"), text)
