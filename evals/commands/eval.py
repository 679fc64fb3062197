"""``playhead eval``: measures a suite and writes the report; the exit code says whether every run was as expected."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evals.commands.option_conflicts import check_together

if TYPE_CHECKING:
    from evals.comparison.gate import Baseline
    from evals.evaluation.live import PlayInPage
    from evals.files.evaluation import Evaluation
    from evals.playing.foreign.target import ForeignTarget
    from evals.suites.suite import Suite

INTERRUPTED = 130
MOST_LISTED = 20
"""The largest number of runs listed one by one because they did not end as expected."""


class Unusable(click.ClickException):
    """Exit with code 2 and one sentence, since nothing could be measured or compared."""

    exit_code = 2


@click.command(short_help="Measure a suite and write a report.")
@click.argument("suite", required=False)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="The folder for the results."
)
@click.option(
    "--questions",
    type=click.Path(path_type=Path),
    help="Ask the questions of this CSV instead of a SUITE: columns Question, Source Docs and Answer.",
)
@click.option("--agent", help="The agent that --questions asks.  [default: documents]")
@click.option(
    "--concurrency", type=click.IntRange(1, 200), help="How many --questions are asked at a time.  [default: 1]"
)
@click.option(
    "--docs",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="The folder that the documents agent answers from.  [default: the bundled sample]",
)
@click.option("--url", help="A backend to measure.  [default: a temporary one for this suite]")
@click.option(
    "--target",
    metavar="DIALECT:URL",
    help="Measure an agent that is not a Playhead backend, such as openai-chat:http://localhost:11434/v1#MODEL or "
    "ag-ui:http://localhost:8000/agent; a key comes from PLAYHEAD_REMOTE_KEY. Without SUITE: the suite target.",
)
@click.option(
    "--recordings",
    type=click.Path(path_type=Path),
    help="Score this recording, or the *.jsonl of this folder, instead of measuring.",
)
@click.option(
    "--through",
    multiple=True,
    metavar="PAGE",
    help="Ask in the page of this UI too, in a real browser: gradio or streamlit, or gradio=URL for one that is "
    "running. Can be given several times.",
)
@click.option(
    "--repeat", type=click.IntRange(1, 10_000), help="How often each scenario is played.  [default: from the suite]"
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    help="Compare the results with this earlier results.json or its folder: exit code 1 if any metric is worse.",
)
@click.pass_context
def command(
    context: click.Context,
    suite: str | None,
    out: Path,
    questions: Path | None,
    agent: str | None,
    concurrency: int | None,
    docs: Path | None,
    url: str | None,
    target: str | None,
    recordings: Path | None,
    through: tuple[str, ...],
    repeat: int | None,
    baseline: Path | None,
) -> None:
    """Play SUITE (the name of a bundled one, such as quick, or a YAML file) against a backend over HTTP.

    Writes report.html, results.json, runs.csv, events.parquet, recordings of the runs, junit.xml and summary.md
    to the folder --out. Ctrl-C ends the suite early and writes the runs that are done. Exit code 0: every run ended
    as expected and every limit is kept; 1: a run did not, or a limit failed; 2: nothing could be measured, or a limit
    is inconclusive; 130: Ctrl-C.

    With --questions FILE.csv every row is a question: Source Docs are globs over the names of the files that the
    answer rests on, and the figures of Answer are what the agent's answer must state. The results say how often the
    right file was cited, the right figures stated, and "not found" said rightly; other columns group them.

    With --target the harness asks an agent the suite's questions in the agent's own dialect. Every scenario
    needs a question, since only a Playhead backend plays scripts.

    With --recordings nothing is played and no server is needed: the times are those of the server that made the
    recordings, and the same recordings give the same results, byte for byte. SUITE is then optional; it adds
    expectations and limits.

    With --through the suite is played directly and then in the page of the UI, one run at a time, in a
    headless Chromium. The report shows the time that the page adds to the agent and the wire.

    With --baseline the results are compared with earlier ones, as playhead compare does; comparison.html and
    comparison.json show what became better or worse.
    """
    from backend.yaml_lines.complaints import SourceError
    from evals.comparison.doubts import ComparisonError
    from evals.evaluation.offline import RecordingsError
    from evals.files.atomic_files import OutputError, check_writable
    from evals.files.folder import write_evaluation
    from evals.files.results_file import ResultsError
    from evals.pages.page_target import PageError
    from evals.suites.suite_file import SuiteError

    check_together(context.params)
    try:
        pages = _pages(through)
        foreign = _foreign(target)
        loaded = _suite(suite, questions, agent, concurrency, repeat, for_anyone=foreign is not None)
        earlier = _baseline(baseline, loaded)
        check_writable(out)
        evaluation, interrupted = _evaluated(loaded, url, docs, recordings, pages, foreign)
        code: int = evaluation.results.verdict.exit_code
        if evaluation.results.runs:
            write_evaluation(out, evaluation)
        _print_outcome(evaluation, out)
        if earlier and evaluation.results.runs:
            code = earlier.gate(evaluation.results, out)
    except (
        SuiteError, SourceError, OutputError, RecordingsError, PageError, ComparisonError, ResultsError,
    ) as error:  # fmt: skip
        raise Unusable(str(error)) from error
    context.exit(INTERRUPTED if interrupted and evaluation.results.runs else code)


def _suite(
    name: str | None,
    questions: Path | None,
    agent: str | None,
    concurrency: int | None,
    repeat: int | None,
    *,
    for_anyone: bool,
) -> "Suite | None":
    """The suite that is named, or made of the questions; without both the usual one, if it must suit any agent. Raises
    ``SuiteError`` and ``SourceError``."""
    from evals.playing.foreign.target import USUAL_SUITE
    from evals.suites.question_file import AGENT, load_questions
    from evals.suites.suite_file import load_suite

    if questions is not None:
        return load_questions(questions, agent or AGENT, concurrency or 1).with_repeats(repeat)
    name = name or (USUAL_SUITE if for_anyone else None)
    return load_suite(name).with_repeats(repeat) if name else None


def _baseline(path: Path | None, suite: "Suite | None") -> "Baseline | None":
    if path is None:
        return None
    from evals.comparison.gate import Baseline

    return Baseline.read(path, suite)


def _pages(through: Sequence[str]) -> "list[PlayInPage]":
    """The pages that --through names. Raises ``PageError`` where one cannot be measured here."""
    if not through:
        return []
    from functools import partial

    from evals.pages.browser import check_pages
    from evals.pages.page_target import PageTarget

    targets = [PageTarget.parse(text) for text in through]
    check_pages(targets)
    # This imports playwright, which was checked before.
    from evals.pages.page_suite import play_through

    return [partial(play_through, target) for target in targets]


def _foreign(target: str | None) -> "ForeignTarget | None":
    """The agent that --target names. Raises ``Unusable``."""
    if target is None:
        return None
    from evals.playing.foreign.target import ForeignTarget
    from evals.playing.target import TargetError

    try:
        return ForeignTarget.parse(target)
    except TargetError as error:
        raise Unusable(str(error)) from error


def _evaluated(
    suite: "Suite | None",
    url: str | None,
    docs: Path | None,
    recordings: Path | None,
    pages: "Sequence[PlayInPage]",
    foreign: "ForeignTarget | None",
) -> tuple["Evaluation", bool]:
    from evals.commands.measurement import MeasurementError, measure
    from evals.commands.progress import score_with_progress

    if recordings is not None:
        return score_with_progress(recordings, suite)
    if suite is None:
        raise click.UsageError("Name a suite, such as quick, or give --questions or --recordings.")
    try:
        return measure(suite, url, docs, pages, foreign)
    except MeasurementError as error:
        raise Unusable(str(error)) from error


def _print_outcome(evaluation: "Evaluation", out: Path) -> None:
    from backend.present.words.printable import printable
    from evals.commands.progress import print_results
    from evals.files.junit import limit_text

    print_results(evaluation.results)
    for limit in evaluation.results.limits:
        if limit.verdict != "pass":
            click.echo(printable(f"{limit_text(limit)}: {limit.verdict}. {limit.reason}"), err=True)
    unexpected = [run for run in evaluation.results.runs if not run.as_expected]
    for run in unexpected[:MOST_LISTED]:
        click.echo(printable(f"{run.scenario}, run {run.repeat}: {run.error or ' '.join(run.surprises)}"), err=True)
    if len(unexpected) > MOST_LISTED:
        click.echo(f"and {len(unexpected) - MOST_LISTED} more, which junit.xml has all", err=True)
    if evaluation.results.runs:
        click.echo(f"report {(out / 'report.html').resolve()}")
