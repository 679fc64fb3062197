"""Mailboxes (mbox): each message in the file is a separate document."""

import hashlib
import re
from collections.abc import Callable

from backend.agents.documents.readers.extraction import MAX_TEXT_CHARS, Extraction, Member, UnreadableFileError
from backend.agents.documents.readers.reading import Reading

MAX_MESSAGES = 2_000

_BEGIN = re.compile(rb"(?:\A|(?<=\n))From [^\n]*\n")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


def read_mailbox(data: bytes, reading: Reading, read: Callable[[str, bytes], Extraction]) -> Extraction:
    """The messages as members, in order. Raises ``UnreadableFileError`` for what is not a mailbox."""
    begins = list(_BEGIN.finditer(data))
    if not begins or begins[0].start() != 0:
        raise UnreadableFileError("it is not a mailbox: it does not begin with a message")
    ends = [*(match.start() for match in begins[1:]), len(data)]
    found: list[Member] = []
    notices: list[str] = []
    length = 0
    for number, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        reading.progress(number, len(begins), "message")
        if number == MAX_MESSAGES or length > MAX_TEXT_CHARS:
            notices.append(f"only the first {number:,} of {len(begins):,} messages in it were read")
            break
        message = _QUOTED_FROM.sub(rb"\1", data[begin.end() : end])
        name = f"{number + 1:04}.eml"
        try:
            extraction: Extraction | str = read(name, message)
        except UnreadableFileError as error:
            extraction = str(error)
        else:
            length += len(extraction.text) if isinstance(extraction, Extraction) else 0
        found.append(Member(name, hashlib.sha256(message).hexdigest(), extraction))
    return Extraction("", (), members=tuple(found), notices=tuple(notices))
