"""What a process sends with its calls of the backend."""

import asyncio

import pytest

from backend.network.credentials import KEY_VARIABLE, TOKEN_VARIABLE, ProcessCredentials, acting_for


def test_nothing_is_sent_without_a_key_or_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    monkeypatch.setenv(KEY_VARIABLE, "read by the programs of the UIs alone")
    with acting_for("grant"):
        assert ProcessCredentials().headers() == {}


def test_a_person_s_program_sends_their_token_and_a_ui_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, " mine ")
    credentials = ProcessCredentials()
    assert credentials.headers() == {"Authorization": "Bearer mine"}
    credentials.use("key", lambda: "of the source")
    assert credentials.headers() == {"Authorization": "Bearer key", "Playhead-Grant": "of the source"}


async def test_each_request_acts_for_its_own_person() -> None:
    credentials = ProcessCredentials()
    credentials.use("key")
    both = asyncio.Barrier(2)

    async def ask(grant: str) -> str:
        with acting_for(grant):
            await both.wait()
            return credentials.headers()["Playhead-Grant"]

    assert [*await asyncio.gather(ask("ana"), ask("ben"))] == ["ana", "ben"]
    assert "Playhead-Grant" not in credentials.headers()
