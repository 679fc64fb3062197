"""The links to a run and to its conversation: listed, made and withdrawn."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from backend.client.errors import ClientError, ProblemError
from backend.client.replies import RunState
from backend.client.review_replies import Share
from backend.desk.sharing import Sharing, ShownShare
from backend.present.words import sharing as words
from backend.protocol.inputs import GivenPerson, Person
from backend.protocol.roles import Role
from backend.protocol.run_view import RunView
from tests.desk.fake_history import REFUSED

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
FORGED = ProblemError(403, "forged-participant", "Not signed.")


@dataclass
class Links:
    """Implements ``SharingCalls``: one conversation of two runs, and another run."""

    kept: list[Share] = field(default_factory=list)
    refusal: ClientError | None = None

    async def run(self, run_id: str) -> RunState:
        session = "ses_2" if run_id == "run_other" else "ses_1"
        return RunState(run_id=run_id, session_id=session, view=RunView.start())

    async def shares(self) -> tuple[Share, ...]:
        return tuple(reversed(self.kept))

    async def share(
        self, run_id: str, role: Role = "view", expires_s: float | None = None, by: GivenPerson | None = None
    ) -> Share:
        return self._keep(Share(share_id="", run_id=run_id, role=role), expires_s, by)

    async def share_conversation(
        self, session_id: str, role: Role = "view", expires_s: float | None = None, by: GivenPerson | None = None
    ) -> Share:
        return self._keep(Share(share_id="", session_id=session_id, role=role), expires_s, by)

    async def unshare(self, share_id: str) -> None:
        if self.refusal is not None:
            raise self.refusal
        if not any(share.share_id == share_id for share in self.kept):
            raise ProblemError(404, "unknown-share", "No such share.")
        self.kept = [share for share in self.kept if share.share_id != share_id]

    def _keep(self, share: Share, expires_s: float | None, by: GivenPerson | None) -> Share:
        if self.refusal is not None:
            raise self.refusal
        if by is not None and by.id is not None:
            raise FORGED
        told = {
            "share_id": f"share_{len(self.kept) + 1}",
            "expires_at": None if expires_s is None else (NOW + timedelta(seconds=expires_s)).isoformat(),
            "by": None if by is None else Person(name=by.name),
        }
        self.kept.append(share.model_copy(update=told))
        return self.kept[-1]


@pytest.fixture
def links() -> Links:
    return Links()


@pytest.fixture
def sharing(links: Links) -> Sharing:
    return Sharing(links, now=lambda: NOW)


async def test_a_link_is_made_listed_with_what_it_gives_and_withdrawn(links: Links, sharing: Sharing) -> None:
    wanted = {"run": "run_1", "scope": "conversation", "role": "steer", "expires_s": 86400}
    # A ticket of an earlier server is no reason to have no link.
    made = await sharing.make({**wanted, "by": {"name": "Ana", "id": "participant_of_another_server"}})
    assert (made.made, made.problem) == ("share_1", "")
    await sharing.make({"run": "run_1"})
    await sharing.make({"run": "run_other", "role": "comment"})
    detail = f"{words.LEFT.format(left='1 day')}, {words.MADE_BY.format(name='Ana')}"
    assert (await sharing.list("run_1")).shares == (
        ShownShare("share_2", "This run: watch", words.NEVER_EXPIRES),
        ShownShare("share_1", "Conversation: steer", detail),
    )
    # The other run of that conversation has the conversation's link alone.
    assert [each.share_id for each in (await sharing.list("run_2")).shares] == ["share_1"]
    assert [each.share_id for each in (await sharing.withdraw("run_1", "share_1")).shares] == ["share_2"]
    # It was withdrawn in another tab meanwhile.
    assert (await sharing.withdraw("run_1", "share_1")).problem == ""
    assert [share.role for share in links.kept] == ["view", "comment"]


async def test_what_cannot_be_done_is_answered_in_a_sentence(links: Links, sharing: Sharing) -> None:
    links.refusal = REFUSED
    assert (await sharing.make({"run": "run_1"})).problem == REFUSED.sentence
    assert (await sharing.withdraw("run_1", "share_1")).problem == REFUSED.sentence
    links.refusal = None
    for wanted in ({}, {"run": "run_1", "role": "host"}, {"run": "run_1", "expires_s": 0}, {"run": "run_1", "more": 1}):
        assert (await sharing.make(wanted)).problem == words.FAILED
    assert links.kept == []


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (5, "less than a minute"), (60, "1 minute"), (3000, "50 minutes"), (3598, "1 hour"),
        (86_398, "1 day"), (604_790, "7 days"), (7200, "2 hours"),
    ],
)  # fmt: skip
def test_the_time_left_is_said_in_its_largest_unit(seconds: float, said: str) -> None:
    assert words.time_left(seconds) == said
