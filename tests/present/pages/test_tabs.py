"""The tabs of a run's evidence."""

from backend.present.pages.tabs import TAB_NAMES, tabs_html
from backend.protocol.events import ArtifactEvent, StatusEvent
from tests.present.html_reader import Fragment, visible
from tests.present.samples import cited, view_of


def test_each_tab_has_its_count_and_none_for_nothing() -> None:
    chart = ArtifactEvent(artifact_id="a", kind="value", content={"value": 1})
    html = tabs_html(view_of(StatusEvent(step_id="s", step="reading"), cited(1), cited(2), chart))
    assert visible(html) == "AnswerSteps 1Sources 2Results 1"
    assert visible(tabs_html(view_of())) == "AnswerStepsSourcesResults"
    assert Fragment(html).problems == []
    assert html.count('role="tab"') == len(TAB_NAMES)
