"""What a person is asked where a stream only has the JSON Schema of the answer, and the answer in that form."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue, ValidationError

from backend.dialects.asked_person import AskedPerson, PersonReply
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import object_of, objects_of, plain, text_of
from backend.protocol.inputs import InputKind, InputOption, InputRequest, ProposedTool

_APPROVED = "approved"
_VALUE = "value"


@dataclass(frozen=True, slots=True)
class AskedForm:
    """The form of a request. ``field`` and ``inner`` are as in ``AskedPerson``."""

    kind: InputKind
    options: tuple[InputOption, ...] = ()
    schema: JsonObject | None = None
    field: str = ""
    inner: str = ""
    tool: ProposedTool | None = None
    sensitive: bool = False

    def asked(
        self, key: str, prompt: str, *, call: str = "", tool: ProposedTool | None = None, expires_at: str = ""
    ) -> AskedPerson:
        """A request of this form. ``tool`` is the call that it is about, unless the form has one itself."""
        return AskedPerson(
            key,
            prompt,
            kind=self.kind,
            options=self.options,
            value_schema=self.schema,
            tool=(self.tool or tool) if self.kind == "approval" else None,
            call=call,
            field=self.field,
            inner=self.inner,
            expires_at=expires_at,
            sensitive=self.sensitive,
        )


def own_request(told: JsonObject) -> AskedForm | None:
    """The form of a request that Playhead's encoder has put beside the dialect's own; None for anything else."""
    try:
        request = InputRequest.model_validate(plain(told)) if told else None
    except ValidationError:
        return None
    if request is None:
        return None
    return AskedForm(
        request.kind, request.options, request.value_schema, tool=request.tool, sensitive=request.sensitive
    )


def payload_of(asked: AskedPerson, reply: PersonReply) -> JsonValue:
    """The answer in the form that was asked for."""
    if asked.kind != "approval":
        value = object_of({_VALUE: reply.value}, _VALUE).get(asked.inner) if asked.inner else reply.value
        return {asked.field: value} if asked.field else value
    if asked.field == _VALUE:
        return reply.accepted
    payload: dict[str, JsonValue] = {asked.field or _APPROVED: reply.accepted}
    if reply.arguments is not None:
        payload["editedArgs"] = reply.arguments
    if reply.note:
        payload["note"] = reply.note
    return payload


def asked_form(schema: JsonObject, *, is_approval: bool) -> AskedForm:
    """The request that an answer of this schema is to. ``is_approval``: what it is if there is no schema."""
    properties = object_of(schema, "properties")
    if _type_of(object_of(properties, _APPROVED)) == "boolean":
        return AskedForm("approval")
    if _type_of(schema) == "boolean":
        return AskedForm("approval", field=_VALUE)
    if not schema:
        return AskedForm("approval" if is_approval else "text")
    if options := _options(schema):
        return AskedForm("choice", options)
    if _type_of(schema) == "string":
        return AskedForm("text", schema=schema)
    if only := _only_property(properties):
        return only
    if properties or _type_of(schema) == "object":
        return AskedForm("form", schema=schema)
    wrapped: JsonObject = {"type": "object", "properties": {_VALUE: plain(schema)}, "required": [_VALUE]}
    return AskedForm("form", schema=wrapped, inner=_VALUE)


def _only_property(properties: JsonObject) -> AskedForm | None:
    """The request of an object with one field that can be asked for itself."""
    if len(properties) != 1:
        return None
    [(name, only)] = properties.items()
    if not isinstance(only, Mapping):
        return None
    if options := _options(only):
        return AskedForm("choice", options, field=name)
    if _type_of(only) == "boolean":
        return AskedForm("approval", field=name)
    return AskedForm("text", schema=only, field=name) if _type_of(only) == "string" else None


def _type_of(schema: JsonObject) -> str:
    return text_of(schema, "type")


def _options(schema: JsonObject) -> tuple[InputOption, ...]:
    """The texts to choose from, if that is what the schema says."""
    listed = schema.get("enum")
    if isinstance(listed, list) and listed and all(isinstance(each, str) for each in listed):
        return tuple(InputOption(value=str(each)) for each in dict.fromkeys(map(str, listed)))
    choices = objects_of(schema, "oneOf") or objects_of(schema, "anyOf")
    if not choices or not all(isinstance(each.get("const"), str) for each in choices):
        return ()
    return tuple(
        InputOption(
            value=text_of(each, "const"),
            label=text_of(each, "title") or None,
            description=text_of(each, "description") or None,
        )
        for each in choices
    )
