"""A long answer stays smooth to its end, and costs as many bytes as it is long.

What it takes is written to ``test-output/render_delay.json``; absolute figures are told by ``benchmarks.pages``.
"""

import asyncio
import json
from pathlib import Path

import pytest

from evals.pages.frames import watch
from tests.ui.conftest import MEASURED_EVENTS
from tests.ui.delays import counted_traffic, frames_shown, measured, token_arrivals
from tests.ui.reader import Reader

pytestmark = [pytest.mark.browser, pytest.mark.server]


def keep(repository: Path, name: str, figures: dict[str, float | int]) -> None:
    """Write what was measured of one UI beside what was measured of the other."""
    file = repository / "test-output" / "render_delay.json"
    file.parent.mkdir(exist_ok=True)
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    file.write_text(json.dumps({**kept, name: figures}, indent=2) + "\n", encoding="utf-8")


@pytest.mark.alone
async def test_a_long_answer_stays_smooth(reader: Reader, ui_name: str, backend_url: str, repository: Path) -> None:
    async with counted_traffic(reader.page) as traffic:
        await reader.open()
        await watch(reader.page)
        await reader.choose_agent(f"Measured {MEASURED_EVENTS}")
        await reader.ask("How fast is this drawn?")
        following = asyncio.create_task(token_arrivals(backend_url, await reader.run_id()))
        await reader.expect_status("Completed")
        result = measured(await following, await frames_shown(reader.page), traffic)
    figures = result.summary()
    keep(repository, ui_name, figures)

    assert result.second_half_bytes <= 1.5 * result.first_half_bytes, figures
    assert result.end_bytes <= result.first_half_bytes + result.second_half_bytes, figures
    early, late = (result.percentile(0.5, part) for part in (result.first_tenth, result.last_tenth))
    assert late <= 3 * early, figures
