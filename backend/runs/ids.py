"""Ids that nobody can guess: anyone who knows a run's id may read the run."""

import secrets

from backend.protocol.share_ids import SHARE_PREFIX

_BYTES = 16
"""128 bits of the system's randomness, as RFC 6749 section 10.10 asks of tokens."""


def new_run_id() -> str:
    """A new run's id: ``run_`` and 22 characters that are safe in an address."""
    return f"run_{secrets.token_urlsafe(_BYTES)}"


def new_session_id() -> str:
    """A new session's id: ``ses_`` and 22 characters that are safe in an address."""
    return f"ses_{secrets.token_urlsafe(_BYTES)}"


def new_share_id() -> str:
    """A new share's id: ``share_`` and 22 characters that are safe in an address. Nothing of the run is in it."""
    return f"{SHARE_PREFIX}{secrets.token_urlsafe(_BYTES)}"


def new_file_id() -> str:
    """A new attached file's id: ``file_`` and 22 characters that are safe in an address."""
    return f"file_{secrets.token_urlsafe(_BYTES)}"


def new_feedback_id() -> str:
    """A new feedback's id: ``fb_`` and 22 characters that are safe in an address."""
    return f"fb_{secrets.token_urlsafe(_BYTES)}"


def new_input_id() -> str:
    """A new id of a request to a person, or of a pause: ``inp_`` and 22 characters that are safe in an address."""
    return f"inp_{secrets.token_urlsafe(_BYTES)}"
