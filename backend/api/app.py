"""The app: routes, problems and guards put together over a set of services."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from starlette.middleware import Middleware

from backend import __version__
from backend.api.authenticator import Authenticator
from backend.api.conversations import MAX_CONVERSATION_BYTES
from backend.api.framework_problems import add_problem_handlers
from backend.api.problems import MEDIA_TYPE, ProblemReply, problem_answer, problem_responses
from backend.api.rights import enforce
from backend.api.routes import (
    ag_ui,
    agents,
    ai_sdk,
    control,
    events,
    feedback,
    files,
    health,
    metrics,
    openai,
    openai_responses,
    participants,
    recordings,
    runs,
    sessions,
    shared,
    shares,
    sign_in,
    steering,
)
from backend.api.services import Services
from backend.api.stream_schemas import stream_schemas
from backend.doors.body_limit import BodyLimit
from backend.doors.forwarded import Forwarded
from backend.doors.guard import Guard
from backend.doors.limits import FORM_BYTES
from backend.doors.public_address import PublicAddress
from backend.protocol.attachments import MAX_FILE_BYTES

MAX_BODY_BYTES = 256 * 1024
"""A request with the longest question, every character escaped, and its options."""

_TAGS = [
    {"name": "runs", "description": "Start, find, look at, cancel and delete runs."},
    {"name": "files", "description": "Attach files to questions."},
    {"name": "steering", "description": "Answer what a run asks, pause it, send it messages."},
    {"name": "events", "description": "Follow a run live, resume after a cut."},
    {"name": "recordings", "description": "Export a run as a file, import one."},
    {"name": "sessions", "description": "The conversations so far."},
    {"name": "feedback", "description": "Feedback on runs."},
    {"name": "access", "description": "Sign people in, on a server with tokens."},
    {"name": "participants", "description": "People as the server can tell them apart."},
    {"name": "shares", "description": "Read-only links to one run, and their contents."},
    {"name": "agents", "description": "The agents on offer, and the plans of scripted runs."},
    {"name": "foreign clients", "description": "The same runs for clients of AG-UI, the AI SDK and OpenAI's API."},
    {"name": "health", "description": "For the operator of the server."},
]

_ROOMS = (
    *(
        sign_in,
        runs,
        participants,
        steering,
        control,
        files,
        events,
        recordings,
        sessions,
        feedback,
        shares,
        shared,
        agents,
    ),
    *(ag_ui, ai_sdk, openai, openai_responses, health, metrics),
)

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def _all_routes() -> APIRouter:
    """The routes of every room. A caller needs its right to each."""
    routes = APIRouter(dependencies=[Depends(enforce)])
    for room in _ROOMS:
        routes.include_router(room.router)
    return routes


# All apps of a process share these: what FastAPI works out for them at the first request takes 60 ms.
_ROUTES = _all_routes()


def create_app(services: Services, lifespan: Lifespan | None = None) -> FastAPI:
    """The app over these services. ``lifespan`` opens and closes them; without one the caller does."""
    settings = services.settings
    address = PublicAddress(settings.root_path, settings.trusted_proxies, settings.public_url)
    hosts = (settings.host, *settings.allowed_hosts, *address.hosts)
    app = FastAPI(
        title="Playhead",
        version=__version__,
        summary="Runs of streaming agents: start, follow, cancel, record, replay.",
        description="Errors are problem details (RFC 9457) whose `detail` gives the next action.",
        openapi_tags=_TAGS,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        routes=_ROUTES.routes,
        telemetry={"auto_configure": False, "tracing": False, "metrics": False, "logs": False},
        middleware=[
            Middleware(
                Guard,
                allowed_hosts=hosts,
                own_pages_only=services.gate is not None,
                public_url=settings.public_url,
                answer=problem_answer,
            ),
            Middleware(Forwarded, address=address, allowed_hosts=hosts, answer=problem_answer),
            *([] if services.gate is None else [Middleware(Authenticator, gate=services.gate)]),
            Middleware(
                BodyLimit,
                default=MAX_BODY_BYTES,
                limits={
                    "/v1/recordings": settings.max_recording_bytes,
                    "/v1/files": MAX_FILE_BYTES + FORM_BYTES,
                    **dict.fromkeys(("/ag-ui", "/ai-sdk", "/openai"), MAX_CONVERSATION_BYTES),
                },
                answer=problem_answer,
            ),
        ],
    )
    app.state.services = services
    add_problem_handlers(app)
    _describe_problems(app)
    return app


def _describe_problems(app: FastAPI) -> None:
    """Put the schemas of problems and of streams where the routes' descriptions point, and take the framework's own
    errors out."""
    generate = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = generate()
            schemas = schema["components"]["schemas"]
            _drop_framework_errors(schema)
            problem = ProblemReply.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(problem.pop("$defs", {}))
            schemas["ProblemReply"] = problem
            for name, each in stream_schemas().items():
                schemas.setdefault(name, each)
        return app.openapi_schema or generate()

    app.openapi = described  # type: ignore[method-assign]


def _drop_framework_errors(schema: dict[str, Any]) -> None:
    """The framework adds its own 422 to every route with a parameter that does not describe one, also where text can be
    nothing but text. What a body or a bounded parameter may be refused with is described in its place."""
    for name in ("HTTPValidationError", "ValidationError"):
        schema["components"]["schemas"].pop(name, None)
    for item in schema["paths"].values():
        for operation in item.values():
            answers = operation["responses"]
            if MEDIA_TYPE not in answers.get("422", {"content": {MEDIA_TYPE: {}}})["content"]:
                del answers["422"]
            wrong = (400, 413, 415, 422) if "requestBody" in operation else ()
            if any(_is_bounded(each["schema"]) for each in operation.get("parameters", ())):
                wrong = (*wrong, 422)
            for status, described in problem_responses(*wrong).items() if wrong else ():
                answers.setdefault(str(status), described)


def _is_bounded(schema: dict[str, Any]) -> bool:
    """Whether a value may be refused that is text, as all values in an address are."""
    kinds = [schema, *schema.get("anyOf", ())]
    return any(each.get("type", "string") not in ("string", "null") or _BOUNDS & each.keys() for each in kinds)


_BOUNDS = frozenset({"$ref", "enum", "const", "format", "maxLength", "minLength", "pattern"})
