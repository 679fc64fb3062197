"""A run to save, in three forms: as the recording, as Markdown, as one HTML page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from backend.present.answer.markdown_export import export_markdown
from backend.present.offline_page.run_report import run_report_html
from backend.present.pages.feedback import Remark
from backend.protocol.recording_reader import parse_recording
from backend.protocol.run_view import RunView
from backend.protocol.view import fold

ExportForm = Literal["recording", "markdown", "report"]

_ENDINGS: Final[dict[ExportForm, tuple[str, str]]] = {
    "recording": ("jsonl", "application/x-ndjson"),
    "markdown": ("md", "text/markdown"),
    "report": ("html", "text/html"),
}
_LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file to save: its name, its media type, its bytes."""

    name: str
    media_type: str
    content: bytes


def exported(form: ExportForm, recording: bytes, feedback: Sequence[Remark] = ()) -> ExportedFile:
    """The recorded run in that form. ``recording`` contains the bytes of its file; ``feedback`` goes into the report.

    Raises ``RecordingError`` if they cannot be read.
    """
    read = parse_recording(recording)
    ending, media_type = _ENDINGS[form]
    name = f"{file_stem(read.header.question, read.header.run_id)}.{ending}"
    if form == "recording":
        return ExportedFile(name, media_type, recording)
    if form == "markdown":
        text = export_markdown(fold(RunView.start(read.header.question), read.events))
    else:
        text = run_report_html(read, feedback=feedback)
    return ExportedFile(name, media_type, text.encode("utf-8"))


def file_stem(question: str, run_id: str) -> str:
    """A file's name without its ending, from the question's first words:
    ``is-nvidia-s-customer-concentration-risk``."""
    words = re.sub(r"[^\w]+", "-", question.lower(), flags=re.UNICODE).strip("-_")
    cut = words[:_LONGEST_NAME].rsplit("-", 1)[0] if len(words) > _LONGEST_NAME else words
    return cut or run_id or "run"
