"""What comes over a control channel, read from the very texts that the server makes."""

import json

import pytest

from backend.api.control import replies
from backend.api.problems import RequestProblem
from backend.client.control_messages import CommandReply, RunNews, read_message
from backend.protocol.sse import Decoder

EVENT = b'id: 1-7\nevent: token\ndata: {"seq":7,"at_ms":1.5,"type":"token","text":"\\u00e9 \\"event\\": {} "}\n\n'
SNAPSHOT = b'id: 2-9\nevent: snapshot\ndata: {"type":"snapshot","seq":9}\n\n'


@pytest.mark.parametrize("frame", [EVENT, SNAPSHOT])
def test_an_event_is_what_the_event_stream_carries_to_the_byte(frame: bytes) -> None:
    news = read_message(replies.run_event('run_"event": ', frame))
    assert isinstance(news, RunNews)
    assert news.run_id == 'run_"event": '
    [sent], [read] = Decoder().feed(frame), Decoder().feed(news.frame or b"")
    assert (read.id, read.data) == (sent.id, sent.data)
    assert (read.event == "snapshot") == (sent.event == "snapshot")


def test_replies_the_end_of_a_run_and_what_means_nothing_here() -> None:
    assert read_message(replies.ack("cmd_1", {"a": 1}, "1-7")) == CommandReply("cmd_1", {"a": 1})
    refused = read_message(replies.nack("cmd_2", "/x", RequestProblem(409, "run-ended", "Over.", run_id="r")))
    assert isinstance(refused, CommandReply)
    assert refused.problem is not None
    assert (refused.problem.status, refused.problem.slug, refused.problem.sentence) == (409, "run-ended", "Over.")
    assert refused.problem.members["run_id"] == "r"
    assert read_message(replies.run_over("run_1")) == RunNews("run_1", None)
    assert read_message(replies.heartbeat(3, {"run_1": 2})) is None
    assert read_message(json.dumps({"who": []})) is None


@pytest.mark.parametrize("text", ["", "[]", "7", "{"])
def test_what_is_not_a_message_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_message(text)
