"""Whole answers: the demo's question, other questions, folders of a user's own, and what holds for all of them."""

from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from backend.agents.documents.answering.composition import Composition, drafts
from backend.agents.documents.answering.quotes import Quote, literal, shown
from backend.agents.documents.indexing.stored_documents import Document
from backend.agents.documents.library import Library
from backend.protocol.citations import find_markers
from backend.protocol.events import CitationEvent, TokenEvent, WarningEvent
from tests.agents.documents.asking import ask, assert_sound
from tests.agents.documents.conftest import LibraryOf
from tests.agents.documents.pdf_files import encrypted, pdf_of
from tests.agents.documents.test_search import (
    FOUND_IN_HANDBOOK,
    FOUND_IN_SAMPLE,
)

MAIN_QUESTION = "Is NVIDIA's customer concentration risk rising?"
MORE_OF_SAMPLE = [
    "How did gaming revenue change?",
    "Is revenue falling?",
    "What is revenue by platform?",
    "How did revenue from China develop?",
    "Are receivables concentrated?",
    "How did inventories change?",
    "What was revenue in FY2026?",
    "What was the share of direct customers in FY2026 Q3 and FY2027 Q1?",
    "How did the share of direct customers over six months develop?",
    "non-US revenue share",
    "Compare compute and networking with graphics",
]


async def test_the_demo_question_goes_through_its_steps(sample: Library) -> None:
    told = await ask(sample, MAIN_QUESTION)
    assert_sound(told, sample)
    assert told.steps == [
        ("retrieving", "started"),
        ("retrieving", "finished"),
        ("running_tool", "started"),
        ("running_tool", "finished"),
        ("summarizing", "started"),
        ("summarizing", "finished"),
    ]
    retrieved, queried = told.statuses[1], told.statuses[3]
    assert retrieved.detail == "8 passages from 5 documents"
    assert retrieved.tool is not None
    assert retrieved.tool.name == "search_documents"
    assert queried.tool is not None
    assert queried.tool.name == "query_table"
    assert isinstance(queried.tool.arguments, dict)
    assert "SELECT" in str(queried.tool.arguments["sql"])
    assert isinstance(queried.tool.result, dict)
    assert queried.tool.result["row_count"] == 9


async def test_the_demo_question_is_answered_with_measure_and_dates(sample: Library) -> None:
    told = await ask(sample, MAIN_QUESTION)
    lead = told.answer.split("\n")[0]
    assert lead.startswith("Not by the newest figure. Direct customers of 10 % or more (summed) rose from ")
    for stated in ("61 % of revenue in FY2026 Q3", "54 % of revenue in FY2027 Q1", "16 % of revenue in FY2027 Q2"):
        assert stated in lead
    assert "period ended 2026-07-26" in lead
    assert "together 70 % of receivables" in lead
    assert (
        "FY2024 Q3 12, FY2025 Q3 36, FY2026 Q1 30, FY2026 Q2 39, FY2026 Q3 61, FY2027 Q1 54, FY2027 Q2 16"
        in told.answer
    )
    assert "“Receivables stay concentrated: five customers accounted for" in told.answer
    assert "“Supply and capacity commitments" in told.answer


async def test_the_demo_question_cites_filings(sample: Library) -> None:
    told = await ask(sample, MAIN_QUESTION)
    filings = [citation for citation in told.citations if citation.title.startswith("NVIDIA 10-")]
    assert len({citation.title for citation in filings}) >= 4
    for citation in filings:
        assert citation.url is not None
        assert citation.url.startswith("https://www.sec.gov/Archives/edgar/data/1045810/")
        assert citation.source is not None
        accession, filed = citation.source.removeprefix("note on SEC filing ").split(", filed ")
        assert accession.replace("-", "") in citation.url
        assert filed.startswith("20")
    # The figures of the lead are cited to the filings that state them, not to the table.
    for value, period in (("61 %", "FY2026 Q3"), ("54 %", "FY2027 Q1"), ("16 %", "FY2027 Q2")):
        assert any(value in (one.quote or "") and one.title.endswith(period) for one in filings)


async def test_a_quote_is_cited_with_what_stands_around_it(sample: Library) -> None:
    told = await ask(sample, MAIN_QUESTION)
    surrounded = [citation for citation in told.citations if citation.before or citation.after]
    assert surrounded
    for citation in surrounded:
        assert citation.document_id
        assert citation.quote
        text = " ".join(sample.corpus.text(citation.document_id).split())
        place = text.index(" ".join(citation.quote.split()))
        assert text[:place].rstrip().endswith((citation.before or "").removeprefix("… "))
        behind = text[place + len(" ".join(citation.quote.split())) :].lstrip()
        assert behind.startswith((citation.after or "").removesuffix(" …"))


async def test_the_demo_question_draws_the_share_by_quarter(sample: Library) -> None:
    told = await ask(sample, MAIN_QUESTION)
    chart = told.content("chart")
    (trace,) = chart["data"]
    assert trace["type"] == "bar"
    assert trace["y"] == [0, 17, 12, 36, 30, 39, 61, 54, 16]
    assert trace["x"][0] == "2023-04-30"
    assert trace["x"][-1] == "2026-07-26"
    assert chart["layout"]["xaxis"]["ticktext"][-1] == "FY2027 Q2"
    assert chart["layout"]["yaxis"]["title"]["text"] == "% of revenue"
    assert len(told.content("documents")["items"]) == 8


async def test_the_demo_question_warns_that_the_newest_filing_contradicts_the_trend(sample: Library) -> None:
    told = await ask(sample, MAIN_QUESTION)
    warning = told.warnings["newest_contradicts_trend"]
    assert "NVIDIA 10-Q, FY2027 Q2 (note on SEC filing 0001045810-26-000075, filed 2026-08-26)" in warning.message
    about = next(citation for citation in told.citations if citation.citation_id == warning.citation_id)
    assert about.title == "NVIDIA 10-Q, FY2027 Q2"


async def test_a_steady_rise_is_told_without_that_warning(sample: Library) -> None:
    told = await ask(sample, "How has data center revenue developed?")
    assert told.answer.startswith("Platform revenue: Data center rose from USD 3,833 million in FY2023 Q3 [1]")
    assert "USD 89,023 million in FY2027 Q2" in told.answer
    assert "newest_contradicts_trend" not in told.warnings


async def test_one_period_is_a_value(sample: Library) -> None:
    told = await ask(sample, "What was gaming revenue in FY2026 Q3?")
    assert told.answer.startswith("Platform revenue: Gaming was USD 4,265 million in FY2026 Q3 [1].")
    assert told.content("value") == {"value": "4,265", "unit": "USD million", "detail": "FY2026 Q3"}
    assert told.citations[0].title == "NVIDIA 10-Q, FY2026 Q3"
    assert "thin_evidence" in told.warnings


@pytest.mark.parametrize("question", [*(question for question, _ in FOUND_IN_SAMPLE), *MORE_OF_SAMPLE])
async def test_answers_from_the_sample_are_sound(sample: Library, question: str) -> None:
    told = await ask(sample, question)
    assert told.is_found
    assert_sound(told, sample)


@pytest.mark.parametrize(("question", "expected"), FOUND_IN_HANDBOOK)
async def test_answers_from_the_handbook_quote_the_sentence(handbook: Library, question: str, expected: str) -> None:
    told = await ask(handbook, question)
    assert told.is_found
    assert expected in " ".join(told.quotes.split())
    assert_sound(told, handbook)


WORDS = """
is how what customer customers revenue concentration rising falling FY2026 Q3 2024 leave days laptop badge gaming supply
commitments receivables training budget sales by platform in of the quarter risk share not-there zebra
"""


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=7).map(" ".join))
async def test_any_answer_is_sound(sample: Library, handbook: Library, question: str) -> None:
    for library in (sample, handbook):
        assert_sound(await ask(library, question), library)


async def test_a_folder_of_every_format(library_of: LibraryOf, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "a.md").write_text("# Whales\n\nThe blue whale eats krill.")
    (folder / "b.txt").write_bytes("Der Wal frißt Öl – nein, Krill.".encode("latin-1", "replace"))
    (folder / "c.html").write_text("<title>Squid</title><p>The giant squid has three hearts.</p>")
    (folder / "d.pdf").write_bytes(pdf_of([["Nothing here."], ["The narwhal has one tusk."]], "Narwhals"))
    (folder / "e.csv").write_text("animal,length_m\nblue whale,30\nnarwhal,5\n")
    (folder / "f.pdf").write_bytes(encrypted(pdf_of([["secret"]]), "key"))
    library = library_of(folder)
    report = library.refresh()
    assert [str(skipped) for skipped in report.skipped] == ["f.pdf was skipped: it is encrypted and needs a password."]
    for question, document, page in (
        ("What does the blue whale eat?", "a.md", None),
        ("Was frißt der Wal?", "b.txt", None),
        ("How many hearts does the giant squid have?", "c.html", None),
        ("How many tusks does a narwhal have?", "d.pdf", 2),
    ):
        told = await ask(library, question)
        assert_sound(told, library)
        assert told.citations[0].document_id == document
        locator = told.citations[0].locator
        assert locator is not None
        assert locator.page == page
    told = await ask(library, "What is the length of a blue whale?")
    assert told.content("table") == {"columns": ["animal", "length_m"], "rows": [["blue whale", "30"]]}
    assert "blue whale,30" in told.quotes


@pytest.mark.parametrize("long_look_s", [60.0, -1.0])
async def test_a_changed_file_is_read_before_the_next_answer(
    library_of: LibraryOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, long_look_s: float
) -> None:
    monkeypatch.setattr("backend.agents.documents.library.CHECK_SECONDS", 0.0)
    monkeypatch.setattr("backend.agents.documents.library.LONG_LOOK_S", long_look_s)
    folder = tmp_path / "live"
    folder.mkdir()
    (folder / "a.txt").write_text("The meeting is on Monday.")
    library = library_of(folder)
    library.refresh()
    assert "Monday" in (await ask(library, "When is the meeting?")).quotes
    (folder / "a.txt").write_text("The meeting is on Thursday.")
    assert "Thursday" in (await ask(library, "When is the meeting?")).quotes


async def test_the_highest_value_is_named_where_it_is_asked_for(sample: Library) -> None:
    told = await ask(sample, "What was the highest share of direct customers?")
    assert_sound(told, sample)
    assert "The highest figure of" in told.answer
    assert "61 % of revenue in FY2026 Q3" in told.answer


async def test_hostile_documents_stay_text(library_of: LibraryOf, tmp_path: Path) -> None:
    folder = tmp_path / "hostile"
    folder.mkdir()
    (folder / "a.md").write_text(
        "# Treasure [9]\n\nThe treasure [3] lies ![x](https://evil.example/x.png) under "
        "<img src=x onerror=alert(1)> [4, 5]."
    )
    (folder / "b.txt").write_text("The treasure is `[7]` *not* [link](javascript:alert(1)) <script> [8].")
    (folder / "c.csv").write_text("month,<b>treasure</b>\n2024-01,1\n2024-02,2\n")
    library = library_of(folder)
    for question in ("Where is the treasure?", "How has treasure developed?"):
        told = await ask(library, question)
        assert_sound(told, library)
        assert "![" not in told.answer
        assert "<img" not in told.answer.replace("\\<", "")
        assert "<script" not in told.answer.replace("\\<", "")


DOCUMENT = Document(1, "a.txt", "x", "prose", "A", "a.txt", "", "", {})


def quote(text: str, start: int = 0) -> Quote:
    return Quote(DOCUMENT, start, start + len(text), text, None, 1)


def test_a_citation_is_sent_once_and_before_its_marker_with_all_its_spans() -> None:
    one, two = quote("one"), quote("two", 10)
    composed = Composition().say("First thing").cite(one, two).say(". Second thing").cite(one).say(".")
    sent = list(drafts(composed.warn("code", "Message.", two)))
    answer = "".join(draft.text for draft in sent if isinstance(draft, TokenEvent))
    assert answer == "First thing [1] [2]. Second thing [1]."
    citations = [draft for draft in sent if isinstance(draft, CitationEvent)]
    assert [citation.number for citation in citations] == [1, 2]
    ranges = [[answer[span.start : span.end] for span in citation.spans] for citation in citations]
    assert ranges == [["First thing", "Second thing"], ["First thing"]]
    assert [draft.citation_id for draft in sent if isinstance(draft, WarningEvent)] == ["c2"]


@given(st.text(alphabet=st.sampled_from("[]0123, `*_<>!&#~$\\a\n"), max_size=60))
def test_quotes_hold_no_marker(text: str) -> None:
    for name in ("a.txt", "a.md"):
        document = Document(1, name, "x", "prose", "A", name, "", "", {})
        line = f"- {shown(Quote(document, 0, len(text), text, None, 1))} [7]"
        assert [marker.number for marker in find_markers(line)] == [7]
    assert find_markers(literal(text)) == ()
