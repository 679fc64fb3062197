"""Attached files in a request to a provider: documents as numbered text, pictures as they are."""

import base64
import json
from pathlib import Path

from tests.agents.attached_files import LEASE, PNG, attached
from tests.agents.model.conftest import Talk
from tests.agents.model.wire import CHAT, chat_text, chat_tool_call


async def test_documents_are_sent_as_text_and_pictures_as_they_are(talk: Talk, tmp_path: Path) -> None:
    files = attached(tmp_path, lease_txt=LEASE, photo_png=PNG)
    heard = await talk(CHAT, chat_text("The rent is 1,250 euros [1]."), question="What is the rent?", files=files)
    asked = talk.provider.asked[-1].body["messages"][-1]["content"]
    told = json.dumps(asked)
    assert "What is the rent?" in told
    assert "Attached file lease.txt, to be cited as [1]:" in told
    assert "The monthly rent is 1,250 euros" in told
    assert base64.b64encode(PNG).decode() in told
    assert [(citation.number, citation.document_id) for citation in heard.citations] == [(1, "lease.txt")]
    assert heard.steps[:2] == [("reading", "started"), ("reading", "finished")]
    assert heard.violations() == []


async def test_the_search_finds_passages_of_the_files_first(talk: Talk, tmp_path: Path) -> None:
    files = attached(tmp_path, lease_txt=LEASE + "\n\nFiller." * 40_000)
    call = chat_tool_call("search_documents", query="monthly rent")
    heard = await talk(CHAT, call, chat_text("It is 1,250 euros [2]."), question="What is the rent?", files=files)
    assert "more characters are left out" in json.dumps(talk.provider.asked[0].body)
    assert heard.citations[0].document_id == "lease.txt"
    assert "1,250" in (heard.citations[0].quote or "")
