"""Words about files that are attached to a question."""

from collections.abc import Iterable
from typing import Final

ATTACH: Final = "Attach"
ATTACH_HELP: Final = "Attach files to the question. They are for this conversation only."
ATTACHED: Final = "Attached files"

TOO_LARGE: Final = "{name} is larger than {limit} MB, the most that can be attached. Attach a part of it."
EMPTY: Final = "{name} is empty. Attach a file with something in it."
TOO_MANY: Final = "A question can have {limit} files, so {name} was left out. Remove one first, or ask again with it."
NOT_TAKEN: Final = "{name} cannot be attached: this agent takes {kinds}."
NONE_TAKEN: Final = "This agent takes no files. Remove the files, or choose another agent."

_KILO: Final = 1000


def format_size(size: int) -> str:
    """A size in bytes for people: ``12 bytes``, ``340 kB``, ``1.2 MB``."""
    if size < _KILO:
        return "1 byte" if size == 1 else f"{size} bytes"
    if size < _KILO**2:
        return f"{size / _KILO:.0f} kB"
    return f"{size / _KILO**2:.1f} MB"


def kinds_in_words(titles: Iterable[str]) -> str:
    """Kinds of files in a sentence, as plurals are not known: ``PDF, Word document or text file``."""
    *others, last = titles
    return f"{', '.join(others)} or {last}" if others else last
