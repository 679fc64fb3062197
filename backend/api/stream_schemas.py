"""The schemas of what an event stream carries, for the OpenAPI description: each message, and the JSON in its data."""

from functools import cache
from typing import Annotated, Any, Final

from pydantic import Field, TypeAdapter

from backend.protocol.events import EVENT_TYPES, KnownEvent
from backend.protocol.run_view import SnapshotEvent

PLACE: Final = "#/components/schemas/"
MESSAGE: Final = "StreamMessage"
DATA: Final = "StreamData"

_Carried = Annotated[KnownEvent | SnapshotEvent, Field(discriminator="type")]


@cache
def stream_schemas() -> dict[str, dict[str, Any]]:
    """The schemas by name. ``StreamMessage`` is one message, ``StreamData`` every kind of event in its data."""
    whole = TypeAdapter[Any](_Carried).json_schema(ref_template=f"{PLACE}{{model}}", mode="serialization")
    schemas: dict[str, dict[str, Any]] = whole.pop("$defs")
    schemas[DATA] = {**whole, "description": "An event of the run, or a snapshot in place of events that are gone."}
    schemas[MESSAGE] = {
        "type": "object",
        "description": "One message of an event stream. Comments come after silence, and mean nothing.",
        "required": ["event", "data"],
        "properties": {
            "id": {
                "type": "string",
                "pattern": r"^\d+-\d+$",
                "description": "The cursor after this event, as attempt-seq.",
            },
            "event": {"type": "string", "enum": [*EVENT_TYPES, "snapshot"]},
            "retry": {"type": "integer", "description": "Milliseconds, once in a stream."},
            "data": {
                "type": "string",
                "contentMediaType": "application/json",
                "contentSchema": {"$ref": f"{PLACE}{DATA}"},
            },
        },
    }
    return schemas
