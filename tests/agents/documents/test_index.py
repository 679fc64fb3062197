"""The index of a folder: only what changed is read, nothing half-written, and files that cannot be read are named."""

import multiprocessing
import os
import sqlite3
import threading
from pathlib import Path

import pytest

from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.indexing.folder import FolderError, list_folder
from backend.agents.documents.indexing.folder_index import FolderIndex, RefreshReport, StoppedError
from backend.agents.documents.indexing.schema import IndexUnusableError
from backend.agents.documents.readers.extraction import MAX_FILE_BYTES
from tests.agents.documents.conftest import LibraryOf
from tests.agents.documents.pdf_files import encrypted, pdf_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.md").write_text("# A\n\nThe blue whale sings.")
    (folder / "b.txt").write_text("Krill is small.")
    (folder / "sub" / "c.html").write_text("<p>Squid are quick.</p>")
    return folder


@pytest.fixture
def index(folder: Path, tmp_path: Path) -> FolderIndex:
    return FolderIndex(folder, tmp_path / "data" / "index.sqlite3")


def found(index: FolderIndex, word: str) -> list[str]:
    return [passage.document.name for passage, _ in Corpus(index).search(f'"{word}"', "prose", 10)]


def counts(report: RefreshReport) -> tuple[int, int, int]:
    return report.read, report.unchanged, report.removed


def touch_later(path: Path) -> None:
    state = path.stat()
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns + 1_000_000_000))


def test_first_refresh_reads_all_and_tells_its_progress(index: FolderIndex) -> None:
    steps: list[tuple[int, int, str]] = []
    report = index.refresh(lambda *step: steps.append(step))
    assert counts(report) == (3, 0, 0)
    assert (report.documents, report.passages, report.skipped) == (3, 3, ())
    assert steps == [(0, 3, "a.md"), (1, 3, "b.txt"), (2, 3, "sub/c.html"), (3, 3, "")]
    assert found(index, "squid") == ["sub/c.html"]


def test_second_refresh_reads_nothing(index: FolderIndex) -> None:
    index.refresh()
    steps: list[tuple[int, int, str]] = []
    assert index.is_current()
    assert counts(index.refresh(lambda *step: steps.append(step))) == (0, 3, 0)
    assert steps == []


def test_only_what_changed_is_read_and_what_is_gone_vanishes(index: FolderIndex, folder: Path) -> None:
    index.refresh()
    (folder / "a.md").write_text("# A\n\nThe grey whale dives.")
    (folder / "b.txt").unlink()
    (folder / "d.txt").write_text("Plankton drifts.")
    assert not index.is_current()
    assert counts(index.refresh()) == (2, 1, 1)
    assert found(index, "sings") == []
    assert found(index, "krill") == []
    assert found(index, "dives") == ["a.md"]
    assert found(index, "plankton") == ["d.txt"]
    assert Corpus(index).sizes() == (3, 3)


def test_full_text_of_a_changed_file_leaves_no_trace(index: FolderIndex, folder: Path) -> None:
    for round_ in range(4):
        (folder / "a.md").write_text(f"# Title{round_}\n\nBody{round_} hy-\nphen.")
        touch_later(folder / "a.md")
        index.refresh()
    with index.opened() as connection:
        connection.execute("INSERT INTO search (search) VALUES ('integrity-check')")
        connection.execute("INSERT INTO titles (titles) VALUES ('integrity-check')")
    assert [found(index, f"body{round_}") for round_ in range(4)] == [[], [], [], ["a.md"]]
    assert [found(index, f"title{round_}") for round_ in range(4)] == [[], [], [], ["a.md"]]
    assert found(index, "hyphen") == ["a.md"]


def test_a_touched_file_with_the_same_content_is_not_stored_again(index: FolderIndex, folder: Path) -> None:
    index.refresh()
    with index.opened() as connection:
        before = connection.execute("SELECT id FROM documents WHERE name = 'a.md'").fetchone()
    touch_later(folder / "a.md")
    assert not index.is_current()
    index.refresh()
    with index.opened() as connection:
        assert connection.execute("SELECT id FROM documents WHERE name = 'a.md'").fetchone() == before
    assert index.is_current()


def test_a_change_that_keeps_the_size_is_seen(index: FolderIndex, folder: Path) -> None:
    index.refresh()
    (folder / "b.txt").write_text("Squid is small.")
    touch_later(folder / "b.txt")
    index.refresh()
    assert found(index, "krill") == []


def test_files_that_cannot_be_read_are_named_each_time(index: FolderIndex, folder: Path) -> None:
    (folder / "empty.txt").write_text("")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 broken")
    (folder / "locked.pdf").write_bytes(encrypted(pdf_of([["secret"]]), "key"))
    (folder / "picture.txt").write_bytes(b"\x89PNG\x00\x00")
    with (folder / "huge.csv").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    (folder / "notes.docx").write_bytes(b"PK")
    (folder / ".hidden.md").write_text("hidden")
    for expected_read in (9, 0):
        report = index.refresh()
        assert report.read == expected_read
        assert report.documents == 3
        reasons = {skipped.name: str(skipped) for skipped in report.skipped}
        assert reasons.keys() == {
            *("empty.txt", "broken.pdf", "locked.pdf"),
            *("picture.txt", "huge.csv", "notes.docx"),
        }
        assert reasons["empty.txt"] == "empty.txt was skipped: it is empty."
        assert reasons["locked.pdf"] == "locked.pdf was skipped: it is encrypted and needs a password."
        assert "larger than 64 MB" in reasons["huge.csv"]
        assert "binary data" in reasons["picture.txt"]
    (folder / "empty.txt").write_text("No longer empty.")
    assert "empty.txt" not in {skipped.name for skipped in index.refresh().skipped}


def test_a_file_that_vanishes_meanwhile_is_named(index: FolderIndex, folder: Path) -> None:
    report = index.refresh(lambda done, total, name: (folder / name).unlink() if name == "b.txt" else None)
    assert [str(skipped) for skipped in report.skipped] == ["b.txt was skipped: No such file or directory."]
    assert (report.documents, report.read) == (2, 2)


def test_links_out_of_the_folder_are_not_followed(index: FolderIndex, folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.md").write_text("The secret treasure.")
    (folder / "link.md").symlink_to(outside / "secret.md")
    (folder / "linked").symlink_to(outside)
    (folder / "inner.md").symlink_to(folder / "a.md")
    (folder / "loop").symlink_to(folder)
    (folder / "nowhere.md").symlink_to(folder / "missing.md")
    report = index.refresh()
    assert report.documents == 3
    assert {skipped.name for skipped in report.skipped} == {"link.md", "linked"}
    assert found(index, "treasure") == []


def test_special_files_and_excluded_folders_are_left_alone(folder: Path) -> None:
    os.mkfifo(folder / "pipe.txt")
    content = list_folder(folder, excluded=(folder / "sub",))
    assert [file.name for file in content.files] == ["a.md", "b.txt"]


def test_a_name_that_is_no_unicode_is_told_of(index: FolderIndex, folder: Path) -> None:
    os.close(os.open(os.fsencode(folder) + b"/bad\xff.md", os.O_CREAT | os.O_WRONLY))
    report = index.refresh()
    assert [skipped.reason for skipped in report.skipped] == ["its name is not valid UTF-8; rename it"]


def test_a_stop_keeps_what_was_read(index: FolderIndex) -> None:
    stop = threading.Event()
    with pytest.raises(StoppedError):
        index.refresh(lambda done, total, name: stop.set() if done == 1 else None, stop)
    assert Corpus(index).sizes()[0] == 2
    assert counts(index.refresh()) == (1, 2, 0)


@pytest.mark.parametrize("content", [b"this is no database", b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_index_is_made_anew(index: FolderIndex, content: bytes) -> None:
    index.refresh()
    for path in index.database.parent.iterdir():
        path.write_bytes(content)
    assert counts(index.refresh()) == (3, 0, 0)
    assert found(index, "krill") == ["b.txt"]


def test_an_index_of_another_version_is_made_anew(index: FolderIndex) -> None:
    index.refresh()
    with sqlite3.connect(index.database) as connection:
        connection.execute("PRAGMA user_version = 7")
    connection.close()
    assert counts(index.refresh()) == (3, 0, 0)


def test_an_index_that_cannot_be_written_is_one_sentence(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    index = FolderIndex(folder, tmp_path / "file" / "index.sqlite3")
    with pytest.raises(IndexUnusableError, match=r"^The index .* cannot be used .*: free some space, or name another"):
        index.refresh()


def refresh_in_process(folder: str, database: str, start: "multiprocessing.synchronize.Barrier") -> None:
    start.wait(30)
    FolderIndex(Path(folder), Path(database)).refresh()


def test_two_processes_may_index_the_same_folder(index: FolderIndex, folder: Path) -> None:
    for number in range(60):
        (folder / f"n{number}.md").write_text(f"# Note {number}\n\nWord{number} is here.")
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(2)
    arguments = (str(folder), str(index.database), start)
    processes = [context.Process(target=refresh_in_process, args=arguments) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert Corpus(index).sizes() == (63, 63)
    assert counts(index.refresh()) == (0, 63, 0)
    assert found(index, "word17") == ["n17.md"]


def test_folders_that_cannot_be_used(library_of: LibraryOf, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "picture.png").write_bytes(b"\x89PNG")
    with pytest.raises(
        FolderError, match=r"^There is no document to read in .*: put files ending in md, .* or zip there"
    ):
        library_of(empty).refresh()
    (empty / "blank.txt").write_text(" ")
    with pytest.raises(FolderError, match=r"blank\.txt was skipped: there is no text in it\.$"):
        library_of(empty).refresh()
    with pytest.raises(FolderError, match=r"^There is no folder .*missing: name the folder"):
        library_of(tmp_path / "missing").refresh()
    with pytest.raises(FolderError, match=r"is a file, not a folder"):
        library_of(empty / "picture.png").refresh()


def test_a_folder_that_goes_away_does_not_empty_its_index(index: FolderIndex, folder: Path) -> None:
    index.refresh()
    folder.rename(folder.with_name("moved"))
    with pytest.raises(FolderError):
        index.refresh()
    assert Corpus(index).sizes() == (3, 3)
