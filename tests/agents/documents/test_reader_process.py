"""Reading in processes of their own: a file that ends its reader costs a page or itself, and nothing else."""

import os
import signal
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.indexing.file_reading import read_file
from backend.agents.documents.indexing.folder import list_folder
from backend.agents.documents.indexing.folder_index import FolderIndex
from backend.agents.documents.indexing.reader_pool import ReaderPool, is_short_text
from backend.agents.documents.indexing.reader_process import ReaderProcess
from backend.agents.documents.readers import read_document
from backend.agents.documents.readers.extraction import Extraction
from tests.agents.documents.pdf_files import encrypted, pdf_of, placed_pdf
from tests.agents.documents.test_pdf_tables import STATEMENT

PAGES = [[f"Page number {number} is about whale {number}."] for number in range(1, 401)]


@pytest.fixture
def process() -> Iterator[ReaderProcess]:
    process = ReaderProcess()
    yield process
    process.close()


def silent(done: int, total: int, unit: str) -> None:
    pass


def test_what_comes_back_is_what_a_reader_gives(process: ReaderProcess, tmp_path: Path) -> None:
    data = placed_pdf([STATEMENT])
    (tmp_path / "a.pdf").write_bytes(data)
    found = process.read(tmp_path / "a.pdf", "a.pdf", "", silent)
    assert found is not None
    assert found.content == read_document("a.pdf", data)
    assert found == read_file(tmp_path / "a.pdf", "a.pdf")
    again = process.read(tmp_path / "a.pdf", "a.pdf", found.digest, silent)
    assert again is not None
    assert again.content is None


def test_reasons_come_back_as_well(process: ReaderProcess, tmp_path: Path) -> None:
    (tmp_path / "locked.pdf").write_bytes(encrypted(pdf_of([["secret"]]), "key"))
    found = process.read(tmp_path / "locked.pdf", "locked.pdf", "", silent)
    assert found is not None
    assert found.content == "it is encrypted and needs a password"
    with pytest.raises(OSError, match="No such file"):
        process.read(tmp_path / "gone.pdf", "gone.pdf", "", silent)


def test_half_surrogates_and_odd_folders_do_no_harm(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"d\xf6cs")
    folder.mkdir()
    (folder / "a.json").write_text('{"title": "\\ud83d camp", "note": "tents \\ud83d\\ude00 \\udc00 here"}')
    index = FolderIndex(folder, tmp_path / "index.sqlite3")
    assert index.refresh().documents == 1
    assert Corpus(index).text("a.json") == "title: ? camp\nnote: tents \U0001f600 ? here"


@pytest.mark.parametrize(
    ("ends", "reason"), [(signal.SIGSEGV, "too much work or memory"), (signal.SIGXCPU, "too much work or memory")]
)
def test_a_page_that_ends_its_reader_is_left_out_and_named(
    process: ReaderProcess, tmp_path: Path, ends: signal.Signals, reason: str
) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_of(PAGES))
    pids: list[int] = []

    def end_at_the_third_page(done: int, total: int, unit: str) -> None:
        if done == 2 and process.pid is not None and len(pids) == 0:
            pids.append(process.pid)
            os.kill(process.pid, signal.SIGSTOP)
            os.kill(process.pid, ends)
            os.kill(process.pid, signal.SIGCONT)

    found = process.read(tmp_path / "a.pdf", "a.pdf", "", end_at_the_third_page)
    assert found is not None
    assert process.pid not in pids
    # It may have come further before the signal came than it was heard of.
    content = found.content
    assert isinstance(content, Extraction)
    assert len(content.pages) == 400
    missing = [number for number in range(1, 401) if f"whale {number}." not in content.text]
    assert len(missing) == len(content.notices) == 1
    assert all(reason in notice for notice in content.notices)


def packed_zeros(mebibytes: int) -> bytes:
    """A zlib stream of so many zeros: after a full flush a packed mebibyte can be repeated, and need not be packed
    again."""
    packer, end = zlib.compressobj(9, wbits=-15), zlib.compressobj(9, wbits=-15).flush()
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    adler = ((mebibytes << 20) % 65521 << 16) + 1
    return b"\x78\xda" + block * mebibytes + end + adler.to_bytes(4, "big")


def test_a_stream_that_unpacks_to_gigabytes_costs_its_page(process: ReaderProcess, tmp_path: Path) -> None:
    """A hundred thousand bytes of PDF that PDFium would unpack to more than the process may have."""
    twice = zlib.compress(packed_zeros(1 << 11), 9)
    bomb = pdf_of([["First."], ["Second."]]).replace(b"stream\n", b"stream\n", 1)
    start = bomb.index(b"<< /Length")
    end = bomb.index(b"endstream")
    head = b"<< /Filter [/FlateDecode /FlateDecode] /Length %d >>\nstream\n" % len(twice)
    (tmp_path / "a.pdf").write_bytes(bomb[:start] + head + twice + b"\n" + bomb[end:])
    found = process.read(tmp_path / "a.pdf", "a.pdf", "", silent)
    assert found is not None
    assert isinstance(found.content, Extraction)
    assert "Second." in found.content.text
    assert "First." not in found.content.text


def test_the_pool_reads_in_several_processes_and_stops(tmp_path: Path) -> None:
    for number in range(6):
        (tmp_path / f"{number}.pdf").write_bytes(pdf_of(PAGES))
    files = list_folder(tmp_path).files
    assert not any(is_short_text(file) for file in files)
    before = threading.active_count()
    with ReaderPool(tmp_path, files, {}).running() as pool:
        names: set[str] = set()
        while len(names) < 6:
            ended = pool.ended(60)
            assert ended is not None
            assert not isinstance(ended.read, str)
            names.add(ended.file.name)
    assert names == {file.name for file in files}
    with ReaderPool(tmp_path, files, {}).running() as pool:
        pool.ended(60)
    assert threading.active_count() == before


def test_readiness_names_what_is_still_to_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.md").write_text(f"Whale {number} sings.")
    index = FolderIndex(folder, tmp_path / "index.sqlite3")
    seen = []
    index.refresh(lambda done, total, what: seen.append(index.readiness))
    assert seen[1].sentence() == "1 of 5 documents are read so far; still to be read: 1.md, 2.md, 3.md and 1 more."
    assert seen[-1].is_complete
    assert index.readiness.is_complete
