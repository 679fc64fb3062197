"""The journal: what was written whole is read back, whatever stands behind it or went wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend.runs.sqlite.journal import FILE_NAMES, Journal, JournalRecord, encode_record, read_journal

try:
    import resource
except ImportError:  # Windows cannot limit the size of a file.
    resource = None  # type: ignore[assignment]

FIRST = JournalRecord(7, 1, 1, [b"id: 1-1\ndata: {}\n\n", b"id: 1-2\ndata: {}\n\n"])
SECOND = JournalRecord(7, 1, 3, [b"id: 1-3\ndata: {}\n\n"])
OTHER = JournalRecord(2, 3, 40, [b"id: 3-40\ndata: {}\n\n"])


def encoded(record: JournalRecord) -> bytes:
    return encode_record(record.number, record.attempt, record.first_seq, record.frames)


@contextmanager
def opened(folder: Path) -> Iterator[Journal]:
    journal = Journal(folder)
    try:
        yield journal
    finally:
        journal.close()


def test_records_of_both_files_come_in_the_order_of_runs_and_events(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.add(encoded(FIRST) + encoded(OTHER))
        assert journal.turn(), "the first file is complete"
        journal.add(encoded(SECOND))
        assert journal.turn(), "it stays the complete one until it is emptied"
        assert read_journal(tmp_path) == [OTHER, FIRST, SECOND]
        journal.empty()
        assert read_journal(tmp_path) == [SECOND]
        journal.clear()
    assert read_journal(tmp_path) == []


def test_what_a_dead_process_left_is_continued_after(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.add(encoded(FIRST))
    with opened(tmp_path) as journal:
        journal.add(encoded(SECOND))
    assert read_journal(tmp_path) == [FIRST, SECOND]


def test_a_record_that_was_not_written_whole_is_left_out_wherever_it_was_cut(tmp_path: Path) -> None:
    whole, torn = encoded(FIRST), encoded(SECOND)
    for cut in range(len(torn)):
        (tmp_path / FILE_NAMES[0]).write_bytes(whole + torn[:cut])
        assert read_journal(tmp_path) == [FIRST]


@pytest.mark.parametrize(
    "garbage",
    [
        b"\0" * 4096,
        b"7 1 3 99999999999 00000000\nid: 1-3\n\n",
        encoded(SECOND).replace(b"1-3", b"1-4"),
        b"\xff\xfe" + encoded(SECOND),
        b"7 1 3\n",
    ],
)
def test_garbage_hides_nothing_that_stands_before_it_or_in_the_other_file(tmp_path: Path, garbage: bytes) -> None:
    (tmp_path / FILE_NAMES[0]).write_bytes(encoded(FIRST) + garbage)
    (tmp_path / FILE_NAMES[1]).write_bytes(encoded(OTHER))
    assert read_journal(tmp_path) == [OTHER, FIRST]


def test_a_folder_without_a_journal_has_no_records(tmp_path: Path) -> None:
    assert read_journal(tmp_path) == []


@pytest.mark.skipif(resource is None, reason="the system cannot limit the size of a file")
def test_a_write_that_the_disk_takes_only_in_part_adds_nothing(tmp_path: Path) -> None:
    whole = encoded(FIRST)
    with opened(tmp_path) as journal:
        journal.add(whole)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 10, hard))
        try:
            with pytest.raises(OSError, match="large"):
                journal.add(encoded(SECOND))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert (tmp_path / FILE_NAMES[0]).stat().st_size == len(whole)
        journal.add(encoded(OTHER))
    assert read_journal(tmp_path) == [OTHER, FIRST]
