"""A participant: one person in front of one browser, under an id that the server signed."""

from typing import Final

from pydantic import BaseModel, ConfigDict

PARTICIPANT_PREFIX: Final = "prt_"


class IssuedParticipant(BaseModel):
    """A participant as the server gives it out. ``id`` is what others see; ``ticket`` is a secret of the browser,
    which sends it as ``by.id`` or ``participant.id``."""

    model_config = ConfigDict(frozen=True)

    id: str
    ticket: str
