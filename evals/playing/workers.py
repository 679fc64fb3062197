"""Which worker of a deployment ran which run, asked for after everything was played."""

from collections.abc import Collection
from typing import Final

from backend.client import ClientError, RunClient

_RUNS_PER_PAGE: Final = 200


async def workers_of(run_ids: Collection[str], client: RunClient) -> dict[str, str]:
    """The worker of each run that has one; of none where the target is one machine, or does not answer."""
    wanted, found = set(run_ids), dict[str, str]()
    before = ""
    try:
        while wanted:
            page = await client.runs(limit=_RUNS_PER_PAGE, before=before)
            mine = [run for run in page.runs if run.run_id in wanted]
            if not any(run.worker for run in mine):
                break
            found |= {run.run_id: run.worker for run in mine if run.worker}
            wanted -= {run.run_id for run in mine}
            if page.next is None:
                break
            before = page.next
    except ClientError:
        return found
    return found
