"""``docs/control.md``: its commands are read as the server reads them, and its codes and replies are the server's."""

import json
import re
from pathlib import Path
from typing import Any, get_args

from backend.api.control import channel, channels, replies, room_messages as room
from backend.api.control.commands import HelloCommand, RunCommand, read_command
from backend.api.problems import RequestProblem
from backend.api.review_resources import CommentReply
from backend.protocol.inputs import Person
from backend.rooms.differences import NOBODY, RoomLook
from backend.rooms.doors import CONVERSATION
from backend.rooms.people import PersonPresent, RoomMember
from backend.rooms.presented import PresentedView, Presenting
from backend.runs.review import FeedbackRecord

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "control.md").read_text(encoding="utf-8")
COMMANDS, REPLIES = (text.splitlines() for text in re.findall(r"^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
CODES = {int(code) for code in re.findall(r"^\| (\d{4}) \|", PAGE, re.MULTILINE)}
RUN = "run_8YvBtm3zQd2l5dYw0u1P4A"


def test_every_command_is_one_that_the_server_reads_and_none_is_missing() -> None:
    read = [read_command(text) for text in COMMANDS]
    assert isinstance(read[0], HelloCommand)
    assert {type(command) for command in read} >= set(get_args(RunCommand))
    assert len({type(command) for command in read}) == len(read) == 16


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
        *messages_of_a_room(),
    ]
    assert [set(json.loads(text)) for text in sent] == [set(json.loads(text)) for text in REPLIES]
    assert {json.loads(text).get("id") for text in sent} == {None, "1-43"}


def messages_of_a_room() -> list[str]:
    """Who is there as a whole, as a difference and as counts, and a view."""
    ana = PersonPresent("person_1", "Ana", 3, "host", "watching")
    look, crowd = RoomLook.of({"person_1": ana}), RoomLook(None, {"people": 120, "watching": 120})
    view = PresentedView(RUN, 1200.0, True, 1.0, "replay", "sources", 7, 99.0)
    presenting = Presenting(RoomMember("person_1", "Ana", 3, "host"), 1, view)
    parts = (look.whole(), {**(look.since(NOBODY) or {}), "gone": ["person_2"]}, crowd.whole())
    by = Person(id="person_1", name="Ana")
    said = FeedbackRecord("fb_2", RUN, None, "FY2026 Q3.", 3200, "", by=by, reply_to="fb_1")
    comment = room.comment_message(RUN, CommentReply.of(said).model_dump(mode="json"))
    other, counts = "run_2aQkD0sT5m8xVn3hYc7RbQ", {"first": 2, "second": 0, "same": 1}
    votes = [room.votes_message(RUN, other, shown) for shown in ({"votes": 3}, counts)]
    return [*map(room.who_message, parts), comment, *votes, room.playhead_message(presenting, CONVERSATION)]


def test_every_member_of_a_room_s_messages_is_explained() -> None:
    documented = [
        json.loads(text) for text in REPLIES if {"who", "playhead", "comment", "votes"} & set(json.loads(text))
    ]
    sent = [json.loads(text) for text in messages_of_a_room()]
    assert shape(documented) == shape(sent)


def shape(value: Any) -> Any:
    """The names of members, at every depth; of a list, those of its first member."""
    if isinstance(value, dict):
        return {name: shape(member) for name, member in value.items()}
    return [shape(member) for member in value] if isinstance(value, list) else None


def test_every_code_that_a_connection_ends_with_is_explained() -> None:
    named = (vars(channel) | vars(channels)).items()
    codes = {value for name, value in named if name.isupper() and isinstance(value, int) and 1000 <= value < 5000}
    assert codes == CODES
