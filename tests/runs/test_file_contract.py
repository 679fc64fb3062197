"""What every adapter of the store port does with attached files."""

import pytest

from backend.runs.attached_files import (
    MOST_OF_A_CONVERSATION,
    MOST_UNASKED,
    FileAskedError,
    FileRecord,
    TooManyFilesError,
    TooManyUnaskedError,
    UnknownFileError,
)
from backend.runs.records import RunRecord
from backend.runs.store import KeyReusedError, RunStore
from tests.runs.logs import a_record, the_end


async def a_file(store: RunStore, name: str = "notes.txt") -> FileRecord:
    """A file that no question was asked with."""
    record = FileRecord.received(name, 12, "txt", "digest")
    await store.add_file(record)
    return record


async def asked_with(store: RunStore, *files: FileRecord, **fields: object) -> RunRecord:
    """A run that was asked with these files."""
    record, _ = await store.submit(a_record(attachments=tuple(each.attachment for each in files), **fields))
    return record


async def test_a_file_belongs_to_the_conversation_that_asks_with_it(store: RunStore) -> None:
    first, second = await a_file(store), await a_file(store)
    assert await store.file(first.file_id) == first
    run = await asked_with(store, second, first)
    assert (await store.record(run.run_id)).attachments == (second.attachment, first.attachment)
    assert (await store.session(run.session_id)).runs[0].attachments == run.attachments
    files = await store.files(run.session_id)
    assert [each.file_id for each in files] == [first.file_id, second.file_id], "in order of arrival"
    assert {each.session_id for each in files} == {run.session_id}
    await asked_with(store, first, session_id=run.session_id)
    refused = a_record(attachments=(first.attachment,))
    with pytest.raises(UnknownFileError, match="Attach it again"):
        await store.submit(refused)
    assert len(await store.sessions()) == 1, "nothing is kept of a refused run"


async def test_one_unknown_file_gives_none_of_the_others_away(store: RunStore) -> None:
    known, unknown = await a_file(store), FileRecord.received("other.txt", 1, "txt", "digest")
    for file_id in (unknown.file_id, "run_1"):
        with pytest.raises(UnknownFileError):
            await store.file(file_id)
    with pytest.raises(UnknownFileError):
        await asked_with(store, known, unknown)
    assert (await store.file(known.file_id)).session_id is None


async def test_the_same_key_needs_the_same_files(store: RunStore) -> None:
    file, other = await a_file(store), await a_file(store)
    run = await asked_with(store, file, idempotency_key="k")
    assert (await asked_with(store, file, idempotency_key="k")).run_id == run.run_id
    for files in ((), (other,), (file, other)):
        with pytest.raises(KeyReusedError):
            await asked_with(store, *files, idempotency_key="k")


async def test_a_file_is_deleted_with_the_last_run_that_has_it(store: RunStore) -> None:
    both, one = await a_file(store), await a_file(store)
    first = await asked_with(store, both, one)
    second = await asked_with(store, both, session_id=first.session_id)
    for run in (first, second):
        await store.finish(run.run_id, [], the_end(1))
    await store.delete(first.run_id)
    assert [each.file_id for each in await store.files(first.session_id)] == [both.file_id]
    await store.delete(second.run_id)
    assert list(await store.all_files()) == []


async def test_files_are_deleted_with_their_conversation_alone(store: RunStore) -> None:
    gone, kept, waiting = await a_file(store), await a_file(store), await a_file(store)
    run = await asked_with(store, gone)
    await asked_with(store, kept)
    await store.finish(run.run_id, [], the_end(1))
    await store.purge(run.session_id)
    assert [each.file_id for each in await store.all_files()] == [kept.file_id, waiting.file_id]
    assert list(await store.files(run.session_id)) == []


async def test_only_a_file_that_nobody_asked_with_can_be_removed(store: RunStore) -> None:
    waiting, asked = await a_file(store), await a_file(store)
    await asked_with(store, asked)
    await store.remove_file(waiting.file_id)
    with pytest.raises(UnknownFileError):
        await store.remove_file(waiting.file_id)
    with pytest.raises(FileAskedError):
        await store.remove_file(asked.file_id)


async def test_files_that_waited_too_long_are_removed(store: RunStore) -> None:
    asked, old = await a_file(store), await a_file(store)
    await asked_with(store, asked)
    assert list(await store.remove_unasked("2000-01-01")) == []
    assert list(await store.remove_unasked("9999-01-01")) == [old.file_id]
    assert [each.file_id for each in await store.all_files()] == [asked.file_id]


async def test_files_are_bounded_in_number(store: RunStore) -> None:
    files = [await a_file(store) for _ in range(MOST_UNASKED)]
    with pytest.raises(TooManyUnaskedError):
        await a_file(store)
    run = await asked_with(store, *files[:MOST_OF_A_CONVERSATION])
    with pytest.raises(TooManyFilesError):
        await asked_with(store, files[-1], session_id=run.session_id)
    await asked_with(store, files[0], session_id=run.session_id)
    assert (await store.file(files[-1].file_id)).session_id is None
