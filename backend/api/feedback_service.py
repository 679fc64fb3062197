"""Feedback as a service: given over HTTP or the control channel, kept with its run, and seen at once by its room."""

from collections.abc import Sequence
from dataclasses import asdict

from backend.access.participants import Participants
from backend.api.control.rooms import Rooms
from backend.api.feedback_intake import checked_comment, checked_moment
from backend.api.problems import RequestProblem
from backend.api.review_resources import CommentReply, NewFeedback, NewPreference
from backend.api.votes import VoteCounts, compared_pairs, counted_votes, revealed_pairs
from backend.protocol.inputs import Person
from backend.runs.records import RunRecord
from backend.runs.review import FeedbackRecord, RunPreference
from backend.runs.run_host import RunHost
from backend.runs.store import RunStore


class FeedbackService:
    """Gives and lists the feedback on runs."""

    def __init__(self, store: RunStore, supervisor: RunHost, participants: Participants, rooms: Rooms) -> None:
        self._store = store
        self._supervisor = supervisor
        self._participants = participants
        self._rooms = rooms

    async def give(
        self, run_id: str, new_feedback: NewFeedback, key: str | None, by: Person | None = None
    ) -> tuple[FeedbackRecord, bool]:
        """Keep feedback, and show it to those who are in the room. ``by`` is who the connection belongs to; without
        one, who the feedback names. Gives the record, and whether it is new.

        Raises a problem for feedback that says nothing, or of a moment or another feedback that there is not;
        ``UnknownRunError``, ``KeyReusedError`` and ``StoreError``."""
        comment = checked_comment(new_feedback)
        person = by or self._participants.person(new_feedback.by)
        run = await self._store.record(run_id)
        at_ms = checked_moment(new_feedback.at_ms, run, await self._elapsed_ms(run))
        if new_feedback.reply_to is not None:
            answered = await self._answered(run_id, new_feedback.reply_to)
            at_ms = answered.at_ms if at_ms is None else at_ms
        given = FeedbackRecord.given(
            run_id,
            new_feedback.thumb,
            comment,
            at_ms,
            key=key,
            by=person,
            reply_to=new_feedback.reply_to,
            preference=await self._preference(run, new_feedback.preference),
        )
        record, new = await self._store.add_feedback(given)
        if new and record.preference is not None:
            await self.show_votes(run.session_id, run_id, record.preference.run_id)
        elif new:
            self._rooms.comment(run.session_id, run_id, CommentReply.of(record).model_dump(mode="json"))
        return record, new

    async def reveal(self, run: RunRecord, other_id: str, key: str, by: Person | None) -> None:
        """Show the room which agents the two runs are of, from now on. Raises ``UnknownRunError`` and
        ``StoreError``."""
        other = await self._store.record(other_id)
        shown = RunPreference(other.run_id, other.agent, "revealed")
        await self._store.add_feedback(FeedbackRecord.given(run.run_id, None, "", key=key, by=by, preference=shown))
        await self.show_votes(run.session_id, run.run_id, other_id)

    async def show_votes(self, session_id: str, run_id: str, other_id: str) -> None:
        """Show the room how many votes two runs have; once they are revealed, whose they are."""
        first, second = sorted((run_id, other_id))
        said = [*await self._store.feedback(first), *await self._store.feedback(second)]
        found = [vote for vote in counted_votes(said) if set(vote.runs) == {first, second}]
        counts = VoteCounts.of(found)
        if found and found[0].runs[0] != first:
            counts = VoteCounts(counts.second, counts.first, counts.same)
        revealed = (first, second) in revealed_pairs(said)
        self._rooms.votes(session_id, first, second, asdict(counts), revealed)

    async def show_all_votes(self, session_id: str) -> None:
        """Show a room that has just opened the votes that its conversation has."""
        runs = {run.run_id for run in (await self._store.session(session_id)).runs}
        said = [each for run_id in runs for each in await self._store.feedback(run_id)]
        for first, second in sorted(compared_pairs(said)):
            if {first, second} <= runs:
                await self.show_votes(session_id, first, second)

    async def comments_on(self, run_id: str) -> Sequence[FeedbackRecord]:
        """What was said about a run, without the votes. Raises ``UnknownRunError``."""
        return [each for each in await self._store.feedback(run_id) if each.preference is None]

    async def of_run(self, run_id: str) -> Sequence[FeedbackRecord]:
        """The feedback on a run, in the order in which it was given. Raises ``UnknownRunError``."""
        return await self._store.feedback(run_id)

    async def _elapsed_ms(self, run: RunRecord) -> float:
        """How far the run is: by the server's clock while it is running here, else by its last event."""
        elapsed_ms = self._supervisor.elapsed_ms(run.run_id)
        if elapsed_ms is None:
            return (await self._store.snapshot(run.run_id)).stream.last_at_ms
        return elapsed_ms

    async def _preference(self, run: RunRecord, vote: NewPreference | None) -> RunPreference | None:
        if vote is None:
            return None
        other = await self._store.record(vote.run_id)
        if other.run_id == run.run_id:
            raise RequestProblem(422, "same-run", "A vote compares two runs: name another one.")
        return RunPreference(other.run_id, other.agent, vote.verdict)

    async def _answered(self, run_id: str, feedback_id: str) -> FeedbackRecord:
        for each in await self._store.feedback(run_id):
            if each.feedback_id == feedback_id:
                return each
        sentence = "This run has no feedback of that id: answer one that is listed, or leave reply_to out."
        raise RequestProblem(422, "unknown-feedback", sentence)
