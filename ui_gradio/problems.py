"""What a page says in passing, and how it recovers by itself when the backend was gone."""

import asyncio
from html import escape

import gradio as gr

from backend.client.errors import BackendGone, ClientError
from backend.client.run_client import RunClient
from backend.present.words import run as words

_BETWEEN_TRIALS_S = 0.5


def tell(sentence: str) -> None:
    """Say something in passing, in a corner of the page, unless it is empty. To be called while an event is handled."""
    if sentence:
        gr.Info(escape(sentence), title=words.APP_TITLE)


async def wait_for_backend(client: RunClient) -> None:
    """Come back when the backend takes runs: before that it may answer and not know its agents yet."""
    while True:
        try:
            if (await client.ready()).ready:
                return
        except BackendGone:
            pass
        except ClientError:
            return
        await asyncio.sleep(_BETWEEN_TRIALS_S)
