"""The app: routes, problems and guards put together over a set of services."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import FastAPI
from starlette.middleware import Middleware

from backend import __version__
from backend.api.conversations import MAX_CONVERSATION_BYTES
from backend.api.problems import MEDIA_TYPE, ProblemReply, add_problem_handlers, problem_answer
from backend.api.routes import (
    ag_ui,
    agents,
    ai_sdk,
    control,
    events,
    feedback,
    files,
    health,
    openai,
    recordings,
    runs,
    sessions,
    shared,
    shares,
    steering,
)
from backend.api.services import Services
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
    {"name": "shares", "description": "Read-only links to one run, and their contents."},
    {"name": "agents", "description": "The agents on offer, and the plans of scripted runs."},
    {"name": "foreign clients", "description": "The same runs for clients of AG-UI, the AI SDK and OpenAI's API."},
    {"name": "health", "description": "For the operator of the server."},
]

_ROOMS = (
    *(runs, steering, events, recordings, sessions, feedback, shares, shared, agents),
    *(ag_ui, ai_sdk, openai, health),
)

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


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
        telemetry={"auto_configure": False, "tracing": False, "metrics": False, "logs": False},
        middleware=[
            Middleware(Guard, allowed_hosts=hosts, answer=problem_answer),
            Middleware(Forwarded, address=address, allowed_hosts=hosts, answer=problem_answer),
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
    for room in (
        *(runs, steering, control, files, events, recordings, sessions, feedback, shares, shared, agents),
        *(ag_ui, ai_sdk, openai, health),
    ):
        app.include_router(room.router)
    add_problem_handlers(app)
    _describe_problems(app)
    return app


def _describe_problems(app: FastAPI) -> None:
    """Put the schema of problems where the routes' descriptions point, in place of the framework's own errors."""
    generate = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = generate()
            schemas = schema["components"]["schemas"]
            _drop_framework_errors(schema)
            problem = ProblemReply.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(problem.pop("$defs", {}))
            schemas["ProblemReply"] = problem
        return app.openapi_schema or generate()

    app.openapi = described  # type: ignore[method-assign]


def _drop_framework_errors(schema: dict[str, Any]) -> None:
    """The framework adds its own 422 to every route with a parameter that does not describe one, where text can be
    nothing but text."""
    for name in ("HTTPValidationError", "ValidationError"):
        schema["components"]["schemas"].pop(name, None)
    for item in schema["paths"].values():
        for operation in item.values():
            if MEDIA_TYPE not in operation["responses"].get("422", {"content": {MEDIA_TYPE: {}}})["content"]:
                del operation["responses"]["422"]
