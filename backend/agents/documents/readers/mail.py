"""Mail (eml): subject, sender, date, the text that a reader of it would see, and its attachments as parts of it.

An attachment without a reader, and a mail attached to an attached mail, is named and not read.
"""

import email
import email.policy
from collections.abc import Callable, Iterator
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime

from backend.agents.documents.readers.document_text import DocumentText
from backend.agents.documents.readers.extraction import MAX_LABEL_CHARS, Extraction, Origin, UnreadableFileError
from backend.agents.documents.readers.web_page import read_html

AttachmentReader = Callable[[str, bytes], Extraction]

_MOST_NAMED = 3
_SHOWN = ("from", "to", "cc", "date", "subject")


def read_mail(data: bytes, read: AttachmentReader, can_read: Callable[[str], bool]) -> Extraction:
    """One message. ``read`` reads an attachment of a name that ``can_read`` accepts. Raises ``UnreadableFileError`` for
    what is not a message."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    if not isinstance(message, EmailMessage) or not any(_header(message, name) for name in ("from", "to", "subject")):
        raise UnreadableFileError("it is not a mail: it names neither a sender nor a subject")
    fields = {name: _header(message, name) for name in _SHOWN if _header(message, name)}
    text = DocumentText()
    text.heading(1, fields.get("subject", ""))
    text.paragraph("\n".join(f"{name.capitalize()}: {value}" for name, value in fields.items() if name != "subject"))
    _add_body(message, text)
    notices = list(_add_attachments(message, text, read, can_read))
    if len(notices) > _MOST_NAMED:
        notices = [*notices[:_MOST_NAMED], f"{len(notices) - _MOST_NAMED} more attachments were not read"]
    subject = fields.get("subject", "")[:MAX_LABEL_CHARS]
    origin = Origin(subject, fields.get("from", "")[:MAX_LABEL_CHARS], _sent_on(fields.get("date", "")))
    return text.extraction(origin, fields, notices)


def _add_attachments(
    message: EmailMessage, text: DocumentText, read: AttachmentReader, can_read: Callable[[str], bool]
) -> Iterator[str]:
    """Add the attachments that can be read below a heading each; yields a sentence on each of the others."""
    for part in message.iter_attachments():
        name, content = _attachment(part)
        if content is None or not can_read(name):
            yield f"its attachment {name} was not read"
            continue
        try:
            extraction = read(name, content)
        except UnreadableFileError as error:
            yield f"its attachment {name} was not read: {error}"
            continue
        text.heading(2, f"Attachment {name}")
        text.append(extraction)
        yield from (f"of its attachment {name}, {notice}" for notice in extraction.notices)


def _attachment(part: Message) -> tuple[str, bytes | None]:
    """The name of an attachment and its bytes, None where they cannot be decoded; an attached mail is named after its
    subject."""
    name = " ".join((part.get_filename() or part.get_content_type()).split())
    payload = part.get_payload()
    attached = payload[0] if isinstance(payload, list) and payload else None
    if part.get_content_type() == "message/rfc822" and isinstance(attached, Message):
        subject = " ".join(str(attached.get("subject", "")).split())
        return f"{subject or 'message'}.eml", attached.as_bytes()
    try:
        content = part.get_payload(decode=True)
    except (LookupError, ValueError):
        content = None
    return name, content if isinstance(content, bytes) else None


def _add_body(message: EmailMessage, text: DocumentText) -> None:
    body = message.get_body(("plain", "html"))
    if body is None:
        return
    try:
        content = body.get_content()
    except (LookupError, ValueError):
        payload = body.get_payload(decode=True)
        content = payload.decode("latin-1") if isinstance(payload, bytes) else ""
    if body.get_content_subtype() == "html":
        text.append(read_html(str(content).encode("utf-8", "replace")))
        return
    for paragraph in str(content).replace("\r\n", "\n").split("\n\n"):
        text.paragraph(paragraph)


def _header(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message.get(name, "")).split())
    except (ValueError, LookupError, AttributeError, TypeError):
        # The parser of headers trips over some that are damaged.
        return ""


def _sent_on(written: str) -> str:
    try:
        return parsedate_to_datetime(written).date().isoformat()
    except (ValueError, TypeError, IndexError):
        return ""
