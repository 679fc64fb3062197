"""What a share's id names: its run, or one of the runs of its conversation.

A share of a conversation has a name for each of its runs: the share's id, a dot, and a digest that leads nowhere else.
Wherever a share's id can stand, such a name can. The id alone names the conversation's latest run.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.api.lacking_role import lacking
from backend.api.problems import RequestProblem
from backend.protocol.roles import Role, covers
from backend.protocol.share_ids import shared_run_name
from backend.runs.records import RunRecord
from backend.runs.review import ShareRecord, UnknownShareError
from backend.runs.store import RunStore, UnknownSessionError


@dataclass(frozen=True, slots=True)
class SharedRun:
    """A run as a share leads to it. ``name`` is what the caller named it by."""

    name: str
    share: ShareRecord
    run_id: str

    def check(self, needed: Role) -> None:
        """Raise a problem where the share's role does not allow what needs that one."""
        if covers(self.share.role, needed):
            return
        if self.share.role == "view":
            raise read_only()
        raise lacking(self.share.role, needed)


def share_id_of(name: str) -> str:
    """The share's id in the name of a shared run."""
    return name.partition(".")[0]


def name_of(share: ShareRecord, run_id: str) -> str:
    """The name of one of the runs that the share leads to."""
    return shared_run_name(share.share_id, run_id) if share.session_id else share.share_id


async def shared_run(store: RunStore, name: str) -> SharedRun:
    """The run of that name. Raises ``UnknownShareError``, also for a share whose time is over."""
    share_id, _, named = name.partition(".")
    share = await store.shared(share_id)
    if share.run_id:
        if named:
            raise UnknownShareError(name)
        return SharedRun(name, share, share.run_id)
    for run in reversed(await runs_of_share(store, share)):
        if not named or shared_run_name(share_id, run.run_id) == name:
            return SharedRun(name, share, run.run_id)
    raise UnknownShareError(name)


async def pinned_run(store: RunStore, name: str) -> SharedRun:
    """The run of that name, for following it: which run is the latest changes, and a cursor is one run's.

    Raises ``UnknownShareError``, and a problem where the name is a conversation's."""
    shared = await shared_run(store, name)
    if shared.share.session_id and name == shared.share.share_id:
        raise RequestProblem(
            422,
            "name-a-run",
            f"This is a conversation: follow one of its runs, as GET /v1/shared/{name}/runs names them.",
        )
    return shared


async def runs_of_share(store: RunStore, share: ShareRecord) -> Sequence[RunRecord]:
    """The runs that the share leads to, in order."""
    if share.run_id:
        return [await store.record(share.run_id)]
    try:
        return (await store.session(share.session_id)).runs
    except UnknownSessionError:
        return []


def read_only() -> RequestProblem:
    """The problem of somebody who wants more than to look, through a share for looking."""
    return RequestProblem(
        403,
        "share-is-read-only",
        "A share is read-only: ask the person who sent the link to stop, change or comment on the run.",
    )
