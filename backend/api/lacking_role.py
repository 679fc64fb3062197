"""The problems of a caller who may not do what they ask for."""

from backend.api.problems import RequestProblem
from backend.protocol.roles import Role


def lacking(role: Role | None, needed: Role) -> RequestProblem:
    """The problem of somebody whose role is too small; a stranger's is to sign in."""
    if role is None:
        return sign_in_first()
    sentence = f"This needs the role {needed!r}, and yours is {role!r}: ask a host for more."
    return RequestProblem(403, "not-allowed", sentence, role=role, needs=needed)


def sign_in_first() -> RequestProblem:
    """The problem of somebody without a token."""
    return RequestProblem(
        401,
        "token-needed",
        "This server needs a token: send it as Authorization: Bearer TOKEN.",
        headers={"WWW-Authenticate": 'Bearer realm="playhead"'},
    )


def wrong_token() -> RequestProblem:
    """The problem of a token, code or grant that is not one of the server's. It repeats nothing that was sent."""
    return RequestProblem(
        401,
        "wrong-token",
        "This token is not valid here, or no longer: ask the person who runs the server for another one.",
        headers={"WWW-Authenticate": 'Bearer realm="playhead", error="invalid_token"'},
    )


def not_allowed(sentence: str) -> RequestProblem:
    """The problem of something that the caller may not do."""
    return RequestProblem(403, "not-allowed", sentence)
