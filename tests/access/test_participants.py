"""Tickets of participants: read back, forged, and kept over a restart."""

import stat
from pathlib import Path

import pytest

from backend.access.participants import ForgedParticipantError, Participants
from backend.access.signing_key import SigningKey
from backend.protocol.inputs import GivenPerson, Person


def test_a_ticket_proves_its_id_after_a_restart_too(tmp_path: Path) -> None:
    path = tmp_path / "signing-key"
    issued = Participants(SigningKey(path)).issue()
    assert Participants(SigningKey(path)).id_of(issued.ticket) == issued.id
    assert Participants().id_of(issued.ticket) is None, "another server's key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_that_a_power_cut_left_empty_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "signing-key"
    path.touch()
    assert Participants(SigningKey(path)).issue().id
    assert len(path.read_bytes()) == 32


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (None, None),
        (GivenPerson(name="  "), None),
        (GivenPerson(name=" Ana "), Person(name="Ana")),
        (GivenPerson(id="browser-7", name="Ana"), Person(id="browser-7", name="Ana")),
    ],
)
def test_a_person_without_a_ticket_is_kept_as_they_say(given: GivenPerson | None, kept: Person | None) -> None:
    assert Participants().person(given) == kept


def test_nobody_acts_under_an_id_that_they_have_only_seen() -> None:
    people = Participants()
    ana, other = people.issue(), people.issue()
    assert people.person(GivenPerson(id=ana.ticket, name="Ana")) == Person(id=ana.id, name="Ana")
    signature = other.ticket.partition(".")[2]
    for forged in (ana.id, f"{ana.id}.", f"{ana.id}.{signature}", f"{ana.ticket}=", "prt_", "prt_ä.ü"):
        with pytest.raises(ForgedParticipantError):
            people.person(GivenPerson(id=forged))
