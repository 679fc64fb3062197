"""Participants: people as the server can tell them apart, without accounts.

A browser asks once for a ticket and keeps it. The ticket is the participant's id with the server's signature. A caller
with the ticket acts as that participant; one who has only seen the id, which is in events, cannot.
"""

import re
import secrets

from backend.access.callers import caller_now
from backend.access.signing_key import SigningKey
from backend.protocol.inputs import GivenPerson, Person
from backend.protocol.participants import PARTICIPANT_PREFIX, IssuedParticipant

_PURPOSE = "participant"
_ID = re.compile(rf"{PARTICIPANT_PREFIX}[A-Za-z0-9_-]{{22}}", re.ASCII)


class ForgedParticipantError(ValueError):
    """A participant's id without its ticket: only the server gives out such ids."""

    def __init__(self) -> None:
        super().__init__(
            "This participant's id does not have the server's signature: send the ticket that POST /v1/participants "
            "gave you."
        )


class Participants:
    """Gives out tickets, and reads them."""

    def __init__(self, key: SigningKey | None = None) -> None:
        """``key`` signs; by default a fresh one, whose tickets end with this object."""
        self._key = key or SigningKey()

    def issue(self) -> IssuedParticipant:
        """A new participant, and the ticket that proves it."""
        participant_id = f"{PARTICIPANT_PREFIX}{secrets.token_urlsafe(16)}"
        return IssuedParticipant(id=participant_id, ticket=self._key.signed(_PURPOSE, participant_id))

    def id_of(self, ticket: str) -> str | None:
        """The participant's id that the ticket proves; None where it proves none."""
        named = self._key.read(_PURPOSE, ticket)
        return named if named is not None and _ID.fullmatch(named) else None

    def person(self, given: GivenPerson | None) -> Person | None:
        """The person as the log keeps it: by the id that a ticket proves. The caller's token gives the name where the
        person says none, and verifies it. None where nothing is known of them.

        An id of another kind proves nothing: it is kept where the server has no tokens, and left out elsewhere.
        Raises ``ForgedParticipantError`` for an id of the server's kind without a ticket.
        """
        caller = caller_now()
        shown, name = (None, "") if given is None else (given.id, given.name.strip())
        if shown is not None and shown.startswith(PARTICIPANT_PREFIX):
            shown = self.id_of(shown)
            if shown is None:
                raise ForgedParticipantError
        elif not caller.trusted:
            shown = f"token:{caller.owner}" if caller.owner else None
        name = name or caller.owner
        return Person(id=shown, name=name, verified=bool(name) and name == caller.owner) if shown or name else None
