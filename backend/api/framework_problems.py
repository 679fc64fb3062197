"""What the framework refuses by itself, and what nobody expected, as problems like every other."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, WebSocket
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from backend.api.problems import KNOWN_ERRORS, InvalidField, RequestProblem, known_problem, problem_response

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

_FAILED = RequestProblem(500, "server-error", "The server failed: its log says where; try again, or report it.")


def add_problem_handlers(app: FastAPI) -> None:
    """Make every error of the app a problem."""

    async def answer(request: Request | WebSocket, error: Exception) -> Response:
        if isinstance(request, WebSocket):
            # A handshake that a dependency refuses: the framework would leave it without an answer.
            refused = problem_response(request.url.path, known_problem(error) or _FAILED)
            await request.send_denial_response(refused)
            return refused
        return problem_response(request.url.path, _as_problem(request, error))

    for kind in (HTTPException, RequestValidationError, Exception, *KNOWN_ERRORS):
        app.add_exception_handler(kind, answer)


def _as_problem(request: Request, error: Exception) -> RequestProblem:
    known = known_problem(error)
    if known is not None:
        return known
    if isinstance(error, RequestValidationError):
        return _invalid(request, error)
    if isinstance(error, HTTPException):
        return _from_framework(request, error)
    return _FAILED


def _from_framework(request: Request, error: HTTPException) -> RequestProblem:
    """A problem for what the framework refuses by itself."""
    if error.status_code == 404:
        detail = f"There is nothing at {request.url.path}: GET /openapi.json lists what there is."
        return RequestProblem(404, "unknown-path", detail)
    if error.status_code == 405:
        allowed = ", ".join(_methods_of(request))
        detail = f"{request.method} is not for {request.url.path}: use {allowed}."
        return RequestProblem(405, "method-not-allowed", detail, headers={"Allow": allowed})
    if error.status_code == 400:
        return RequestProblem(400, "unreadable-body", "The body cannot be read: send JSON as UTF-8.")
    return RequestProblem(error.status_code, "refused", str(error.detail), headers=error.headers)


def _methods_of(request: Request) -> list[str]:
    """Every method that the path takes (RFC 9110, section 15.5.6): the framework names those of one route alone."""
    routes = request.app.router.routes
    asked = {method: {**request.scope, "method": method} for method in _METHODS}
    return [method for method, scope in asked.items() if any(route.matches(scope)[0] is Match.FULL for route in routes)]


def _invalid(request: Request, error: RequestValidationError) -> RequestProblem:
    errors = error.errors()
    first = errors[0]
    if first["loc"] == ("body",):
        return _no_object(request, missing=first["type"] == "missing")
    if first["type"] == "json_invalid":
        reason = first.get("ctx", {}).get("error", "malformed")
        detail = f"The body is not JSON (at character {first['loc'][-1]}: {reason}): send one JSON object."
        return RequestProblem(400, "malformed-json", detail)
    fields = [InvalidField(field=_place(each["loc"]), message=_reason(each)) for each in errors[:20]]
    where = f"{fields[0].field}: " if fields[0].field else ""
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return RequestProblem(422, "invalid-request", f"{where}{fields[0].message}{more}", errors=fields)


def _no_object(request: Request, *, missing: bool) -> RequestProblem:
    """The body as a whole is not what was expected."""
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if missing:
        return RequestProblem(400, "empty-body", "The body is empty: send one JSON object.")
    if sent != "application/json" and not sent.endswith("+json"):
        detail = f"The body is of type {sent or 'unknown'!r}: send JSON, with Content-Type: application/json."
        return RequestProblem(415, "not-json", detail)
    return RequestProblem(422, "invalid-request", "The body is JSON, but not an object: send one JSON object.")


def _place(location: tuple[int | str, ...]) -> str:
    """Where the field is, without the part of the request it is in."""
    return ".".join(str(part) for part in location[1:]).encode("utf-8", "replace").decode()


def _reason(error: Mapping[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        return "Unknown field: remove it or correct its name."
    if error["type"] == "missing":
        return "This is missing: it is required."
    message = str(error["msg"]).removeprefix("Value error, ")
    return message if message.endswith(".") else f"{message}."
