"""The description of the API is valid, complete, and true of what the app answers."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from backend.api.app import create_app
from backend.protocol.events import (
    ArtifactEvent,
    CitationEvent,
    Counts,
    DoneEvent,
    ErrorEvent,
    Span,
    StatusEvent,
    TokenEvent,
    WarningEvent,
    event_json,
)
from backend.protocol.run_view import RunView, SnapshotEvent
from backend.settings import Settings
from backend.wiring import build_services
from tests.api.told_agents import ToldProvider

Operation = dict[str, Any]

SENT = (
    StatusEvent(seq=1, at_ms=1.0, step="retrieving", step_id="s"),
    TokenEvent(seq=2, at_ms=2.0, text="A"),
    CitationEvent(seq=3, at_ms=3.0, citation_id="c", number=1, title="T", spans=(Span(start=0, end=1),)),
    ArtifactEvent(seq=4, at_ms=4.0, artifact_id="a", kind="value", content={"value": 1}),
    WarningEvent(seq=5, at_ms=5.0, code="dated", message="Old."),
    ErrorEvent(seq=6, at_ms=6.0, code="x", message="Y."),
    DoneEvent(seq=7, at_ms=7.0, outcome="failed", counts=Counts(tokens=1)),
    SnapshotEvent(seq=7, at_ms=7.0, view=RunView.start("Why?")),
)

PUBLIC = {
    ("get", "/metrics"),
    ("post", "/v1/runs"),
    ("get", "/v1/runs"),
    ("get", "/v1/runs/{run_id}"),
    ("delete", "/v1/runs/{run_id}"),
    ("get", "/v1/runs/{run_id}/events"),
    ("post", "/v1/runs/{run_id}/cancel"),
    ("get", "/v1/runs/{run_id}/inputs"),
    ("post", "/v1/runs/{run_id}/inputs/{input_id}"),
    ("post", "/v1/runs/{run_id}/input"),
    ("post", "/v1/runs/{run_id}/pause"),
    ("post", "/v1/runs/{run_id}/resume"),
    ("post", "/v1/runs/{run_id}/messages"),
    ("delete", "/v1/runs/{run_id}/messages/{message_id}"),
    ("get", "/v1/runs/{run_id}/recording"),
    ("post", "/v1/recordings"),
    ("post", "/v1/files"),
    ("delete", "/v1/files/{file_id}"),
    ("get", "/v1/sessions"),
    ("delete", "/v1/sessions"),
    ("get", "/v1/sessions/{session_id}"),
    ("patch", "/v1/sessions/{session_id}"),
    ("delete", "/v1/sessions/{session_id}"),
    ("post", "/v1/runs/{run_id}/feedback"),
    ("get", "/v1/runs/{run_id}/feedback"),
    ("get", "/v1/feedback"),
    ("get", "/v1/votes"),
    ("post", "/v1/runs/{run_id}/share"),
    ("post", "/v1/sessions/{session_id}/share"),
    ("get", "/v1/shared/{share_id}/runs"),
    ("get", "/v1/shares"),
    ("get", "/v1/shared/{share_id}"),
    ("get", "/v1/shared/{share_id}/events"),
    ("get", "/v1/shared/{share_id}/recording"),
    ("delete", "/v1/shared/{share_id}"),
    ("get", "/v1/agents"),
    ("get", "/v1/agents/{agent}/plan"),
    ("post", "/ag-ui"),
    ("post", "/ag-ui/{agent}"),
    ("get", "/ag-ui/runs/{run_id}"),
    ("post", "/ag-ui/runs/{run_id}"),
    ("post", "/ag-ui/runs/{run_id}/cancel"),
    ("post", "/ai-sdk"),
    ("get", "/ai-sdk/{chat_id}/stream"),
    ("post", "/ai-sdk/{chat_id}/cancel"),
    ("post", "/openai/v1/chat/completions"),
    ("post", "/openai/v1/responses"),
    ("get", "/openai/v1/models"),
    ("get", "/openai/v1/models/{model}"),
    ("post", "/v1/participants"),
    ("post", "/v1/sign-in"),
    ("get", "/v1/me"),
    ("get", "/healthz"),
    ("get", "/readyz"),
}


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The OpenAPI description."""
    folder: Path = tmp_path_factory.mktemp("data")
    return create_app(build_services(Settings(data_dir=folder), [ToldProvider()])).openapi()


def operations(schema: dict[str, Any]) -> dict[tuple[str, str], Operation]:
    """Every operation by method and path."""
    return {(method, path): each for path, item in schema["paths"].items() for method, each in item.items()}


def test_it_is_valid(schema: dict[str, Any]) -> None:
    validate(schema)


def test_it_names_every_route_and_no_other(schema: dict[str, Any]) -> None:
    assert set(operations(schema)) == PUBLIC


def test_every_operation_is_described(schema: dict[str, Any]) -> None:
    tags = {tag["name"] for tag in schema["tags"]}
    names = [each["operationId"] for each in operations(schema).values()]
    assert len(names) == len(set(names))
    for each in operations(schema).values():
        assert each["summary"]
        assert each["description"]
        assert set(each["tags"]) <= tags
        assert all(parameter["description"] for parameter in each.get("parameters", []))


def test_every_operation_documents_its_errors_as_problems(schema: dict[str, Any]) -> None:
    for (method, path), each in operations(schema).items():
        errors = {status: answer for status, answer in each["responses"].items() if status >= "400"}
        for answer in errors.values():
            problem = answer["content"]["application/problem+json"]["schema"]
            assert problem == {"$ref": "#/components/schemas/ProblemReply"}
            assert list(answer["content"]) == ["application/problem+json"]
        assert {"500", "421"} <= set(errors), (method, path)
        guarded = method in ("post", "patch", "delete") or path == "/metrics"
        assert ("403" in errors) == guarded, (method, path)
        assert ("{" not in path) or "404" in errors, (method, path)
    assert "HTTPValidationError" not in schema["components"]["schemas"]


def test_what_makes_a_caller_wait_says_how_long(schema: dict[str, Any]) -> None:
    for each in operations(schema).values():
        for status in {"429", "503"} & set(each["responses"]):
            assert "Retry-After" in each["responses"][status]["headers"]


def test_streams_and_recordings_have_their_own_media_types(schema: dict[str, Any]) -> None:
    found = operations(schema)
    stream = found["get", "/v1/runs/{run_id}/events"]["responses"]["200"]["content"]
    assert list(stream) == ["text/event-stream"]
    assert "text/event-stream" in found["post", "/v1/runs"]["responses"]["200"]["content"]
    recording = found["get", "/v1/runs/{run_id}/recording"]["responses"]["200"]["content"]
    assert list(recording) == ["application/x-ndjson"]
    assert list(found["post", "/v1/recordings"]["requestBody"]["content"]) == ["application/x-ndjson"]
    for path in ("events", "recording"):
        own, shared = found["get", f"/v1/runs/{{run_id}}/{path}"], found["get", f"/v1/shared/{{share_id}}/{path}"]
        assert shared["responses"]["200"] == own["responses"]["200"]
    assert set(found["get", "/v1/feedback"]["responses"]["200"]["content"]) == {"application/json", "text/csv"}
    assert "Location" in found["post", "/v1/runs"]["responses"]["201"]["headers"]


def test_the_seven_events_and_the_view_are_described(schema: dict[str, Any]) -> None:
    described = set(schema["components"]["schemas"])
    events = {f"{kind}Event" for kind in ("Status", "Token", "Citation", "Artifact", "Warning", "Error", "Done")}
    assert events | {"RunView", "NewRun", "ProblemReply", "RunOptions"} <= described
    assert {
        "RunList",
        "NewFeedback",
        "FeedbackReply",
        "FeedbackList",
        "ShareReply",
        "SharedRunReply",
        "NewTitle",
    } <= described


def test_a_shared_run_is_described_without_what_leads_to_the_run(schema: dict[str, Any]) -> None:
    described = schema["components"]["schemas"]
    assert set(described["RunNow"]["properties"]) - set(described["SharedRunReply"]["properties"]) == {
        "session_id",
        "worker",
    }
    assert set(described["SharedLinks"]["properties"]) == {"self", "events", "recording"}


def test_examples_are_there(schema: dict[str, Any]) -> None:
    for name in ("NewRun", "NewFeedback"):
        assert schema["components"]["schemas"][name]["examples"]


def test_a_stream_is_described_down_to_its_events(schema: dict[str, Any]) -> None:
    """What a run sends fits the schema that its stream's description leads to."""
    streams = [
        answer["content"]["text/event-stream"]["schema"]
        for each in operations(schema).values()
        for answer in each["responses"].values()
        if "text/event-stream" in answer.get("content", {})
    ]
    assert len(streams) >= 3
    message = next(each for each in streams if "$ref" in each)
    assert all("$ref" in each or "data" in each["required"] for each in streams)
    registry = Registry().with_resource("urn:api", DRAFT202012.create_resource(schema))
    validator = Draft202012Validator({"$ref": f"urn:api{message['$ref']}"}, registry=registry)
    data = Draft202012Validator({"$ref": "urn:api#/components/schemas/StreamData"}, registry=registry)
    for event in SENT:
        sent = {"id": "1-1", "event": event.type, "data": event_json(event)}
        assert list(validator.iter_errors(sent)) == []
        assert list(data.iter_errors(json.loads(sent["data"]))) == [], event.type
    assert list(data.iter_errors({"type": "token", "seq": 1, "at_ms": 1.0})) != [], "a token without its text"
    assert list(validator.iter_errors({"event": "snap", "data": "{}"})) != []
