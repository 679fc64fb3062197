"""What a search in many runs costs."""

import sqlite3
from collections.abc import Iterator

import pytest

from backend.runs.search import RunQuery
from backend.runs.sqlite.run_search import FEW_RUNS, find_runs
from backend.runs.sqlite.schema import connect, prepare

RARE = 20
"""One run in so many has the other agent."""


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """Twice as many runs of one agent as are few, all ended, and among them some of another."""
    folder = tmp_path_factory.mktemp("history")
    connection = connect(folder)
    prepare(connection, folder)
    numbers = range(1, 2 * FEW_RUNS + 1)
    connection.execute("BEGIN")
    connection.execute("INSERT INTO session (session_id, title, created_at, updated_at) VALUES ('s', '', '', '')")
    connection.executemany(
        "INSERT INTO run (number, run_id, session_id, question, agent, options, created_at, attempt, outcome, "
        "last_seq, cancel_requested, attachments) "
        "VALUES (?1, 'run_' || ?1, 's', 'Question ' || ?1, ?2, '{}', '', 1, 'completed', 1, 0, '')",
        ((number, "rare" if number % RARE == 0 else "usual") for number in numbers),
    )
    connection.execute("INSERT INTO run_text SELECT number, lower(question) FROM run")
    connection.execute("COMMIT")
    yield connection
    connection.close()


def steps(connection: sqlite3.Connection, query: RunQuery) -> int:
    """How many hundreds of steps SQLite takes for the first page."""
    taken: list[None] = []
    connection.set_progress_handler(lambda: taken.append(None), 100)
    try:
        find_runs(connection, query, 50, "")
    finally:
        connection.set_progress_handler(None, 0)
    return len(taken)


@pytest.mark.parametrize("query", [RunQuery("unicorn", "usual"), RunQuery("unicorn", outcome="completed")])
def test_a_text_that_is_nowhere_costs_no_more_where_most_runs_fit_otherwise(
    history: sqlite3.Connection, query: RunQuery
) -> None:
    assert steps(history, query) <= 2 * steps(history, RunQuery("unicorn"))


def test_where_few_runs_fit_otherwise_the_other_texts_are_not_read(history: sqlite3.Connection) -> None:
    assert steps(history, RunQuery("unicorn", "rare")) <= 0.5 * steps(history, RunQuery("unicorn"))


@pytest.mark.parametrize("agent", ["usual", "rare"])
@pytest.mark.parametrize("text", ["", "question 1", "question 9999", "unicorn"])
@pytest.mark.parametrize("before", ["", "7501", "2"])
def test_every_way_finds_the_same_runs(history: sqlite3.Connection, agent: str, text: str, before: str) -> None:
    query = RunQuery(text, agent, "completed")
    found, behind = find_runs(history, query, 50, before)
    fitting = [
        number
        for number in range(int(before or 2 * FEW_RUNS + 1) - 1, 0, -1)
        if (number % RARE == 0) == (agent == "rare") and text in f"question {number}"
    ]
    assert [run.number for run in found] == fitting[:50]
    assert behind == (str(fitting[49]) if len(fitting) > 50 else None)
