"""A loop over the openai SDK, as people write one to measure a model: ``python _peer_openai.py URL STREAMS REQUESTS``.

It runs in an environment of its own that has nothing but that SDK. A line of its output is one answer: its id, the
moment before the request and those at which a chunk with text came, in nanoseconds.
"""

import asyncio
import json
import sys
from time import perf_counter_ns

from openai import AsyncOpenAI


async def main(url: str, streams: int, requests: int) -> None:
    """So many requests, so many of them at a time."""
    client = AsyncOpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)
    remaining = iter(range(requests))

    async def work() -> None:
        for _ in remaining:
            began, moments, answer = perf_counter_ns(), [], ""
            stream = await client.chat.completions.create(
                model="known", messages=[{"role": "user", "content": "hello"}], stream=True
            )
            async for chunk in stream:
                if chunk.choices and chunk.choices[0].delta.content:
                    moments.append(perf_counter_ns())
                    answer = chunk.id
            print(json.dumps({"id": answer, "began": began, "moments": moments}))  # noqa: T201 - a script's output

    await asyncio.gather(*(work() for _ in range(streams)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
