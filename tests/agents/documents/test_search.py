"""From a question to passages: what is found, what is not, and that no question breaks it."""

import contextlib
import sqlite3
import unicodedata

import pytest
from hypothesis import given, settings, strategies as st

from backend.agents.documents.library import Library
from backend.agents.documents.periods import Period, find_periods, parse_period
from backend.agents.documents.search.matching import TextMatcher, expression, quoted
from backend.agents.documents.search.question import understand
from backend.agents.documents.search.retrieval import Retrieval, retrieve
from backend.agents.documents.search.tokens import stems_of
from backend.agents.documents.search.vocabulary import related

FOUND_IN_HANDBOOK = [
    ("How many days of annual leave do I have?", "28 days of paid annual leave"),
    ("How long is parental leave?", "twelve weeks of parental leave"),
    ("When do I need a medical certificate?", "from the fourth day on"),
    ("Can I work from home?", "three days a week"),
    ("How much vacation do employees get?", "28 days of paid annual leave"),
    ("What happens if I lose my laptop?", "lends a laptop"),
    ("How much may a hotel cost?", "140 EUR a night"),
    ("Is alcohol reimbursed?", "Alcohol is never reimbursed"),
    ("By when do I hand in receipts?", "within 30 days"),
    ("Who must approve claims above 500 EUR?", "head of department"),
    ("How long must a password be?", "at least 14 characters"),
    ("What do I do with a suspicious mail?", "phishing@handbook.example"),
    ("Do visitors need a badge?", "Visitors wear a badge"),
    ("Is photography allowed in the laboratory?", "Photography is prohibited"),
    ("Can I carry over unused leave?", "five unused days"),
    ("Does the company pay for a desk?", "A desk or chair is not paid for"),
    ("May I work from another country?", "20 working days a year"),
    ("How many seats does the Turing room have?", "Turing,2,30,yes"),
    ("Is adoption treated like birth?", "Adoption is treated like birth"),
    ('What about "paid annual leave"?', "paid annual leave"),
    ("remote working???", "work from home"),
]
NOT_IN_HANDBOOK = [
    "What is the dress code?",
    "How much is the Christmas bonus?",
    "Who is the chief executive?",
    "What is the company's stock price?",
    "When was the company founded?",
    "Do we get free lunch?",
    "How do I book a company car?",
    "What is the weather tomorrow?",
    "Can I bring my dog?",
    "What is the maternity pay in Brazil?",
    "Where is the parking lot?",
    "Is NVIDIA's customer concentration risk rising?",
    "How has data center revenue developed?",
    'Is there an "unpaid annual leave"?',
    "Wie hoch ist das Weihnachtsgeld?",
    "¿Cuál es la capital de Francia?",
    "日本の首都はどこですか？",
]
FOUND_IN_SAMPLE = [
    ("Is NVIDIA's customer concentration risk rising?", "FY2027 Q2"),
    ("How has data center revenue developed?", "Data Center revenue"),
    ("What are supply commitments?", "Supply and capacity commitments"),
    ("What was gaming revenue in FY2026 Q3?", "Gaming USD 4,265 million"),
    ("gaming revenue in the third quarter of fiscal 2026", "Gaming USD 4,265 million"),
    ("Are customer labels the same in every filing?", "labels for customers"),
    ("What is an indirect customer?", "indirect customer"),
    ("How is geography defined?", "billing location"),
    ("Which large cloud service provider buys through others?", "A large cloud service provider"),
    ("How large are receivables of five customers?", "five customers accounted"),
]
NOT_IN_SAMPLE = [
    "Who is the CEO of NVIDIA?",
    "What is the capital of France?",
    "What was revenue in FY2019?",
    "What is the dividend?",
    "Which customers complained?",
    "What is revenue in Germany?",
    "How many employees does NVIDIA have?",
    "What is the gross margin?",
    "What did the auditor say?",
    "How much tax does NVIDIA pay?",
    "What was gaming revenue in FY2027 Q2?",
    "How many days of annual leave do I have?",
]


def retrieved(library: Library, question: str) -> Retrieval:
    return retrieve(library.corpus, understand(question))


def context(retrieval: Retrieval) -> str:
    return "\n".join(f"{hit.passage.document.title}: {' '.join(hit.passage.text.split())}" for hit in retrieval.hits)


@pytest.mark.parametrize(("question", "expected"), FOUND_IN_HANDBOOK)
def test_handbook_answers(handbook: Library, question: str, expected: str) -> None:
    retrieval = retrieved(handbook, question)
    assert retrieval.is_answered
    assert expected in context(retrieval)


@pytest.mark.parametrize("question", NOT_IN_HANDBOOK)
def test_handbook_does_not_answer(handbook: Library, question: str) -> None:
    assert not retrieved(handbook, question).is_answered


@pytest.mark.parametrize(("question", "expected"), FOUND_IN_SAMPLE)
def test_sample_answers(sample: Library, question: str, expected: str) -> None:
    retrieval = retrieved(sample, question)
    assert retrieval.is_answered
    assert expected in context(retrieval)


@pytest.mark.parametrize("question", NOT_IN_SAMPLE)
def test_sample_does_not_answer(sample: Library, question: str) -> None:
    assert not retrieved(sample, question).is_answered


def test_unknown_words_are_named(sample: Library) -> None:
    assert retrieved(sample, "Who is the CEO of NVIDIA?").unknown == ("ceo",)


def test_passages_are_ranked_and_of_several_documents(sample: Library) -> None:
    retrieval = retrieved(sample, "Is NVIDIA's customer concentration risk rising?")
    scores = [hit.score for hit in retrieval.hits]
    assert scores == sorted(scores, reverse=True)
    assert len(retrieval.names) >= 4
    assert retrieval.hits[0].passage.document.date == "2026-08-26"


SYNTAX = [
    *('"', "'", "*", "(", ")", "^", ":", "-", "+", "NEAR", "AND", "OR", "NOT", "{a b}", "leave", "\x00", "\ud800"),
    *("title:", "\u202e", "é", "e\u0301", "日本", "🙂", "10-K", "$1", ";", "--", "\\", "%", "[1]", "“", "”", "«x»"),
]


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(
        st.text(max_size=80),
        st.lists(
            st.sampled_from(SYNTAX),
            max_size=12,
        ).map(" ".join),
    )
)
def test_no_question_breaks_the_search(handbook: Library, question: str) -> None:
    retrieval = retrieved(handbook, question)
    assert len(retrieval.hits) <= 8
    assert all(0.0 <= hit.coverage <= 1.0 + 1e-9 for hit in retrieval.hits)


def test_expression_quotes_everything() -> None:
    assert expression(understand('foo" OR body:* NEAR(bar)').concepts).count('"') % 2 == 0
    assert quoted('a"b\x00c') == '"a b c"'
    assert quoted("abc*") == '"abc" *'


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What's NVIDIA's revenue?", ["nvidia", "revenue"]),
        ("Is the US or the IT department meant by us?", ["us", "it", "department", "meant"]),
        ("Wie viele Urlaubstage habe ich?", ["urlaubstage"]),
        ("Quelle est l'inflation?", ["inflation"]),
        ("long-term e-mail 10-K", ["long-term", "e-mail", "10-k"]),
        ('the "annual leave" rule', ["annual leave", "rule"]),
        ("revenue in FY26 Q3 and in 2024", ["revenue", "FY2026 Q3, 2024"]),
        ("?!", []),
    ],
)
def test_words_of_a_question(question: str, words: list[str]) -> None:
    assert [concept.word for concept in understand(question).concepts] == words


@pytest.mark.parametrize(
    "question",
    [
        "Which patents are there, especially weird ones?",
        "Which patents are there in the weird matters section?",
        "Which patents are there, and why are they weird?",
    ],
)
def test_what_is_asked_aside_counts_less(question: str) -> None:
    importance = {concept.word: concept.importance for concept in understand(question).concepts}
    assert importance["weird"] < importance["patents"]


@pytest.mark.parametrize(
    ("question", "direction", "is_yes_or_no"),
    [
        ("Is revenue rising?", "rising", True),
        ("Has it fallen?", "falling", True),
        ("How did revenue develop?", "changing", False),
        ("What is revenue?", "", False),
    ],
)
def test_direction_asked_for(question: str, direction: str, is_yes_or_no: bool) -> None:
    understood = understand(question)
    assert (understood.direction, understood.is_yes_or_no) == (direction, is_yes_or_no)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("FY2027 Q2", Period(2027, quarter=2, fiscal=True)),
        ("FY27Q2", Period(2027, quarter=2, fiscal=True)),
        ("Q2 FY2027", Period(2027, quarter=2, fiscal=True)),
        ("second quarter of fiscal 2027", Period(2027, quarter=2, fiscal=True)),
        ("second quarter 2027", Period(2027, quarter=2)),
        ("2024 Q3", Period(2024, quarter=3)),
        ("Q3/2024", Period(2024, quarter=3)),
        ("fiscal year 2026", Period(2026, fiscal=True)),
        ("2024-05", Period(2024, month=5)),
        ("2024-05-31", Period(2024, month=5, day=31)),
        ("31.05.2024", Period(2024, month=5, day=31)),
        ("May 2024", Period(2024, month=5)),
        ("2024", Period(2024)),
    ],
)
def test_periods(text: str, period: Period) -> None:
    assert parse_period(text) == period
    assert [found for found, _, _ in find_periods(f"so in {text}, was it")] == [period]
    assert text.lower() in period.spellings() or any(parse_period(one) == period for one in period.spellings())


@pytest.mark.parametrize("text", ["", "1234", "12", "3 May", "Q5 2024", "FY", "version 2.10", "20245", "10-Q"])
def test_what_is_no_period(text: str) -> None:
    assert parse_period(text) is None


def test_a_fiscal_year_is_no_calendar_year() -> None:
    year, quarter = Period(2026, fiscal=True), Period(2026, quarter=3, fiscal=True)
    assert year.contains(quarter)
    assert Period(2026).contains(quarter)
    assert not year.contains(Period(2026, quarter=3))
    assert not quarter.contains(year)
    assert Period(2024, quarter=2).contains(Period(2024, month=5))


def test_related_words() -> None:
    assert "10 or more" in related("concentration")
    assert "annual leave" in related("vacations")
    assert "lost" in related("lose")
    assert related("whale") == ()


def test_matcher_stems_as_the_index_does() -> None:
    matcher = TextMatcher(["Concentrated customers", "the café", "other"])
    assert matcher.having("customer concentration") == frozenset()
    assert matcher.having("concentration") == {0}
    assert matcher.having("cafe") == {1}
    assert matcher.having("conc*") == {0}
    assert matcher.having("custom conc*") == frozenset()
    assert matcher.having("concentrated cust*") == {0}
    assert matcher.having("???") == frozenset()


def test_stems_are_those_of_the_index_for_every_letter() -> None:
    letters = [chr(code) for code in range(0x3000) if unicodedata.category(chr(code)) != "Cs"]
    texts = [" ".join(f"q{one}nesses {one}" for one in letters[at : at + 64]) for at in range(0, len(letters), 64)]
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(
            "CREATE VIRTUAL TABLE texts USING fts5 (body, tokenize = 'porter unicode61 remove_diacritics 2')"
        )
        connection.execute("CREATE VIRTUAL TABLE tokens USING fts5vocab (texts, instance)")
        connection.executemany("INSERT INTO texts (rowid, body) VALUES (?, ?)", enumerate(texts))
        indexed: dict[int, list[str]] = {}
        for place, stem in connection.execute("SELECT doc, term FROM tokens ORDER BY doc, offset"):
            indexed.setdefault(place, []).append(stem)
    assert [stems_of(text).split() for text in texts] == [indexed[place] for place in range(len(texts))]
