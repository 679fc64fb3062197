"""The documents agent and the files of a conversation: read first, named by its citations, seen by nobody else."""

from pathlib import Path

import pytest

from backend.agents.documents.attached import without_pointing
from backend.agents.documents.library import Library
from tests.agents.attached_files import LEASE, PNG, attached
from tests.agents.documents.asking import ask

BROKEN = b"%PDF-1.4 broken"


async def test_an_attached_file_answers_and_is_named_by_its_citations(tmp_path: Path, handbook: Library) -> None:
    files = attached(tmp_path, lease_txt=LEASE, photo_png=PNG)
    rent = "What is the monthly rent in the attached file?"
    told = await ask(handbook, rent, files=files)
    assert "1,250 euros" in told.quotes
    assert {citation.document_id for citation in told.citations} == {"lease.txt"}
    assert all("lease.txt" in citation.source for citation in told.citations if citation.source)
    assert told.steps[:2] == [("reading", "started"), ("reading", "finished")]
    assert set(told.warnings) & {"attachment_unread", "not_in_attachments"} == set()
    assert told.violations() == []
    told = await ask(handbook, "And the notice period?", rent, files=files)
    assert "three months" in told.quotes
    told = await ask(handbook, rent)
    assert not told.is_found, "without the files, nobody knows of them"


async def test_what_the_files_do_not_answer_the_folder_may(tmp_path: Path, handbook: Library) -> None:
    files = attached(tmp_path, lease_txt=LEASE)
    question = "How many days of parental leave do employees get?"
    told, alone = await ask(handbook, question, files=files), await ask(handbook, question)
    assert alone.is_found
    assert told.answer == alone.answer
    assert told.warnings["not_in_attachments"].step_id == "read-files"
    told = await ask(handbook, "Who invented the telephone?", files=files)
    assert not told.is_found
    assert "not_in_attachments" not in told.warnings
    assert "The document does not mention “invented”" in told.answer


async def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, handbook: Library) -> None:
    files = attached(tmp_path, scan_pdf=BROKEN, lease_txt=LEASE)
    told = await ask(handbook, "What is the monthly rent?", files=files)
    assert "1,250 euros" in told.quotes
    assert "scan.pdf was skipped: " in told.warnings["attachment_unread"].message
    alone = await ask(
        handbook, "What is the monthly rent?", files=attached(tmp_path / "b", scan_pdf=b"%PDF-1.4 broken")
    )
    assert "attachment_unread" in alone.warnings
    assert alone.violations() == []


async def test_the_source_that_a_file_names_does_not_hide_the_file(tmp_path: Path, handbook: Library) -> None:
    text = f"---\nsource: Big Landlord Ltd\n---\n# Lease\n\n{LEASE}"
    told = await ask(handbook, "What is the monthly rent?", files=attached(tmp_path, lease_md=text))
    assert {citation.source for citation in told.citations} == {"lease.md, Big Landlord Ltd"}


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("What is the rent in the attached file?", "What is the rent?"),
        ("According to my uploaded PDF, what is the rent?", ", what is the rent?"),
        ("What does the attachment say about pets?", "What does say about pets?"),
        ("What is the rent in the file I just attached?", "What is the rent?"),
        ("Is a file attached to the form?", "Is a file attached to the form?"),
        ("The attached file?", "The attached file?"),
    ],
)
def test_words_that_point_at_the_files_are_not_searched(question: str, left: str) -> None:
    assert without_pointing(question) == left
