"""What follows from ``--token-file`` and ``--generate-token``: what is passed on, printed and refused."""

import os
from pathlib import Path

import click
import pytest

from backend.access.tokens import TokenFile
from backend.commands.token_options import (
    CODES,
    HOST_TOKEN,
    check_access,
    environment_of,
    secrets_given,
    sign_in_text,
    start_secrets,
)
from backend.network.credentials import KEY_VARIABLE

UIS = [("gradio", "http://127.0.0.1:7860"), ("streamlit", "http://127.0.0.1:8501")]


def test_a_child_takes_its_secrets_out_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    made = start_secrets(("gradio", "streamlit"), None, generate_token=True)
    for name, value in environment_of(made).items():
        monkeypatch.setenv(name, value)
    assert secrets_given(generate_token=True) == made
    assert not [name for name in (CODES, HOST_TOKEN, KEY_VARIABLE) if name in os.environ]
    shown = repr(made)
    assert not [secret for secret in (made.host_token, *made.ui_keys, *made.codes) if secret in shown]


def test_nothing_is_made_without_tokens_and_no_code_for_named_ones(tmp_path: Path) -> None:
    assert environment_of(start_secrets(("gradio",), None, generate_token=False)) == {}
    named = start_secrets(("gradio",), tmp_path / "tokens.json", generate_token=False)
    assert set(environment_of(named)) == {KEY_VARIABLE}
    assert sign_in_text(named, UIS, "0.0.0.0", "") == ""


def test_links_carry_a_code_that_browsers_do_not_send(capsys: pytest.CaptureFixture[str]) -> None:
    made = start_secrets(("gradio", "streamlit"), None, generate_token=True)
    text = sign_in_text(made, UIS, "0.0.0.0", "")
    assert text.count(made.host_token) == 1
    for (_, url), code in zip(UIS, made.codes, strict=True):
        assert f"{url}/sign-in#code={code}\n" in text
    assert "this machine's address" in text
    public = sign_in_text(made, UIS, "127.0.0.1", "https://demo.example.com")
    assert f"https://demo.example.com/gradio/sign-in#code={made.codes[0]}\n" in public
    secrets_given(generate_token=True)
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 1
    assert printed[0].startswith("token pht_")


def test_strangers_reach_no_server_without_tokens(tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "tokens.json")
    check_access("127.0.0.1", None, generate_token=False)
    check_access("0.0.0.0", None, generate_token=True)
    for host, path in (("0.0.0.0", None), ("192.0.2.7", None), ("127.0.0.1", file.path)):
        with pytest.raises(click.ClickException, match="token"):
            check_access(host, path, generate_token=False)
    file.add("ana", "host", "")
    check_access("0.0.0.0", file.path, generate_token=False)
