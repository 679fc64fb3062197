"""The log of a server: lines with the run they are about, and without content and secrets."""

import asyncio
import json
import logging
import re
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import redirect_stderr
from io import StringIO

import pytest

from backend.logs.formats import JsonFormat, LogFormat, TextFormat
from backend.logs.logged_stream import LoggedStream
from backend.logs.redaction import HIDDEN, Redaction
from backend.logs.run_scope import run_scope

CONTENT = "What did Ana earn in 2024?"
KEY = "sk-planted-0123456789abcdef"
VARIABLE = "a-value-of-no-known-shape"


@pytest.fixture(params=["json", "text"])
def log(request: pytest.FixtureRequest) -> Iterator[StringIO]:
    """What is written, with everything in the process that writes going there."""
    log_format: LogFormat = request.param
    written = StringIO()
    redact = Redaction({"SOME_API_KEY": VARIABLE, "HOME": "/home/ana"})
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormat(redact) if log_format == "json" else TextFormat(redact))
    root = logging.getLogger()
    before = root.handlers[:], root.level
    root.handlers[:], root.level = [handler], logging.INFO
    try:
        yield written
    finally:
        root.handlers[:], root.level = before


def crash(text: str) -> None:
    """Fail with a message that quotes the text, from another failure that does, too."""
    try:
        raise KeyError(text)
    except KeyError as error:
        raise ValueError(f"{text}\nand in a second line: {text}") from error


def own_logger_with_an_error() -> None:
    try:
        crash(CONTENT + KEY)
    except ValueError:
        logging.getLogger("backend.runs.agent_end").exception("The agent of run %s crashed.", "run_1")


def other_package_with_values() -> None:
    logging.getLogger("provider.http").warning("The answer to %s was %s", CONTENT, KEY)


def other_package_with_a_text_of_several_lines() -> None:
    text = f"It failed.\n{CONTENT}\n{KEY}"
    logging.getLogger("provider").error(text)


def printed_traceback() -> None:
    try:
        crash(CONTENT + KEY)
    except ValueError:
        traceback.print_exc()


def printed_in_one_piece() -> None:
    try:
        crash(CONTENT + KEY)
    except ValueError:
        sys.stderr.write(f"2026-11-30 An uncaught error\n{traceback.format_exc()}")


def forgotten_task() -> None:
    async def forget() -> None:
        async def fail() -> None:
            crash(CONTENT + KEY)

        task = asyncio.create_task(fail())
        await asyncio.wait({task})
        context = {"message": "Task exception was never retrieved", "exception": task.exception(), "future": task}
        asyncio.get_running_loop().default_exception_handler(context)

    asyncio.run(forget())


def secrets_in_sentences() -> None:
    logger = logging.getLogger("backend.agents.remote")
    for text in (KEY, VARIABLE, f"Authorization: Bearer {KEY[3:]}", f"https://ana:{KEY[3:]}@example.com/v1"):
        logger.warning("It was refused: %s.", text)


@pytest.mark.parametrize(
    ("happening", "expected"),
    [
        (own_logger_with_an_error, "The agent of run run_1 crashed."),
        (other_package_with_values, "The answer to %s was %s"),
        (other_package_with_a_text_of_several_lines, "It failed."),
        (printed_traceback, "An error was printed."),
        (printed_in_one_piece, "An uncaught error"),
        (forgotten_task, "Task exception was never retrieved"),
        (secrets_in_sentences, HIDDEN),
    ],
)
def test_neither_content_nor_a_key_is_written(log: StringIO, happening: object, expected: str) -> None:
    assert callable(happening)
    with run_scope("run_0"), redirect_stderr(LoggedStream()):
        happening()
    said = log.getvalue()
    assert expected in said
    assert "Ana earn" not in said
    assert KEY[3:] not in said
    assert VARIABLE not in said
    if "crash" in said:
        assert "ValueError" in said
        assert re.search(r"\bcrash\b", said), "where it failed"


def test_a_line_names_its_run_and_what_was_given_with_it(log: StringIO) -> None:
    with run_scope("run_7"):
        logging.getLogger("backend.runs").warning("A run has ended.", extra={"fields": {"outcome": "failed"}})
    line = log.getvalue()
    if line.startswith("{"):
        found = json.loads(line)
        assert list(found) == ["time", "level", "logger", "message", "run_id", "outcome"]
        assert (found["level"], found["run_id"], found["outcome"]) == ("warning", "run_7", "failed")
    else:
        assert line == "WARNING: A run has ended. (run run_7) outcome=failed\n"


def test_a_line_that_was_printed_is_one_line(log: StringIO) -> None:
    printed = LoggedStream()
    printed.write("documents: ")
    assert log.getvalue() == ""
    printed.write(f"failed, the key {VARIABLE} is wrong\nnext")
    line = log.getvalue()
    message = json.loads(line)["message"] if line.startswith("{") else line.rstrip("\n")
    assert message == f"documents: failed, the key {HIDDEN} is wrong"


def test_a_log_that_cannot_be_written_does_not_run_in_a_circle(log: StringIO) -> None:
    log.close()
    with redirect_stderr(LoggedStream()):
        logging.getLogger("backend").warning("Nobody reads this.")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"key {KEY} here", f"key {HIDDEN} here"),
        ('{"api_key": "abcd1234"}', f'{{"api_key": "{HIDDEN}"}}'),
        ("GET /x?token=abcd1234&page=2", f"GET /x?token={HIDDEN}&page=2"),
        ("Authorization: Bearer abc.def-ghi", f"Authorization: Bearer {HIDDEN}"),
        ("http://name:pass@host/", f"http://name:{HIDDEN}@host/"),
        ("GET /v1/shared/share_abcdefgh12345678", f"GET /v1/shared/{HIDDEN}"),
        ("share_ of the market, the token event, a key figure", "share_ of the market, the token event, a key figure"),
        ("run_01J9ZK at 127.0.0.1:8750", "run_01J9ZK at 127.0.0.1:8750"),
    ],
)
def test_what_looks_like_a_secret_is_hidden_and_nothing_else(text: str, shown: str) -> None:
    assert Redaction({})(text) == shown


def test_warnings_of_packages_are_lines_too(log: StringIO) -> None:
    # Whatever ran before in this process may have captured them already.
    logging.captureWarnings(False)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            logging.captureWarnings(True)
            warnings.warn("It is old.", DeprecationWarning, stacklevel=1)
    finally:
        logging.captureWarnings(False)
    assert "DeprecationWarning: It is old." in log.getvalue()
