"""``docs/control.md``: its commands are read as the server reads them, and its codes and replies are the server's."""

import json
import re
from pathlib import Path
from typing import get_args

from backend.api.control import channel, channels, replies
from backend.api.control.commands import HelloCommand, NotOffered, RunCommand, read_command
from backend.api.problems import RequestProblem

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "control.md").read_text(encoding="utf-8")
COMMANDS, REPLIES = (text.splitlines() for text in re.findall(r"^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
CODES = {int(code) for code in re.findall(r"^\| (\d{4}) \|", PAGE, re.MULTILINE)}
RUN = "run_8YvBtm3zQd2l5dYw0u1P4A"


def test_every_command_is_one_that_the_server_reads_and_none_is_missing() -> None:
    read = [read_command(text) for text in COMMANDS]
    assert isinstance(read[0], HelloCommand)
    assert {type(command) for command in read} >= set(get_args(RunCommand))
    assert len({type(command) for command in read}) == len(read) == 10
    for op in get_args(NotOffered.model_fields["op"].annotation):
        assert f"`{op}`" in PAGE


def test_every_reply_has_the_members_that_the_server_sends() -> None:
    frame = b'id: 1-43\nevent: token\ndata: {"type":"token"}\n\n'
    snapshot = b'id: 1-43\nevent: snapshot\ndata: {"type":"snapshot"}\n\n'
    sent = [
        replies.ack("pause-0001", {}, "1-43"),
        replies.nack("pause-0002", "/", RequestProblem(409, "run-ended", "The run has ended.")),
        replies.run_event(RUN, frame),
        replies.run_event(RUN, snapshot),
        replies.run_over(RUN),
        replies.heartbeat(4, {RUN: 120}),
    ]
    assert [set(json.loads(text)) for text in sent] == [set(json.loads(text)) for text in REPLIES]
    assert {json.loads(text).get("id") for text in sent} == {None, "1-43"}


def test_every_code_that_a_connection_ends_with_is_explained() -> None:
    named = (vars(channel) | vars(channels)).items()
    codes = {value for name, value in named if name.isupper() and isinstance(value, int) and 1000 <= value < 5000}
    assert codes == CODES
