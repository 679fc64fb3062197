"""The files of one conversation as a library of their own: no other conversation's questions ever see it."""

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from backend.agents.agent import AttachedFile, ConversationFiles
from backend.agents.documents.blocking import in_thread
from backend.agents.documents.indexing.folder_index import RefreshReport
from backend.agents.documents.library import Library
from backend.protocol.file_kinds import KINDS, PICTURES

ATTACHED_KINDS: Final = tuple(kind for kind in KINDS if kind not in PICTURES)
"""The kinds of attached files that are read."""

_POINTING = re.compile(
    r"(?:\b(?:in|from|of|by|with|according to|based on)\s+)?"
    r"(?:\b(?:the|this|that|these|those|my|our|both|all)\s+)*"
    r"\b(?:(?:attached|uploaded|enclosed)\s+(?:files?|documents?|pdfs?|reports?|texts?|tables?|spreadsheets?|pages?)"
    r"|attachments?|(?:files?|documents?|pdfs?)\s+(?:that\s+)?(?:i|we)\s+(?:have\s+)?(?:just\s+)?(?:attached|uploaded))\b",
    re.IGNORECASE,
)
_BLANK_BEFORE = re.compile(r" (?=[?.!,;:])")
_WORD = re.compile(r"\w{3,}")


def readable(files: ConversationFiles) -> list[AttachedFile]:
    """The attached files that are read: documents, not pictures."""
    return [file for file in files.attachments if file.kind in ATTACHED_KINDS]


def without_pointing(question: str) -> str:
    """The question without ``in the attached file`` and the like, which no document contains; as it is where that says
    everything."""
    rest = _BLANK_BEFORE.sub("", " ".join(_POINTING.sub(" ", question).split()))
    return rest if _WORD.search(rest) else question


@dataclass(frozen=True, slots=True)
class AttachedDocuments:
    """The library, the names of the files in it, and a sentence for each that could not be read, or only in part."""

    library: Library
    names: tuple[str, ...]
    problems: tuple[str, ...]

    @classmethod
    @asynccontextmanager
    async def read(cls, files: ConversationFiles, alive: Callable[[], None]) -> "AsyncIterator[AttachedDocuments]":
        """The files as they are read now, or were at an earlier question; closed at the end of the context. ``alive``
        is called on the event loop from time to time while that takes.

        Raises ``IndexUnusableError``.
        """
        attached = readable(files)
        library, report = await _read(files, attached, alive)
        try:
            skipped = {skipped.name: str(skipped) for skipped in report.skipped}
            in_part = {skipped.name for skipped in report.skipped if skipped.in_part}
            names = tuple(file.name for file in attached if file.name not in skipped or file.name in in_part)
            told = tuple(sentence for name, sentence in skipped.items() if name in {file.name for file in attached})
            yield cls(library, names, told)
        finally:
            await asyncio.shield(in_thread(library.close))


async def _read(
    files: ConversationFiles, attached: Sequence[AttachedFile], alive: Callable[[], None]
) -> tuple[Library, RefreshReport]:
    if files.folder is None:
        raise ValueError("There are no files.")
    loop = asyncio.get_running_loop()
    stop = threading.Event()
    library = Library(attached[0].path.parent, files.folder)

    def heard(done: int, total: int, what: str) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(alive)

    return library, await in_thread(lambda: library.read_all(heard, stop), lambda _: stop.set())
