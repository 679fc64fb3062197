"""Files of questions: taken whole or not at all, for one conversation alone, and gone with it."""

import json
import socket
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from backend.protocol.attachments import MAX_FILE_BYTES
from backend.runs.attached_files import MOST_OF_A_CONVERSATION, MOST_UNASKED
from tests.api.backend_server import BackendServer
from tests.api.readers import data_of, finish, start
from tests.api.told_agents import ToldProvider

pytestmark = pytest.mark.server

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
AGENT = "told:reading"


def upload(client: httpx2.Client, name: str = "notes.txt", data: bytes = b"Hello there.") -> str:
    """Upload a file; gives its id."""
    answer = client.post("/v1/files", files={"file": (name, data)})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["file_id"])


def problem(answer: httpx2.Response) -> tuple[int, str]:
    """The status and the kind of a problem, which has a sentence."""
    assert answer.json()["detail"].endswith("."), answer.text
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def ask(client: httpx2.Client, *file_ids: str, **body: object) -> tuple[str, str, str]:
    """Ask with files; gives the run's id, its session's and the answer."""
    run_id, sent = finish(client, AGENT, attachments=list(file_ids), **body)
    session_id = client.get(f"/v1/runs/{run_id}").json()["session_id"]
    return run_id, session_id, "".join(data_of(frame)["text"] for frame in sent if frame[1] == "token")


def kept(data_dir: Path) -> list[str]:
    """Every file below the folder of attached files, but the folders."""
    return sorted(path.name for path in (data_dir / "files").rglob("*") if path.is_file())


def test_an_agent_reads_the_files_of_its_question_and_of_earlier_ones(client: httpx2.Client) -> None:
    first, second, third = upload(client), upload(client, data=b"Other."), upload(client, "a.png", PNG)
    run_id, session_id, answer = ask(client, first)
    assert answer == "notes.txt txt 12 True b'Hello there.'; "
    _, again, answer = ask(client, third, second, session_id=session_id)
    assert again == session_id
    assert answer.split("; ")[:-1] == [
        "notes.txt txt 12 False b'Hello there.'",
        "notes (2).txt txt 6 True b'Other.'",
        f"a.png png 28 True {PNG[:20]!r}",
    ]
    assert ask(client, session_id=session_id)[2].count("False") == 3
    assert client.get(f"/v1/runs/{run_id}").json()["attachments"] == [
        {"name": "notes.txt", "size": 12, "kind": "txt", "file_id": first}
    ]
    assert ask(client)[2] == "", "files of another conversation"


REFUSED: list[tuple[str, bytes, tuple[int, str]]] = [
    ("big.txt", b"x" * (MAX_FILE_BYTES + 1), (413, "file-too-large")),
    ("huge.txt", b"x" * (MAX_FILE_BYTES + 2**20), (413, "body-too-large")),
    ("empty.txt", b"", (422, "empty-file")),
    ("report.pdf", b"no PDF", (415, "unknown-file-kind")),
    ("picture.png", b"<svg onload=alert(1)>", (415, "unknown-file-kind")),
    ("tool.exe", b"MZ\x90\x00\x03", (415, "unknown-file-kind")),
    ("notes.txt", b"\x00\x01\x02", (415, "unknown-file-kind")),
]


def test_a_file_that_cannot_be_taken_is_refused_and_nothing_is_left(
    backend: BackendServer, client: httpx2.Client
) -> None:
    for name, data, expected in REFUSED:
        assert problem(client.post("/v1/files", files={"file": (name, data)})) == expected, name
        assert kept(backend.settings.data_dir) == [], name


def part(disposition: str, content: bytes = b"x") -> bytes:
    """A part of a form whose boundary is ``b``."""
    return b"--b\r\nContent-Disposition: form-data; " + disposition.encode() + b"\r\n\r\n" + content + b"\r\n"


FORM = "multipart/form-data; boundary=b"
NO_FORM: list[tuple[str, bytes, tuple[int, str]]] = [
    ("application/json", b"{}", (415, "not-a-form")),
    ("multipart/form-data", b"", (415, "not-a-form")),
    ("multipart/form-data; boundary=" + "x" * 300, b"", (400, "unreadable-form")),
    (FORM, b"nothing", (400, "unreadable-form")),
    (FORM, part('name="file"; filename="a.txt"', b"half of it"), (400, "unreadable-form")),
    (FORM, part('name="other"; filename="a.txt"') + b"--b--\r\n", (422, "no-file")),
    (FORM, part('name="file"') + b"--b--\r\n", (422, "no-file")),
    (FORM, part('name="file"; filename="a"') + part('name="file"; filename="b"') + b"--b--", (422, "several-files")),
    (FORM, part('name="other"') * 9 + b"--b--\r\n", (400, "unreadable-form")),
    (FORM, part("x" * 65536) + b"--b--\r\n", (400, "unreadable-form")),
]


def test_a_form_that_is_none_is_refused(backend: BackendServer, client: httpx2.Client) -> None:
    for content_type, body, expected in NO_FORM:
        answer = client.post("/v1/files", content=body, headers={"Content-Type": content_type})
        assert problem(answer) == expected, body[:80]
    assert kept(backend.settings.data_dir) == []


def test_a_body_without_a_length_is_bounded_as_well(backend: BackendServer, client: httpx2.Client) -> None:
    def pieces() -> Iterable[bytes]:
        yield part('name="file"; filename="a.txt"', b"")
        yield from [b"x" * 65536] * 176

    answer = client.post("/v1/files", content=pieces(), headers={"Content-Type": "multipart/form-data; boundary=b"})
    assert problem(answer)[0] == 413
    # The answer does not wait for what had come to be removed.
    while kept(backend.settings.data_dir):
        client.get("/healthz")


def test_half_an_upload_leaves_nothing(backend: BackendServer, client: httpx2.Client) -> None:
    with socket.create_connection((urlsplit(backend.url).hostname, urlsplit(backend.url).port)) as connection:
        head = f"POST /v1/files HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {MAX_FILE_BYTES}\r\n"
        form = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        connection.sendall(f"{head}Content-Type: multipart/form-data; boundary=b\r\n\r\n{form}".encode())
        connection.sendall(b"x" * 2**20)
        folder = backend.settings.data_dir / "files"
        while not (folder.is_dir() and kept(backend.settings.data_dir)):
            client.get("/healthz")
    while kept(backend.settings.data_dir):
        client.get("/healthz")


NAMES = {
    "../../../etc/passwd.txt": "passwd.txt",
    "C:\\Users\\me\\notes.txt": "notes.txt",
    "\u202etxt.fdp.txt": "txt.fdp.txt",
    "Übersicht – 中文.txt": "Übersicht – 中文.txt",
    ".htaccess": "htaccess",
    "a" * 400 + ".txt": "a" * 176 + ".txt",
}


def test_a_name_is_one_harmless_part_of_a_path(backend: BackendServer, client: httpx2.Client) -> None:
    for name, clean in NAMES.items():
        answer = client.post("/v1/files", files={"file": (name, b"x")}).json()
        assert answer["name"] == clean
        assert ask(client, answer["file_id"])[2].startswith(clean)
    assert {path.parent.name for path in backend.settings.data_dir.rglob("*passwd*")} == {"files"}


def test_a_question_with_files_that_it_cannot_have(client: httpx2.Client) -> None:
    text, picture = upload(client), upload(client, "a.png", PNG)
    webp = upload(client, "b.webp", b"RIFF0000WEBPVP8 ")
    _, session_id, _ = ask(client, text)
    six = [upload(client) for _ in range(6)]
    cases: list[tuple[dict[str, object], tuple[int, str]]] = [
        ({"attachments": ["file_nobody"]}, (404, "unknown-file")),
        ({"attachments": ["../runs.sqlite3"]}, (404, "unknown-file")),
        ({"attachments": [text]}, (404, "unknown-file")),
        ({"attachments": six}, (422, "too-many-attachments")),
        ({"attachments": [picture, picture]}, (422, "file-named-twice")),
        ({"attachments": [webp]}, (422, "file-kind-not-taken")),
        ({"attachments": [picture], "agent": "told:ordinary"}, (422, "agent-takes-no-files")),
        ({"attachments": [7]}, (422, "invalid-request")),
    ]
    for body, expected in cases:
        answer = client.post("/v1/runs", json={"question": "Why?", "agent": AGENT, **body})
        assert problem(answer) == expected, body
    assert len(client.get("/v1/runs").json()["runs"]) == 1
    assert ask(client, text, picture, session_id=session_id)[2].count(";") == 2


def test_the_same_key_finds_the_run_with_its_files(client: httpx2.Client) -> None:
    file_id, other = upload(client), upload(client)
    body = {"question": "Why?", "agent": AGENT, "attachments": [file_id]}
    answers = [client.post("/v1/runs", json=body, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    changed = client.post("/v1/runs", json={**body, "attachments": [other]}, headers={"Idempotency-Key": "k"})
    assert problem(changed) == (422, "key-reused")


def test_files_go_with_their_run_or_conversation(backend: BackendServer, client: httpx2.Client) -> None:
    both, one, other = upload(client), upload(client), upload(client)
    run_id, session_id, _ = ask(client, both, one)
    ask(client, both, session_id=session_id)
    ask(client, other)
    assert problem(client.delete(f"/v1/files/{both}")) == (409, "file-asked")
    client.delete(f"/v1/runs/{run_id}")
    assert set(kept(backend.settings.data_dir)) == {both, other, "notes.txt"}
    assert ask(client, session_id=session_id)[2] == "notes.txt txt 12 False b'Hello there.'; "
    client.delete(f"/v1/sessions/{session_id}")
    assert set(kept(backend.settings.data_dir)) == {other, "notes.txt"}
    client.delete("/v1/sessions")
    assert kept(backend.settings.data_dir) == []


def test_a_file_that_nobody_asked_with_can_be_deleted(backend: BackendServer, client: httpx2.Client) -> None:
    file_id = upload(client)
    assert client.delete(f"/v1/files/{file_id}").status_code == 204
    assert problem(client.delete(f"/v1/files/{file_id}")) == (404, "unknown-file")
    assert kept(backend.settings.data_dir) == []


def test_files_are_bounded_in_number(client: httpx2.Client) -> None:
    ids = [upload(client) for _ in range(MOST_OF_A_CONVERSATION + 1)]
    session: dict[str, str] = {}
    for at in range(0, MOST_OF_A_CONVERSATION, 5):
        session["session_id"] = ask(client, *ids[at : at + 5], **session)[1]
    body = {"question": "Why?", "agent": AGENT, "attachments": ids[-1:], **session}
    assert problem(client.post("/v1/runs", json=body)) == (422, "too-many-files")
    for _ in range(MOST_UNASKED - 1):
        upload(client)
    answer = client.post("/v1/files", files={"file": ("a.txt", b"x")})
    assert problem(answer) == (429, "too-many-unasked-files")
    assert int(answer.headers["retry-after"]) > 0


def test_a_restart_keeps_what_was_asked_with_and_clears_the_rest(tmp_path: Path, told: ToldProvider) -> None:
    with BackendServer(tmp_path, [told]) as backend, backend.client() as client:
        asked, waiting = upload(client), upload(client)
        _, session_id, _ = ask(client, asked)
    (tmp_path / "files" / ".arriving-x").write_bytes(b"half")
    (tmp_path / "files" / "file_unknown").write_bytes(b"x")
    (tmp_path / "files" / "conversations" / "gone").mkdir()
    with BackendServer(tmp_path, [told]) as backend, backend.client() as client:
        assert set(kept(tmp_path)) == {asked, waiting, "notes.txt"}
        assert [path.name for path in (tmp_path / "files" / "conversations").iterdir()] != ["gone"]
        assert ask(client, waiting, session_id=session_id)[2].count(";") == 2


def test_only_the_name_the_size_and_the_kind_leave_the_conversation(client: httpx2.Client) -> None:
    file_id = upload(client, "secret.txt", b"The content of it.")
    run_id, _, _ = ask(client, file_id)
    share_id = client.post(f"/v1/runs/{run_id}/share").json()["share_id"]
    shared = client.get(f"/v1/shared/{share_id}").json()
    note = {"name": "secret.txt", "size": 18, "kind": "txt"}
    assert shared["attachments"] == [note]
    for path in (f"/v1/runs/{run_id}/recording", f"/v1/shared/{share_id}/recording"):
        header = client.get(path).text.splitlines()[0]
        assert json.loads(header)["attachments"] == [note]
        assert file_id not in header
    for method, path in (("GET", f"/v1/files/{file_id}"), ("GET", "/v1/files")):
        assert client.request(method, path).status_code == 405


def test_the_guard_stands_in_front(client: httpx2.Client) -> None:
    for headers, status in (({"Host": "rebound.example"}, 421), ({"Origin": "https://evil.example"}, 403)):
        assert client.post("/v1/files", files={"file": ("a.txt", b"x")}, headers=headers).status_code == status


def test_agents_say_which_files_they_take(client: httpx2.Client) -> None:
    while client.get("/readyz").status_code != 200:
        pass
    offers = {offer["agent"]: offer["attachments"] for offer in client.get("/v1/agents").json()["agents"]}
    assert offers["told:ordinary"] is None
    taken = {"kinds": ["txt", "png"], "endings": [".txt", ".text", ".png"], "max_bytes": MAX_FILE_BYTES, "max_files": 5}
    assert offers[AGENT] == taken
    assert start(client, AGENT)
