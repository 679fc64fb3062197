"""A problem between a page and the backend, as one of the designed states."""

from dataclasses import dataclass
from typing import Final, Literal, Protocol

from backend.present.pages.notices import notice_html
from backend.present.words import ask as words_ask, run as words
from backend.protocol.recording_reader import parse_recording
from backend.protocol.recordings import Recording, RecordingError
from backend.protocol.share_ids import is_share

FailureKind = Literal["gone", "not_found", "refused"]


class ClientFailure(Protocol):
    """The client's errors: their kind, and a sentence for people."""

    @property
    def kind(self) -> FailureKind: ...  # noqa: D102 - said by the class

    sentence: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A designed state by its name in ``words.NOTICES``; ``sentence`` replaces its own."""

    notice: str
    sentence: str | None = None

    @property
    def passes(self) -> bool:
        """True if it ends by itself, once the backend answers again."""
        return self.notice == "backend_down"

    @property
    def sentence_shown(self) -> str:
        """The sentence below its heading."""
        return self.sentence or words.NOTICES[self.notice][1]

    @property
    def html(self) -> str:
        """The state as a safe fragment."""
        return notice_html(self.notice, self.sentence)


_NOTICES: Final[dict[FailureKind, str]] = {"gone": "backend_down", "not_found": "run_not_found", "refused": "refused"}


def problem_of(error: ClientFailure, opened_id: str = "") -> Problem:
    """The state for this error; ``opened_id`` is the run or share that was to be opened, if one was."""
    if error.kind != "not_found":
        return Problem(_NOTICES[error.kind], error.sentence)
    return Problem(_NOTICES[error.kind], words_ask.SHARE_NOT_FOUND if is_share(opened_id) else None)


def recording_of_file(data: bytes) -> Recording | Problem:
    """The recording in a file from the reader, or why there is none."""
    try:
        return parse_recording(data)
    except RecordingError as error:
        return Problem("invalid_recording", str(error))


def recording_of_backend(data: bytes) -> Recording | Problem:
    """The recording from the backend."""
    try:
        return parse_recording(data)
    except RecordingError as error:
        return Problem("refused", str(error))
