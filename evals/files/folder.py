"""Everything that is written of an evaluation, in one folder.

========================  =======================================================================
``results.json``          everything that was measured, as JSON
``runs.csv``              one line for each run
``events.parquet``        one row for each event
``recordings/*.jsonl``    runs, to be opened in either UI's Replay
``report.html``           for people; needs nothing else
``summary.md``            for a pull request
``junit.xml``             for build servers
========================  =======================================================================
"""

from pathlib import Path

from evals.files.atomic_files import staged, write_text
from evals.files.evaluation import Evaluation
from evals.files.events_parquet import event_times, write_events
from evals.files.junit import junit_xml
from evals.files.markdown_summary import markdown_summary
from evals.files.recordings import FOLDER, recorded_events, recording_names, recordings
from evals.files.results_file import FILE_NAME, read_results
from evals.files.runs_csv import runs_csv
from evals.report.choice import RunChoice, choose
from evals.report.page import report_html
from evals.report.waterfalls import RunEvents
from evals.results.models import Results

_EVENTS = "events.parquet"


def write_evaluation(folder: Path, evaluation: Evaluation) -> Results:
    """Write all files or none; returns the results as written. Raises ``OutputError``.

    Every measured run gets a recording, up to the limits. Scored recordings are files already: only the runs that the
    report shows by themselves get one.
    """
    choice = choose(evaluation.results.runs)
    with staged(folder) as waiting:
        results = _with_recordings(waiting, evaluation, choice)
        write_text(waiting / FILE_NAME, results.to_json())
        write_text(waiting / "runs.csv", runs_csv(results))
        write_events(waiting / _EVENTS, results.runs, evaluation.event_batches())
        write_text(waiting / "junit.xml", junit_xml(results))
        write_text(waiting / "summary.md", markdown_summary(results))
        write_text(waiting / "report.html", _report(waiting, results, choice))
    return results


def report_of(folder: Path) -> str:
    """The report of an evaluation, drawn from its files: byte for byte the one that was written with them. Raises
    ``ResultsError`` for results that cannot be read, ``OSError`` or ``RecordingError`` if a file beside them is missing
    or damaged."""
    results = read_results(folder)
    return _report(folder, results, choose(results.runs))


def _report(folder: Path, results: Results, choice: RunChoice) -> str:
    return report_html(results, choice, _shown_events(folder, results, choice))


def _shown_events(folder: Path, results: Results, choice: RunChoice) -> dict[int, RunEvents]:
    """The events of the runs that are shown by themselves and have a recording, with their arrival times."""
    names = {place: name for place in choice.shown if (name := results.runs[place].recording) is not None}
    times = event_times(folder / _EVENTS, list(names))
    return {place: RunEvents(recorded_events(folder / name), times[place]) for place, name in names.items()}


def _with_recordings(waiting: Path, evaluation: Evaluation, choice: RunChoice) -> Results:
    """The results, with the names of the written recordings."""
    results = evaluation.results
    order = dict.fromkeys(choice.first)
    if results.target.plane == "wire":
        order |= dict.fromkeys(range(len(results.runs)))
    names = recording_names(results.runs)
    (waiting / FOLDER).mkdir()
    written = {}
    for place, name, text in recordings(evaluation.runs, names, order):
        write_text(waiting / name, text)
        written[place] = name
    runs = (run.model_copy(update={"recording": written.get(place)}) for place, run in enumerate(results.runs))
    return results.model_copy(update={"runs": tuple(runs)})
