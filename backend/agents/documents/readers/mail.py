"""Mail (eml): subject, sender, date, and the text that a reader of it would see. Attachments are named."""

import email
import email.policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from backend.agents.documents.readers.document_text import DocumentText
from backend.agents.documents.readers.extraction import MAX_LABEL_CHARS, Extraction, Origin, UnreadableFileError
from backend.agents.documents.readers.web_page import read_html

_SHOWN = ("from", "to", "cc", "date", "subject")


def read_mail(data: bytes) -> Extraction:
    """One message. Raises ``UnreadableFileError`` for what is none."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    if not isinstance(message, EmailMessage) or not any(_header(message, name) for name in ("from", "to", "subject")):
        raise UnreadableFileError("it is not a mail: it names neither a sender nor a subject")
    fields = {name: _header(message, name) for name in _SHOWN if _header(message, name)}
    text = DocumentText()
    text.heading(1, fields.get("subject", ""))
    text.paragraph("\n".join(f"{name.capitalize()}: {value}" for name, value in fields.items() if name != "subject"))
    _add_body(message, text)
    attached = [part.get_filename() or part.get_content_type() for part in message.iter_attachments()]
    notices = [f"its attachment {name} was not read" for name in attached[:3]]
    notices += [f"{len(attached) - 3} more attachments were not read"] if len(attached) > 3 else []
    subject = fields.get("subject", "")[:MAX_LABEL_CHARS]
    origin = Origin(subject, fields.get("from", "")[:MAX_LABEL_CHARS], _sent_on(fields.get("date", "")))
    return text.extraction(origin, fields, notices)


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
