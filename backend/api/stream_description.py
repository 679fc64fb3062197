"""How OpenAPI describes the event stream, for which the standard has no terms."""

from typing import Any

from backend.api.stream_schemas import MESSAGE, PLACE
from backend.protocol.events import EVENT_TYPES

_EXAMPLE = """retry: 1000
id: 1-1
event: status
data: {"seq":1,"at_ms":3.1,"type":"status","step_id":"retrieve","step":"retrieving","state":"started"}

id: 1-2
event: token
data: {"seq":2,"at_ms":412.0,"type":"token","text":"NVIDIA "}

id: 1-3
event: done
data: {"seq":3,"at_ms":420.5,"type":"done","outcome":"completed","partial":false,"latency_ms":420.5}

"""

STREAM_CONTENT: dict[str, Any] = {
    "content": {
        "text/event-stream": {
            "schema": {
                "$ref": f"{PLACE}{MESSAGE}",
                "description": "Each message of the stream. Server-sent events, LF only, one block per event: "
                "`id: <attempt>-<seq>`, "
                f"`event: <type>` ({', '.join(EVENT_TYPES)}, or snapshot) and one `data:` line of ASCII JSON. "
                "`retry:` stands inside the first block; a comment comes after silence. `done` is the last one: "
                "a stream that closes without it was cut, and is resumed with `Last-Event-ID`.",
            },
            "examples": {"run": {"summary": "A short run", "value": _EXAMPLE}},
        }
    }
}
"""The 200 of a route that streams."""


def foreign_stream(description: str, example: str) -> dict[str, Any]:
    """The 200 of a route that streams in another dialect. ``example`` is how such a stream begins."""
    schema = {
        "type": "object",
        "required": ["data"],
        "properties": {"data": {"type": "string"}, "event": {"type": "string"}, "id": {"type": "string"}},
        "description": "Each message of the stream. Server-sent events, LF only; a comment comes after silence.",
    }
    examples = {"beginning": {"summary": "How it begins", "value": example}}
    return {"description": description, "content": {"text/event-stream": {"schema": schema, "examples": examples}}}
