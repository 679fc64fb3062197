"""What the standard (WHATWG HTML, server-sent events) says of bytes, as cases of this project: bytes and messages."""

from backend.protocol.sse import HEARTBEAT, Message

CASES: dict[str, tuple[bytes, list[Message]]] = {
    "two messages": (b"data: a\n\ndata: b\n\n", [Message("message", "a"), Message("message", "b")]),
    "byte order mark": (b"\xef\xbb\xbfdata: a\n\n", [Message("message", "a")]),
    "a second byte order mark is data": (b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\ndata: b\n\n", [Message("message", "b")]),
    "every line end": (
        b"data: a\r\n\r\ndata: b\r\rdata: c\n\n",
        [Message("message", "a"), Message("message", "b"), Message("message", "c")],
    ),
    "one space is stripped": (b"data:  a \n\n", [Message("message", " a ")]),
    "several data lines": (b"data: a\ndata\ndata: b\n\n", [Message("message", "a\n\nb")]),
    "id stays in force": (
        b"id: 7\ndata: a\n\ndata: b\n\nid\ndata: c\n\n",
        [Message("message", "a", "7"), Message("message", "b", "7"), Message("message", "c", "")],
    ),
    "id with NUL is ignored": (b"id: 1\nid: 2\0\ndata: a\n\n", [Message("message", "a", "1")]),
    "event name, last one wins": (b"event: x\nevent: token\ndata: a\n\n", [Message("token", "a")]),
    "event without data is dropped": (b"event: token\n\ndata: a\n\n", [Message("message", "a")]),
    "retry takes ASCII digits only": (
        b"retry: 15\nretry: +9\nretry: \xd9\xa1\ndata: a\n\n",
        [Message("message", "a", "", 15)],
    ),
    "an absurd retry is ignored": (b"retry: " + b"9" * 5000 + b"\ndata: a\n\n", [Message("message", "a")]),
    "separators inside text are no line ends": (
        "data: a\u2028b\u2029c\x85d\x0be\x0cf\n\n".encode(),
        [Message("message", "a\u2028b\u2029c\x85d\x0be\x0cf")],
    ),
    "broken UTF-8 is replaced": (b"data: a\xff\xc3\n\n", [Message("message", "a\ufffd\ufffd")]),
    "an unfinished message is dropped": (b"data: a\n\ndata: b\n", [Message("message", "a")]),
    "heartbeats are silent": (
        HEARTBEAT + b"id: 1\ndata: a\n\n" + HEARTBEAT + HEARTBEAT + b"data: b\n\n",
        [Message("message", "a", "1"), Message("message", "b", "1")],
    ),
    "unknown fields are ignored": (b"datax: 1\nDATA: 2\n data: 3\ndata: a\n\n", [Message("message", "a")]),
    # Comments.
    "comments of every shape": (
        b":\n: \n:data: no\n:" + b"#" * 300 + b"\ndata: a\n: between\ndata: b\n:last\n\n",
        [Message("message", "a\nb")],
    ),
    "a comment between id and data": (b"id: 3\n: hb\ndata: a\n\n", [Message("message", "a", "3")]),
    "a blank line behind an id ends its block": (b"id: 3\n\ndata: a\n\n", [Message("message", "a", "3")]),
    # Data.
    "data without a colon is an empty line": (
        b"data\n\ndata: a\n\n",
        [Message("message", ""), Message("message", "a")],
    ),
    "empty data lines are kept": (b"data:\ndata: a\ndata:\ndata\n\n", [Message("message", "\na\n\n")]),
    "colons belong to the value": (b"data: k: v: w\ndata::\n\n", [Message("message", "k: v: w\n:")]),
    "a tab is not the space that is stripped": (b"data:\ta\ndata: \tb\n\n", [Message("message", "\ta\n\tb")]),
    "a NUL character is data": (b"data: a\0b\n\n", [Message("message", "a\0b")]),
    "escaped line ends in JSON stay escaped": (
        b'data: {"t":"one\\n\\ntwo"}\n\n',
        [Message("message", '{"t":"one\\n\\ntwo"}')],
    ),
    "characters of two to four bytes": ("data: ü – 漢 🎈\n\n".encode(), [Message("message", "ü – 漢 🎈")]),
    "separators of other tables are no line ends": (
        b"data: a\x1cb\x1dc\x1ed\x1fe\n\n",
        [Message("message", "a\x1cb\x1dc\x1ed\x1fe")],
    ),
    "half of a character at the end of a line": (b"data: a\xf0\x9f\ndata: b\n\n", [Message("message", "a\ufffd\nb")]),
    "a byte order mark within is data": (b"data: \xef\xbb\xbfa\n\n", [Message("message", "\ufeffa")]),
    "a message of 300,000 bytes": (
        b"data: " + b"0123456789" * 30_000 + b"\n\n",
        [Message("message", "0123456789" * 30_000)],
    ),
    "a thousand data lines": (b"data: x\n" * 1000 + b"\n", [Message("message", "\n".join("x" * 1000))]),
    "a message behind a long comment": (b":" + b"." * 70_000 + b"\ndata: a\n\n", [Message("message", "a")]),
    # Names of fields.
    "fields are spelt in small letters": (b"Data: x\nEVENT: y\ndata: a\n\n", [Message("message", "a")]),
    "a space before or behind a name makes another": (b" data: x\ndata : y\ndata: a\n\n", [Message("message", "a")]),
    "a line without a colon is a field without a value": (
        b"event: x\nevent\nnonsense\ndata: a\n\n",
        [Message("message", "a")],
    ),
    # Events.
    "an event name is for its own message": (
        b"event: token\ndata: a\n\ndata: b\n\n",
        [Message("token", "a"), Message("message", "b")],
    ),
    "an empty event name is the usual one": (b"event:\ndata: a\n\n", [Message("message", "a")]),
    "an event name keeps its spaces but the first": (b"event:  two words \ndata: a\n\n", [Message(" two words ", "a")]),
    "the name may come behind the data": (b"data: a\nevent: late\n\n", [Message("late", "a")]),
    # Ids.
    "ids change and are taken back": (
        b"id: one\ndata: a\n\nid: two\ndata: b\n\nid:\ndata: c\n\n",
        [Message("message", "a", "one"), Message("message", "b", "two"), Message("message", "c", "")],
    ),
    "an id in a block without data counts": (
        b"data: a\n\nid: 9\n\ndata: b\n\n",
        [Message("message", "a"), Message("message", "b", "9")],
    ),
    "an id may be any text": ("id: …漢🎈\ndata: a\n\n".encode(), [Message("message", "a", "…漢🎈")]),
    "an id keeps its spaces but the first": (b"id:  4 \ndata: a\n\n", [Message("message", "a", " 4 ")]),
    "an id with NUL leaves the one before in force": (
        b"id: 1\ndata: a\n\nid: 2\0x\ndata: b\n\n",
        [Message("message", "a", "1"), Message("message", "b", "1")],
    ),
    # Waiting.
    "retry before, within and behind the data": (
        b"retry: 10\ndata: a\n\ndata: b\nretry: 20\n\n",
        [Message("message", "a", "", 10), Message("message", "b", "", 20)],
    ),
    "a retry that is not a number changes nothing": (
        b"retry: 700\nretry: 8_00\nretry: 9e2\nretry: 1000 \nretry:\nretry\ndata: a\n\n",
        [Message("message", "a", "", 700)],
    ),
    # Ends.
    "blank lines between messages": (
        b"\n\n\r\n\rdata: a\n\n\n\n\r\r\ndata: b\n\n",
        [Message("message", "a"), Message("message", "b")],
    ),
    "a line end may be split from its pair": (b"data: a\r\ndata: b\r\n\r\n", [Message("message", "a\nb")]),
    "a carriage return at the very end is a blank line": (b"data: a\n\r", [Message("message", "a")]),
    "a line that is cut is dropped": (b"data: a\n\ndata: b", [Message("message", "a")]),
}

NO_MESSAGES: dict[str, bytes] = {
    "nothing": b"",
    "a byte order mark": b"\xef\xbb\xbf",
    "blank lines": b"\n\r\n\r\r\n",
    "comments": b": a\n\n:\n\n",
    "fields without data": b"event: x\nid: 1\nretry: 5\n\n",
    "data before its blank line": b"data: a\ndata: b\n",
    "a character that is cut": b"data: \xe6\xbc",
}
"""Streams in which no message ever becomes whole."""
