"""How much a listener accepts: bytes of a request, files it keeps, connections, and how slowly a request may arrive."""

from typing import Final

MAX_RECORDING_BYTES: Final = 64 * 1024 * 1024
"""The largest file that a page opens: as large as a recording that the backend accepts (see ``Settings``)."""

FORM_BYTES: Final = 64 * 1024
"""How much a form adds to the file that it carries."""

MAX_EVENT_BYTES: Final = 4 * 1024 * 1024
"""The largest event of a page: the fields that its handler reads, including a question that is far too long."""

FILES_KEPT_S: Final = 3600
"""How old a file gets that a page uploaded or saved."""

MOST_FILES: Final = 65_536
"""Files and connections that a process asks the system for."""

RETRY_AFTER_S: Final = 5
"""The seconds after which a refused connection should be tried again."""

SLOW_REQUEST_S: Final = 30.0
"""How long a connection may be silent before its request, and how often the speed of a request is looked at."""

SLOWEST_BYTES_PER_S: Final = 200
"""How slowly a request may arrive."""

LOOK_EVERY_S: Final = 0.02
"""How often a queue of events looks for a new one, in seconds: half of it is added to every click on average."""
