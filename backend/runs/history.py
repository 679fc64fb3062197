"""What was said in the session before a run."""

from contextlib import suppress

from backend.agents.agent import Turn
from backend.runs.records import RunRecord
from backend.runs.store import RunStore, UnknownRunError

MAX_TURNS = 10
"""How many of the latest earlier runs an agent receives."""


async def earlier_turns(store: RunStore, record: RunRecord) -> tuple[Turn, ...]:
    """Question and answer of the latest runs before this one that have ended with an answer, in order. A
    partial answer counts: the asker has read it."""
    session = await store.session(record.session_id)
    ids = [run.run_id for run in session.runs]
    before = session.runs[: ids.index(record.run_id)] if record.run_id in ids else session.runs
    turns = []
    for run in [run for run in before if run.ended][-MAX_TURNS:]:
        # Somebody may delete an earlier run at any moment.
        with suppress(UnknownRunError):
            answer = (await store.snapshot(run.run_id)).message.answer
            if answer:
                turns.append(Turn(run.question, answer))
    return tuple(turns)
