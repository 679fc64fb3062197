"""Which runs a report shows by themselves, what makes a run strange, and that a report of many runs stays small."""

import json
import re
from collections.abc import Sequence

import pytest
from playwright.async_api import Browser

from evals.files.evaluation import Evaluation
from evals.report.choice import ALL_SHOWN, choose
from evals.report.distributions import FEWEST_FOR_P95, MOST_DOTS, distribution, distribution_table
from evals.report.figures import MOST_POINTS, citation_moments, differences, every_nth
from evals.report.load import by_load, load_figure, load_table
from evals.report.strangeness import FEWEST_RUNS, strangeness
from evals.results.models import LayerResult, LimitResult, RunResult
from tests.evals.evaluations import evaluation, good_evaluation, report
from tests.ui.accessibility import findings


def runs_of(values: Sequence[float | None], key: str = "ttft_ms", group: str = "g") -> list[RunResult]:
    """Runs that differ in one metric."""
    one = good_evaluation().results.runs[0]
    return [
        one.model_copy(update={"group": group, "repeat": repeat, "metrics": one.metrics | {key: value}})
        for repeat, value in enumerate(values, start=1)
    ]


def strange_of(runs: Sequence[RunResult]) -> dict[int, tuple[str, float]]:
    found = strangeness({"g": list(range(len(runs)))}, runs)
    return {place: (one.metric, one.distance) for place, one in found.items()}


def test_a_run_far_from_the_median_of_its_group_is_strange() -> None:
    # The median is 105, the deviations from it 25, 15, 5, 5, 15 and 195, and their median 15.
    runs = runs_of([80, 90, 100, 110, 120, 300])
    (place,) = strange_of(runs)
    assert place == 5
    metric, distance = strange_of(runs)[5]
    assert metric == "ttft_ms"
    assert distance == pytest.approx(195 / (1.4826 * 15))


def test_what_hardly_varies_makes_nothing_strange() -> None:
    assert strange_of(runs_of([100, 100, 100, 100, 100, 105])) == {}, "two hundredths of the median are a spread"
    assert strange_of(runs_of([0, 0, 0, 0, 0, 1], "dangling_markers")) == {}, "one count is a spread"
    assert strange_of(runs_of([0, 0, 0, 0, 0, 6], "dangling_markers")) == {5: ("dangling_markers", 6.0)}


def test_a_small_group_has_no_usual_spread_and_missing_values_are_left_out() -> None:
    assert strange_of(runs_of([1.0] * (FEWEST_RUNS - 2) + [5000.0])) == {}
    assert strange_of(runs_of([1.0, 1.0, None, None, 5000.0])) == {}


def test_of_many_runs_those_are_shown_that_are_worth_a_look() -> None:
    runs = runs_of([float(100 + number) for number in range(ALL_SHOWN + 1)], "e2e_ms")
    broken = runs[7].model_copy(update={"as_expected": False})
    choice = choose([*runs[:7], broken, *runs[8:]])
    assert choice.unexpected == [7]
    assert choice.slowest[0] == ALL_SHOWN
    assert choice.typical == [(ALL_SHOWN + 1) // 2], "the median of the group"
    assert {7, ALL_SHOWN, *choice.typical} <= set(choice.shown)
    assert len(choice.shown) < 30
    assert choice.first[0] == 7
    assert choose(runs[:ALL_SHOWN]).shown == list(range(ALL_SHOWN))


def test_a_group_without_an_end_is_shown_by_its_first_run() -> None:
    assert choose(runs_of([None, None], "e2e_ms")).typical == [0]


def test_a_distribution_has_a_dot_for_each_run_and_quantiles_for_many() -> None:
    few, many = runs_of([1, 2, 3]), runs_of([float(value) for value in range(MOST_DOTS + 1)])
    dots = [trace for trace in distribution({"a": few}, "ttft_ms", "light")["data"] if trace["name"] == "one run"]
    assert [trace["x"] for trace in dots] == [[1, 2, 3]]
    drawn = distribution({"a": many}, "ttft_ms", "light")["data"]
    assert not [trace for trace in drawn if trace.get("name") == "one run"]
    assert [trace["x"] for trace in drawn if trace["mode"] == "lines"] == [[10, 190], [50, 150]]


def test_intervals_are_drawn_where_there_are_enough_runs() -> None:
    runs = runs_of([float(value) for value in range(1, 101)])
    median, p95 = distribution({"a": runs}, "ttft_ms", "light")["data"][-2:]
    assert (median["x"], p95["x"]) == ([50], [95])
    assert p95["error_x"]["array"][0] > 0
    assert p95["error_x"]["arrayminus"][0] > 0
    (row,) = distribution_table({"a": runs}, ["ttft_ms"]).rows
    assert row[6].text.startswith("9"), "the interval of p95"
    few = distribution({"a": runs[: FEWEST_FOR_P95 - 1]}, "ttft_ms", "light")["data"]
    assert not [trace for trace in few if trace.get("name", "").startswith("p95")]


def test_figures_of_many_runs_take_an_even_share() -> None:
    assert every_nth(range(10), 4) == [0, 3, 6, 9]
    assert every_nth(range(3), 4) == [0, 1, 2]
    assert every_nth([], 4) == []
    groups = {"late": list(good_evaluation().results.runs[:3]) * 1000}
    for figure in (differences(groups, "light"), citation_moments(groups, "dark")):
        assert sum(len(trace["x"]) for trace in figure["data"]) <= MOST_POINTS + 2


def test_waits_from_the_intended_start_stand_beside_those_from_the_request() -> None:
    plain = runs_of([100.0, 120.0])
    assert by_load(plain) == {}, "nothing to compare"
    rate = [
        run.model_copy(
            update={"load": "poisson 5/s", "intended_ms": 400.0, "metrics": run.metrics | {"ttft_intended_ms": 500.0}}
        )
        for run in plain
    ]
    loads = by_load([run.model_copy(update={"load": "closed 2"}) for run in plain] + rate)
    assert list(loads) == ["closed 2", "poisson 5/s"]
    closed, opened = load_table(loads).rows
    assert [cell.text for cell in closed[:4]] == ["closed 2", "2", "0", "100 ms"]
    assert [closed[6].text, opened[6].text, opened[9].text] == ["–", "500 ms", "400 ms"]
    waits, intended = load_figure(loads, "light")["data"]
    assert (len(waits["x"]), len(intended["x"])) == (4, 2)


def test_a_report_of_many_runs_is_small() -> None:
    made = good_evaluation()
    runs = tuple(runs_of([float(100 + number % 37) for number in range(3000)], group="late"))
    results = made.results.model_copy(update={"runs": runs})
    page = report(Evaluation(results, [made.runs[0]] * len(runs)))
    figures = re.findall(r'<script type="application/json" id="figures">(.*?)</script>', page, re.DOTALL)[0]
    assert len(json.loads(figures)) < 40
    assert len(figures) < 1_000_000
    assert len(page) < len(report(made)) + 1_000_000


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_in_the_report_shuts_anybody_out(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, scheme: str
) -> None:
    made = good_evaluation()
    limit = LimitResult(
        metric="ttft_ms", statistic="p95", scenario=None, limit=1, value=2, interval=(1, 3), n=5,
        verdict="fail", reason="It is over the limit.",
    )  # fmt: skip
    layer = LayerResult(scenario="late", agent_ms=820, wire_ms=3, pages_ms={"gradio": 64, "streamlit": 58})
    results = made.results.model_copy(update={"limits": (limit,), "layers": (layer,)})
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(report(made, results), encoding="utf-8")
    # axe is a script of the test's: the page's own policy would refuse it, as it should.
    context = await browser.new_context(bypass_csp=True, color_scheme="dark" if scheme == "dark" else "light")
    page = await context.new_page()
    await page.goto(path.as_uri())
    await page.locator("#layers").scroll_into_view_if_needed()
    await page.locator("[data-drawn='layers']").wait_for()
    await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert await findings(page) == []
    await context.close()


def test_a_report_without_runs_has_no_figure_of_them() -> None:
    assert 'id="distributions"' not in report(evaluation())
