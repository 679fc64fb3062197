"""Errors as RFC 9457 problem details: what went wrong, and one sentence that says what to do.

``type`` is a stable URN, so that a program distinguishes problems without reading the sentence.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from backend.access.participants import ForgedParticipantError
from backend.agents.agent import UnknownAgentError
from backend.agents.catalogue import AgentNotReadyError
from backend.doors.refusal import Refusal
from backend.protocol.cursor import CursorError
from backend.protocol.file_kinds import FileKindError
from backend.protocol.recordings import RecordingError
from backend.runs.attached_files import FileAskedError, TooManyFilesError, TooManyUnaskedError, UnknownFileError
from backend.runs.incoming_file import EmptyFileError, FileTooLargeError
from backend.runs.review import UnknownShareError
from backend.runs.search import PlaceError
from backend.runs.start_refusals import ServerStoppingError, TooManyRunsError
from backend.runs.steering.refusals import SteeringRefusal
from backend.runs.store import KeyReusedError, StoreError, StoreUnreachableError, UnknownRunError, UnknownSessionError

MEDIA_TYPE = "application/problem+json"
OPENAI_PATH = "/openai/"
"""Under this path a problem has a member ``error`` besides, in the shape of OpenAI's API."""


class InvalidField(BaseModel):
    """One field that cannot be taken: where it is, such as ``options.speed``, and why."""

    field: str
    message: str


class ProblemReply(BaseModel):
    """Problem details for HTTP APIs, RFC 9457. Further members depend on the type."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="A URN that names its kind.", examples=["urn:playhead:problem:unknown-run"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(description="One sentence with the next action.")
    instance: str = Field(description="The path that was called.")
    errors: list[InvalidField] | None = Field(default=None, description="The fields that did not fit.")


class RequestProblem(HTTPException):
    """Raised anywhere in a request to answer with a problem. ``slug`` names its kind; ``members`` are added to it."""

    def __init__(
        self,
        status: int,
        slug: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(status, detail, dict(headers or {}))
        self.slug = slug
        self.members = members

    @classmethod
    def of(cls, refusal: SteeringRefusal) -> "RequestProblem":
        """The problem of a wish that the run's state does not allow."""
        return cls(_STEERING.get(refusal.slug, 409), refusal.slug, refusal.sentence, **refusal.members)


_STEERING = {
    "unknown-input": 404,
    "unknown-message": 404,
    "input-expired": 410,
    "invalid-answer": 422,
    "too-many-messages": 429,
}
"""The status of a refusal that is not a conflict with the run's state (409)."""


def problem_response(path: str, error: RequestProblem) -> Response:
    """The answer a problem gives to a call of ``path``."""
    body = problem_reply(path, error).model_dump_json(exclude_none=True, ensure_ascii=True)
    return Response(body, error.status_code, error.headers, MEDIA_TYPE)


def problem_reply(path: str, error: RequestProblem) -> ProblemReply:
    """The problem document of what went wrong at ``path``."""
    members = error.members
    if path.startswith(OPENAI_PATH):
        members = {**members, "error": _openai_error(error)}
    return ProblemReply(
        type=f"urn:playhead:problem:{error.slug}",
        title=HTTPStatus(error.status_code).phrase,
        status=error.status_code,
        detail=error.detail,
        instance=path,
        **members,
    )


def known_problem(error: Exception) -> RequestProblem | None:
    """What an error of the server's parts means to a caller; None for a defect."""
    if isinstance(error, RequestProblem):
        return error
    if isinstance(error, SteeringRefusal):
        return RequestProblem.of(error)
    for kind, (status, slug) in KNOWN_ERRORS.items():
        if isinstance(error, kind):
            wait_s = getattr(error, "retry_after_s", 2)
            headers = {"Retry-After": str(wait_s)} if status in _RETRIED else None
            return RequestProblem(status, slug, _sentence(error), headers=headers)
    return None


def problem_answer(path: str, refusal: Refusal) -> Response:
    """The answer to a call of ``path`` that the guard refuses."""
    return problem_response(path, RequestProblem(refusal.status, refusal.slug, refusal.sentence, **refusal.members))


def _openai_error(error: RequestProblem) -> dict[str, Any]:
    """The member that clients of OpenAI's API read: to them nothing else of a problem is known."""
    kinds = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}
    kind = "server_error" if error.status_code >= 500 else kinds.get(error.status_code, "invalid_request_error")
    return {"message": error.detail, "type": kind, "param": None, "code": error.slug.replace("-", "_")}


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI description of the problems a route may answer with."""
    described: dict[int | str, dict[str, Any]] = {}
    for status in sorted({*statuses, 500}):
        described[status] = {
            "description": _DESCRIPTIONS[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemReply"}}},
        }
        if status in _RETRIED:
            described[status]["headers"] = {
                "Retry-After": {"description": "Seconds to wait before the next try.", "schema": {"type": "integer"}}
            }
    return described


_RETRIED = (429, 503)

_DESCRIPTIONS: dict[int, str] = {
    401: "The server needs a token, and this one is missing or wrong.",
    400: "The request cannot be read: malformed JSON, a malformed cursor, or a malformed header.",
    403: "A web page of another site sent the request, or the right for it is missing.",
    404: "Not found.",
    405: "The method is not for this path.",
    409: "The state of the run or file does not allow it.",
    410: "It is too late: the request has expired.",
    413: "The request is too large.",
    415: "The body has the wrong media type, or the file is of another kind than its name says.",
    421: "The Host header does not name this server.",
    422: "The request can be read, but not carried out.",
    429: "The server is running its maximum number of runs, or keeps its maximum number of files or messages that wait "
    "for one.",
    500: "The server failed.",
    504: "The run took longer than it may.",
    503: "Not ready yet.",
    507: "The disk is full, or the store cannot be written.",
}


KNOWN_ERRORS: dict[type[Exception], tuple[int, str]] = {
    UnknownRunError: (404, "unknown-run"),
    UnknownSessionError: (404, "unknown-session"),
    UnknownShareError: (404, "unknown-share"),
    ForgedParticipantError: (403, "forged-participant"),
    UnknownAgentError: (422, "unknown-agent"),
    AgentNotReadyError: (503, "agent-not-ready"),
    ServerStoppingError: (503, "server-stopping"),
    TooManyRunsError: (429, "too-many-runs"),
    KeyReusedError: (422, "key-reused"),
    CursorError: (400, "malformed-cursor"),
    PlaceError: (400, "malformed-place"),
    RecordingError: (422, "malformed-recording"),
    UnknownFileError: (404, "unknown-file"),
    FileTooLargeError: (413, "file-too-large"),
    FileKindError: (415, "unknown-file-kind"),
    EmptyFileError: (422, "empty-file"),
    TooManyFilesError: (422, "too-many-files"),
    FileAskedError: (409, "file-asked"),
    TooManyUnaskedError: (429, "too-many-unasked-files"),
    StoreUnreachableError: (503, "store-unreachable"),
    StoreError: (507, "store-full"),
}
"""Errors of the product with the status and the slug of their problem."""


def _sentence(error: Exception) -> str:
    if isinstance(error, UnknownRunError):
        return "Run not found: it was deleted, or the address is wrong."
    if isinstance(error, UnknownSessionError):
        return "Conversation not found: it was deleted, or the id is wrong."
    if isinstance(error, UnknownShareError):
        return "Shared run not found: the link is wrong, or it was withdrawn. Ask the person who sent it."
    return str(error)
