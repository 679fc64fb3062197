"""Who and when a document is about, from signals that any trade gives: all names are invented."""

import pytest
from hypothesis import given, strategies as st

from backend.agents.documents.indexing.document_labels import says_something, stated_title, title_by_content
from backend.agents.documents.indexing.profile import Profile, profile_of, read_periods, stored_periods, subject_key
from backend.agents.documents.periods import Period, find_periods
from backend.agents.documents.readers.extraction import Extraction, Origin, TextBlock

PERIODS = st.one_of(
    st.builds(Period, st.integers(1970, 2069), quarter=st.integers(0, 4), fiscal=st.booleans()),
    st.builds(Period, st.integers(1970, 2069), month=st.integers(1, 12), day=st.integers(0, 28)),
)


def prose(text: str, **given_fields: str) -> Extraction:
    return Extraction(text, (TextBlock(0, len(text)),), fields=given_fields)


@pytest.mark.parametrize(
    ("name", "text", "subjects"),
    [
        ("a.md", "Globex Inc. makes turbines.\n\nThe Company has 40 people.", {"Globex Inc.", "Globex"}),
        ("a.txt", "GLOBEX CORPORATION\n(Exact name of registrant)\n\nGlobex sells copper.", {"Globex"}),
        ("a.txt", "Der Jahresabschluss der Umbra Werke GmbH liegt vor.", {"Umbra Werke GmbH", "Umbra Werke"}),
        ("a.txt", "Contract between Globex Inc. and Initech Ltd.\n\nThe parties agree.", {"Globex", "Initech"}),
        ("CV_Ada_Quill.txt", "Curriculum vitae\n\nAda Quill\n\nShe wrote compilers.", {"Ada Quill", "Quill"}),
        ("WX-200 manual.txt", "Safety\n\nTurn the turbine off before you open it.", {"WX-200"}),
        ("clients/Umbra/notes.md", "We met Umbra on site.\n\nThe offer stands.", {"Umbra"}),
        ("2023 Q2 GBX.txt", "The Company sold copper.", {"GBX"}),
        ("a.txt", "Globex Inc.\n\nTrading symbol(s)\n\nCommon stock GLX NASDAQ", {"GLX"}),
    ],
)
def test_the_subjects_of_a_document(name: str, text: str, subjects: set[str]) -> None:
    assert subjects <= set(profile_of(prose(text), name).subjects)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("0000123456-23-000077.txt", "the text of a filing without any name."),
        ("4946af36-c147-541b-87c7-65ef1cd2e49b.txt", "the text of a file without any name."),
        ("scan 00012.txt", "the text of a scan without any name."),
        ("leave policy.md", "The leave policy gives 30 days. A policy is read once a year; leave is planned."),
    ],
)
def test_numbers_and_common_words_are_no_subjects(name: str, text: str) -> None:
    assert profile_of(prose(text), name).subjects == ()


def test_a_party_that_is_only_mentioned_is_no_subject() -> None:
    text = "Globex Inc. makes turbines.\n\nGlobex is sued by Initech Corp. over one of them. Globex denies it."
    assert "Initech" not in profile_of(prose(text), "a.md").subjects


@pytest.mark.parametrize(
    ("name", "text", "first", "end"),
    [
        ("2023 Q3 GBX.txt", "For the quarterly period ended July 1, 2023", Period(2023, quarter=3), "2023-07-01"),
        ("a.txt", "For the year ended 30 June 2024", Period(2024, month=6), "2024-06-30"),
        ("report-FY24.txt", "", Period(2024, fiscal=True), ""),
        ("minutes_20240512.txt", "", Period(2024, month=5, day=12), ""),
        ("archive/2021/plan.txt", "", Period(2021), ""),
        (
            "a.txt",
            "In the fiscal 2024 first quarter ended September 30, 2023 sales rose.",
            Period(2024, quarter=1, fiscal=True),
            "2023-09-30",
        ),
        ("20080111X00040.txt", "", None, ""),
    ],
)
def test_the_periods_of_a_document(name: str, text: str, first: Period | None, end: str) -> None:
    profile = profile_of(prose(text), name)
    assert (profile.periods[0] if profile.periods else None) == first
    assert profile.period_end == end


@pytest.mark.parametrize(
    "title", ["0000123456-23-000077", "Untitled", "Microsoft Word", "04.01.2023 10Q Document", "scan_0012", "doc1"]
)
def test_a_number_or_a_tool_is_no_title(title: str) -> None:
    assert not says_something(title)


def test_a_document_without_a_title_is_called_by_whom_and_when_it_is_about() -> None:
    document = Extraction("text", (), origin=Origin(title="0000123456-23-000077"))
    assert stated_title(document, "0000123456-23-000077.pdf") == ""
    profile = Profile(("Globex Inc.",), (Period(2023, quarter=2),))
    assert title_by_content(document, profile, "0000123456-23-000077.pdf") == "Globex Inc., 2023 Q2"


@given(PERIODS)
def test_every_spelling_of_a_period_is_read_as_it(period: Period) -> None:
    for spelling in period.spellings():
        read = [found for found, _, _ in find_periods(f"sales in {spelling}, as said")]
        assert len(read) == 1
        assert read[0].contains(period) or period.contains(read[0])


@given(st.lists(PERIODS, max_size=4).map(tuple))
def test_stored_periods_are_read_again(periods: tuple[Period, ...]) -> None:
    assert read_periods(stored_periods(periods)) == periods


@given(PERIODS, st.sampled_from(["quarter", "month", "year"]))
def test_a_shift_there_and_back_is_none(period: Period, unit: str) -> None:
    later = period.shifted(unit, 1)
    assert later is None or later.shifted(unit, -1) == period


@given(st.text(max_size=60))
def test_a_key_stays_what_it_is(name: str) -> None:
    assert subject_key(subject_key(name)) == subject_key(name)
