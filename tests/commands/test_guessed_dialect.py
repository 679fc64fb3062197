"""What a captured file is said to look like, where Playhead reads nothing of it."""

from pathlib import Path

import pytest

from backend.commands.guessed_dialect import guess_dialect
from backend.commands.refusals import BadInput
from tests.dialects.streams import frames


def refusal(tmp_path: Path, data: bytes) -> str:
    """Why no dialect is found in a file with these bytes."""
    file = tmp_path / "capture"
    file.write_bytes(data)
    with pytest.raises(BadInput) as refused:
        guess_dialect(file)
    return str(refused.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (frames([{"content": "Hi", "stop": False}]), "llama.cpp's own completions"),
        (frames([{"index": 1, "token": {"id": 5, "text": "Hi"}}]), "Text Generation Inference's own stream"),
        (b'{"event_type": "text-generation", "text": "Hi"}\n', "version 1 of Cohere's API"),
        (frames([{"event": "on_chat_model_stream", "name": "m", "data": {}}]), "LangChain's callback events"),
        (frames([{"id": "m", "object": "thread.message.delta", "delta": {}}]), "OpenAI's Assistants API"),
        (frames([{"id": "c", "object": "text_completion", "choices": []}]), "OpenAI's legacy completions"),
    ],
)
def test_other_forms_are_named(tmp_path: Path, data: bytes, words: str) -> None:
    assert f"This looks like {words}" in refusal(tmp_path, data)


def test_a_file_of_nothing_but_an_error_says_the_error(tmp_path: Path) -> None:
    said = refusal(tmp_path, frames([{"error": {"message": "Too\nbusy.", "type": "overloaded"}}]))
    assert "nothing but an error: Too busy. It could be a stream of openai-chat" in said
