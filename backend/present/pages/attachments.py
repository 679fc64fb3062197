"""Files of a question, as the Ask page shows them: those that were asked with, and why one was refused."""

from collections.abc import Iterable, Sequence

from backend.present.markup import EMPTY, Markup, fragment, joined
from backend.present.words import files as words
from backend.protocol.attachments import AttachmentNote


def attached_html(files: Sequence[AttachmentNote]) -> Markup:
    """The files below their question, each with its size; nothing without any."""
    if not files:
        return EMPTY
    listed = (
        fragment('<li><bdi>{}</bdi> <span class="ph-hint">{}</span></li>', file.name, words.format_size(file.size))
        for file in files
    )
    return fragment('<ul class="ph ph-attached" aria-label="{}">{}</ul>', words.ATTACHED, joined(listed))


def file_label(file: AttachmentNote) -> str:
    """A chosen file in one line, as on the button that removes it."""
    return f"✕ {file.name} · {words.format_size(file.size)}"


def refusals_html(sentences: Iterable[str]) -> str:
    """Why files were refused, read out at once; empty without any."""
    told = joined(fragment("<p>{}</p>", sentence) for sentence in sentences)
    return str(fragment('<div class="ph ph-refusals" role="alert">{}</div>', told)) if told else ""
