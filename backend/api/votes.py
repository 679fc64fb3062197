"""Votes on pairs of runs, counted: for one pair, and for every two agents. Pure.

A vote is feedback on a run that compares it with another one. Of the votes of one person on one pair the latest counts;
a vote that nobody signed counts by itself.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from backend.runs.review import FeedbackRecord

Winner = Literal["first", "second", "same"]


@dataclass(frozen=True, slots=True)
class CountedVote:
    """One vote that counts: two runs and their agents in the order of their names, and which of them is better."""

    runs: tuple[str, str]
    agents: tuple[str, str]
    winner: Winner


@dataclass(frozen=True, slots=True)
class VoteCounts:
    """How often the first, the second, and neither was better."""

    first: int = 0
    second: int = 0
    same: int = 0

    @classmethod
    def of(cls, votes: Iterable[CountedVote]) -> "VoteCounts":
        """The counts of these."""
        counts = Counter(vote.winner for vote in votes)
        return cls(counts["first"], counts["second"], counts["same"])


def counted_votes(feedback: Iterable[FeedbackRecord]) -> list[CountedVote]:
    """The votes in feedback that comes in the order in which it was given."""
    latest: dict[tuple[str, tuple[str, str]], CountedVote] = {}
    for each in feedback:
        if each.preference is None or each.preference.verdict == "revealed":
            continue
        mine, other = (each.agent, each.run_id), (each.preference.agent, each.preference.run_id)
        swapped = other < mine
        (first_agent, first_run), (second_agent, second_run) = (other, mine) if swapped else (mine, other)
        better = {"better": "first", "worse": "second", "same": "same"}[each.preference.verdict]
        turned = {"first": "second", "second": "first", "same": "same"}[better] if swapped else better
        winner: Winner = "first" if turned == "first" else "second" if turned == "second" else "same"
        voter = (each.by.id or each.by.name) if each.by is not None else each.feedback_id
        vote = CountedVote((first_run, second_run), (first_agent, second_agent), winner)
        latest[voter or each.feedback_id, vote.runs] = vote
    return list(latest.values())


def revealed_pairs(feedback: Iterable[FeedbackRecord]) -> set[tuple[str, str]]:
    """The pairs of runs whose agents were shown to the room, each in the order of the runs' names."""
    shown = (each for each in feedback if each.preference is not None and each.preference.verdict == "revealed")
    return {_in_order(each.run_id, each.preference.run_id) for each in shown if each.preference is not None}


def compared_pairs(feedback: Iterable[FeedbackRecord]) -> set[tuple[str, str]]:
    """The pairs of runs that somebody compared, or revealed."""
    return {_in_order(each.run_id, each.preference.run_id) for each in feedback if each.preference is not None}


def _in_order(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def counts_by_agents(votes: Iterable[CountedVote]) -> dict[tuple[str, str], VoteCounts]:
    """The counts for every two agents, in the order of their names."""
    by_agents: dict[tuple[str, str], list[CountedVote]] = {}
    for vote in votes:
        by_agents.setdefault(vote.agents, []).append(vote)
    return {agents: VoteCounts.of(found) for agents, found in sorted(by_agents.items())}
