"""Files of a conversation, as an agent finds them."""

from pathlib import Path

from backend.agents.agent import AttachedFile, ConversationFiles
from backend.protocol.file_kinds import kind_of_file

LEASE = """Lease agreement

The monthly rent is 1,250 euros, due on the third working day.

Pets need the landlord's written consent.

The notice period is three months.
"""
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def attached(folder: Path, **contents: str | bytes) -> ConversationFiles:
    """These files below the folder; a name's last underscore stands for its dot."""
    files = folder / "files"
    files.mkdir(parents=True, exist_ok=True)
    found = []
    for told, content in contents.items():
        name = ".".join(told.rsplit("_", 1))
        data = content.encode() if isinstance(content, str) else content
        (files / name).write_bytes(data)
        kind = kind_of_file(name, data)
        found.append(AttachedFile(name, kind.name, kind.media_type, len(data), files / name))
    return ConversationFiles(tuple(found), folder)
