"""How much the UIs accept in one request, in bytes, and how long they keep files, in seconds."""

from typing import Final

MAX_RECORDING_BYTES: Final = 64 * 1024 * 1024
"""The largest file that a page opens: as large as a recording that the backend accepts (see ``Settings``)."""

FORM_BYTES: Final = 64 * 1024
"""How much a form adds to the file that it carries."""

MAX_EVENT_BYTES: Final = 4 * 1024 * 1024
"""The largest event of a page: the fields that its handler reads, including a question that is far too long."""

FILES_KEPT_S: Final = 3600
"""How old a file gets that a page uploaded or saved."""
