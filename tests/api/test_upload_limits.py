"""Uploads that mean harm, and a disk that takes no more: one sentence each, nothing left behind, and a server that
answers others meanwhile."""

import io
import resource
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.api.readers import finish
from tests.api.test_files import kept, problem, upload
from tests.commands.serve_process import ServeProcess, serving

pytestmark = pytest.mark.server

MB = 1024 * 1024
LAUGHS = (
    "<!DOCTYPE x ["
    + "".join(f"<!ENTITY a{n + 1} '{f'&a{n};' * 10}'>" for n in range(12)).replace("&a0;", "ha")
    + "]><x>&a12;</x>"
)


def office(document: str, **members: str) -> bytes:
    """An Office file, compressed as well as can be."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(document, "<x/>")
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return made.getvalue()


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a zip bomb": ("bomb.docx", lambda: office("word/document.xml", word__media="\0" * (450 * MB))),
    "entities": ("laughs.xlsx", lambda: office("xl/workbook.xml", xl__sharedStrings=LAUGHS)),
    "entities in a page": ("laughs.html", LAUGHS.encode),
    "deep JSON": ("deep.json", lambda: b"[" * 200_000 + b"]" * 200_000),
    "a long number": ("long.json", lambda: b"[" + b"9" * (4 * MB) + b"]"),
    "one line": ("line.csv", lambda: b'"' + b",a" * (2 * MB)),
    "many objects": ("pages.pdf", lambda: b"%PDF-1.7\n" + b"1 0 obj<</Kids[1 0 R]>>endobj\n" * 100_000),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServeProcess]:
    """One server for all attacks, so that one that it does not survive shows in the next."""
    with serving(tmp_path_factory.mktemp("attacked")) as process:
        yield process


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_or_read_in_part_and_hurts_nobody(
    server: ServeProcess, bomb: tuple[str, Callable[[], bytes]]
) -> None:
    name, make = bomb
    with server.client() as client:
        answer = client.post("/v1/files", files={"file": (name, make())})
        if answer.status_code != 201:
            assert problem(answer)[0] in (413, 415), answer.text
            return
        began = time.monotonic()
        _, events = finish(client, "documents", question="What is in the file?", attachments=[answer.json()["file_id"]])
        assert events[-1][1] == "done"
        assert time.monotonic() - began < 60
        assert client.get("/healthz").status_code == 200
    peak_kb = int(Path(f"/proc/{server.process.pid}/status").read_text().split("VmHWM:")[1].split()[0])
    assert peak_kb < 1024 * 1024, "the server read it beside itself"


FORMS: dict[str, bytes] = {
    "a header without an end": b"--b\r\nX: " + b"a" * (9 * MB),
    "a name without an end": b'--b\r\nContent-Disposition: form-data; name="file"; filename="' + b"n" * (2 * MB),
    "nothing but an edge": b"--b" * MB,
}


@pytest.mark.parametrize("body", FORMS.values(), ids=FORMS)
def test_a_form_that_means_harm_costs_little(server: ServeProcess, body: bytes) -> None:
    with server.client() as client:
        began = time.monotonic()
        answer = client.post("/v1/files", content=body, headers={"Content-Type": "multipart/form-data; boundary=b"})
        assert problem(answer)[0] in (400, 422), answer.text
        assert time.monotonic() - began < 10


def test_a_compressed_body_is_not_unpacked(server: ServeProcess) -> None:
    with server.client() as client:
        headers = {"Content-Type": "multipart/form-data; boundary=b", "Content-Encoding": "gzip"}
        answer = client.post("/v1/files", content=b"\x1f\x8b" + bytes(1000), headers=headers)
        assert problem(answer)[0] in (400, 415)


def test_a_disk_that_is_full_refuses_an_upload_and_takes_it_once_there_is_room(tmp_path: Path) -> None:
    with serving(tmp_path) as process, process.client() as client:
        upload(client)
        before = kept(tmp_path)
        # What the system says to writes beyond this size, it says on a full disk.
        limits = resource.prlimit(process.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(process.process.pid, resource.RLIMIT_FSIZE, (1 * MB, limits[1]))
        large = b"word " * (MB // 2)
        answer = client.post("/v1/files", files={"file": ("large.txt", large)})
        assert problem(answer) == (507, "store-full")
        assert "make room" in answer.json()["detail"]
        assert kept(tmp_path) == before, "nothing is left of it"
        upload(client, "small.txt")
        resource.prlimit(process.process.pid, resource.RLIMIT_FSIZE, limits)
        upload(client, "large.txt", large)
