"""The recording of a run so far, as the pages that play runs fetch it."""

import asyncio
from typing import Final, Protocol

from backend.client.errors import ClientError
from backend.present.pages.problem import Problem, problem_of, recording_of_backend
from backend.protocol.recordings import Recording

READ_AT_ONCE_BYTES: Final = 32_768
"""A recording of this size is read in a millisecond or two, less than a thread may take to begin."""


class RecordingCall(Protocol):
    """The one call of the client that is needed here."""

    async def recording(self, run_id: str) -> bytes:
        """The run as a recording, by its own id or by that of a share."""


async def recording_of_run(client: RecordingCall, run_id: str) -> Recording | Problem:
    """The run's recording, or why there is none."""
    try:
        data = await client.recording(run_id)
    except ClientError as error:
        return problem_of(error, run_id)
    if len(data) <= READ_AT_ONCE_BYTES:
        return recording_of_backend(data)
    # A long run takes a while to read: meanwhile the loop follows the runs of others.
    return await asyncio.to_thread(recording_of_backend, data)
