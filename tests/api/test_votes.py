"""Votes on pairs of runs, counted whichever run they were given on."""

from hypothesis import given, strategies as st

from backend.api.votes import VoteCounts, counted_votes, counts_by_agents
from backend.protocol.inputs import Person
from backend.runs.review import FeedbackRecord, Preferred, RunPreference

TURNED: dict[Preferred, Preferred] = {"better": "worse", "worse": "better", "same": "same"}


def vote(voter: str | None, verdict: Preferred, *, turned: bool = False, number: int = 0) -> FeedbackRecord:
    """A vote on run a of the agent zeta and run b of the agent eta, given on either of them."""
    sides = (("run_a", "zeta"), ("run_b", "eta"))
    (run, agent), (other, other_agent) = reversed(sides) if turned else sides
    said = TURNED[verdict] if turned else verdict
    by = None if voter is None else Person(id=voter)
    return FeedbackRecord(
        f"fb_{number}", run, None, "", None, "", "", agent, by=by, preference=RunPreference(other, other_agent, said)
    )


@given(st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from(list(TURNED)), st.booleans())))
def test_of_one_person_on_one_pair_the_latest_counts_whichever_run_it_was_given_on(
    said: list[tuple[str, Preferred, bool]],
) -> None:
    latest = {voter: verdict for voter, verdict, _ in said}
    counted = counted_votes([vote(voter, verdict, turned=turned) for voter, verdict, turned in said])
    wanted = [list(latest.values()).count(verdict) for verdict in ("worse", "better", "same")]
    assert counts_by_agents(counted) == ({("eta", "zeta"): VoteCounts(*wanted)} if said else {})


def test_votes_that_nobody_signed_count_each_and_other_feedback_does_not() -> None:
    remark = FeedbackRecord("fb_9", "run_a", "up", "Good.", None, "")
    counted = counted_votes([vote(None, "better", number=1), remark, vote(None, "better", number=2)])
    assert VoteCounts.of(counted) == VoteCounts(second=2)
