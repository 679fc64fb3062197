"""A CSV of questions with reference answers becomes a suite.

==============  ==================================================================================================
Question        the question
Source Docs     globs over the names of the files that the answer rests on, separated by commas, semicolons or lines;
                ``Sources`` is the same
Subject Docs    globs for every file that is about what was asked, where that is more than Source Docs
Answer          a reference answer: its figures are what the agent's answer must state
anything else   a label, by which results are grouped
==============  ==================================================================================================

The case of the names is ignored. Question is needed, and Source Docs or Answer.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from backend.metrics.not_found import reads_not_found
from backend.metrics.numbers import figures
from backend.protocol.options import MAX_QUESTION_BYTES
from backend.yaml_lines.complaints import SourceError
from evals.suites.expectation import MOST_LISTED, WrittenExpectation
from evals.suites.load import MAX_CONCURRENCY
from evals.suites.suite import MAX_NAME, MAX_SCENARIOS, Suite, WrittenScenario
from evals.suites.suite_file import SuiteError

AGENT: Final = "documents"
"""The agent that is asked where no other is named."""

MAX_FILE_BYTES: Final = 64 * 1024 * 1024
DEADLINE_S: Final = 120.0

_DELIMITERS: Final = (",", ";", "\t", "|")
_QUESTION, _SOURCES, _SUBJECT, _ANSWER = "question", "source docs", "subject docs", "answer"
_ALSO: Final[Mapping[str, str]] = {"sources": _SOURCES, "source": _SOURCES, "source_docs": _SOURCES}
_ROOM_FOR_NUMBER: Final = 9
_LONGEST_LABEL: Final = 100
_LONGEST_GLOB: Final = 1000
_MOST_LABELS: Final = 20
_SHORTEST_NAME: Final = 3

_SUFFIX: Final = r"\.(?:pdf|docx?|xlsx?|pptx?|md|markdown|txt|html?|csv|tsv|json|eml|ipynb|zip)\b"
_NO: Final = re.compile(r"(?i)\W*no(?:ne)?\b")
_SOURCE_NOTE: Final = re.compile(rf"(?i)\bsources?(?:\(s\))?\s*:[^\n)]*?{_SUFFIX}[^\n)]*")
_QUOTED_NAME: Final = re.compile(rf"(?i)[\"'“‘(][^\"'”’()\n]{{0,200}}?{_SUFFIX}[\"'”’)]")
_BARE_NAME: Final = re.compile(rf"(?i)\S+{_SUFFIX}")


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the file by its columns' names, and the line on which it ends."""

    line: int
    cells: Mapping[str, str]
    labels: Mapping[str, str]


def load_questions(path: Path, agent: str = AGENT, concurrency: int = 1) -> Suite:
    """The suite of the questions in a CSV, each asked of ``agent`` once. Raises ``SuiteError`` for a file that cannot
    be read, and ``SourceError`` with file and line for one that cannot be used."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise SuiteError(f"The questions {path} cannot be read: {error.strerror or error}.") from error
    return parse_questions(content, path.name, agent, concurrency)


def parse_questions(content: bytes, file: str, agent: str = AGENT, concurrency: int = 1) -> Suite:
    """The suite in a file's bytes; ``file`` is its name in messages. Raises ``SourceError``."""
    names: Counter[str] = Counter()
    scenarios: list[WrittenScenario] = []
    for row in _rows(_decoded(content, file), file):
        if len(scenarios) == MAX_SCENARIOS:
            raise SourceError(file, row.line, f"a file may have {MAX_SCENARIOS:,} questions: split it.")
        scenarios.append(_scenario(row, file, agent, names))
    if not scenarios:
        raise SourceError(file, 1, "there is no question below the names of the columns.")
    return Suite(
        suite=file[:_LONGEST_LABEL],
        description=f"The questions of {file}, asked of {agent}.",
        repeats=1,
        concurrency=min(concurrency, MAX_CONCURRENCY),
        deadline_s=DEADLINE_S,
        runs=tuple(scenarios),
    )


def expectation(question: str, sources: Sequence[str], subject: Sequence[str], answer: str) -> WrittenExpectation:
    """What a reference answer says is right: its figures, and that nothing is there to be found where it names no
    source and says so. Where it has sources and says so, or only says no, an agent may do either."""
    says_nothing = reads_not_found(answer)
    found = () if says_nothing and not sources else figures(_without_file_names(answer, (*sources, *subject)), question)
    not_found: bool | None = False
    if says_nothing or not (answer.strip() or sources) or (not found and _NO.match(answer)):
        not_found = True if says_nothing and not sources else None
    return WrittenExpectation(
        sources=tuple(sources),
        subject=tuple(subject),
        numbers=tuple(figure.text for figure in found[:MOST_LISTED]),
        not_found=not_found,
    )


def _without_file_names(answer: str, globs: Sequence[str]) -> str:
    """The answer without the names of its source files: digits in them are not figures."""
    names = {part.strip() for glob in globs for part in re.split(r"[*?\[\]]", glob)}
    folded = answer.casefold()
    for name in sorted(names, key=len, reverse=True):
        # Most answers name no file, and compiling a pattern takes ten times as long as the rest of a question.
        if len(name) >= _SHORTEST_NAME and name.casefold() in folded:
            answer = re.sub(rf"(?i){re.escape(name)}(?:{_SUFFIX})?", " ", answer)
    for pattern in (_SOURCE_NOTE, _QUOTED_NAME, _BARE_NAME):
        answer = pattern.sub(" ", answer)
    return answer


def _scenario(row: _Row, file: str, agent: str, names: Counter[str]) -> WrittenScenario:
    question = row.cells.get(_QUESTION, "")
    if not question:
        raise SourceError(file, row.line, "this row has no question: add it, or remove the row.")
    if len(question.encode()) > MAX_QUESTION_BYTES:
        message = f"the question has more than {MAX_QUESTION_BYTES:,} bytes: shorten it."
        raise SourceError(file, row.line, message)
    sources, subject = (_globs(row.cells.get(column, ""), row, file) for column in (_SOURCES, _SUBJECT))
    return WrittenScenario(
        agent=agent,
        question=question,
        expect=expectation(question, sources, subject, row.cells.get(_ANSWER, "")),
        labels=dict(row.labels),
        name=_name(question, names),
    )


def _name(question: str, names: Counter[str]) -> str:
    """The question as the name of its scenario, cut to its length; a number makes equal beginnings different."""
    line = " ".join(question.split())
    short = line if len(line) <= MAX_NAME else f"{line[: MAX_NAME - _ROOM_FOR_NUMBER].rstrip()} …"
    names[short] += 1
    return short if names[short] == 1 else f"{short[: MAX_NAME - _ROOM_FOR_NUMBER]} ({names[short]})"


def _globs(cell: str, row: _Row, file: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(filter(None, map(str.strip, re.split(r"[,;\n]", cell)))))
    if len(found) > MOST_LISTED or any(len(glob) > _LONGEST_GLOB for glob in found):
        message = f"a cell may name {MOST_LISTED} files of {_LONGEST_GLOB:,} characters: use a glob such as '*2023*'."
        raise SourceError(file, row.line, message)
    return found


def _decoded(content: bytes, file: str) -> str:
    if len(content) > MAX_FILE_BYTES:
        raise SourceError(file, 1, f"the file is larger than {MAX_FILE_BYTES:,} bytes, the limit; split it.")
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SourceError(file, line, "this is not UTF-8 text; save the file as CSV in UTF-8.") from error
    if not text.strip():
        raise SourceError(
            file, 1, "the file is empty; expected a CSV with the columns Question, Source Docs and Answer."
        )
    return text


def _rows(text: str, file: str) -> Iterator[_Row]:
    """The rows below the names of the columns; empty ones are left out."""
    delimiter, columns = _columns(text, file)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        next(reader)
        for cells in reader:
            values = [cell.strip().replace("\r\n", "\n").replace("\r", "\n") for cell in cells]
            if not any(values):
                continue
            if any(values[len(columns) :]):
                message = f"this row has {len(values)} cells and the file {len(columns)} columns: quote its texts."
                raise SourceError(file, reader.line_num, message)
            named = dict(zip((_known(column) for column in columns), values, strict=False))
            yield _Row(reader.line_num, named, _labels(columns, values))
    except csv.Error as error:
        raise SourceError(file, reader.line_num, f"this is not CSV ({error}); check the quotes.") from error


def _columns(text: str, file: str) -> tuple[str, list[str]]:
    """The delimiter under which the first row names a column Question, and the names of the columns."""
    heads = {delimiter: _first_row(text, delimiter) for delimiter in _DELIMITERS}
    found = next((delimiter for delimiter, head in heads.items() if _QUESTION in map(_known, head)), None)
    if found is None:
        widest = max(heads.values(), key=len)
        there = ", ".join(filter(None, widest)) or "nothing"
        raise SourceError(
            file, 1, f"there is no column Question: the first row must name the columns, not {there[:200]}."
        )
    known = [_known(column) for column in heads[found]]
    if not {_SOURCES, _ANSWER} & set(known):
        raise SourceError(
            file, 1, "there is no column Source Docs or Answer, so nothing is known to be right: add one."
        )
    twice = next((name for name in known if name and known.count(name) > 1), None)
    if twice is not None:
        raise SourceError(file, 1, f"two columns are named {twice!r}: rename or remove one of them.")
    return found, heads[found]


def _first_row(text: str, delimiter: str) -> list[str]:
    try:
        return [" ".join(cell.split()) for cell in next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))]
    except (csv.Error, StopIteration):
        return []


def _known(column: str) -> str:
    name = column.casefold()
    return _ALSO.get(name, name)


def _labels(columns: Sequence[str], values: Sequence[str]) -> Mapping[str, str]:
    of_questions = {_QUESTION, _SOURCES, _SUBJECT, _ANSWER}
    pairs = (
        (column[:_LONGEST_LABEL], value[:_LONGEST_LABEL])
        for column, value in zip(columns, values, strict=False)
        if column and value and _known(column) not in of_questions
    )
    return dict(list(pairs)[:_MOST_LABELS])
