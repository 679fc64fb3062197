"""The base of everything that an event carries."""

from pydantic import BaseModel, ConfigDict


class Payload(BaseModel):
    """A part of an event: frozen, and tolerant of fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="allow", protected_namespaces=())
