"""Whatever a target does wrong becomes a failed run with its cause in the report, and the suite goes on."""

import asyncio
import sys
from pathlib import Path

import pytest

from evals.results.models import Results
from tests.evals.broken_target import BREAKAGES, broken_target


async def evaluated(suite: str, folder: Path, *arguments: str) -> tuple[int, str, str]:
    """``playhead eval`` as a process: its exit code, output and errors."""
    (folder / "own.yaml").write_text(suite)
    command = ["-m", "backend.cli", "eval", str(folder / "own.yaml"), "--out", str(folder / "out"), *arguments]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=pipe, stderr=pipe)
    output, errors = await process.communicate()
    return process.returncode or 0, output.decode(), errors.decode()


@pytest.mark.server
async def test_every_breakage_is_a_failed_run_with_its_cause(tmp_path: Path) -> None:
    entries = "".join(f"  - agent: {name}\n" for name in [*BREAKAGES, "does it right"])
    suite = f"suite: broken\nrepeats: 1\nwarm_up: 0\ndeadline_s: 1.5\nruns:\n{entries}"
    async with broken_target() as url:
        code, output, errors = await evaluated(suite, tmp_path, "--url", url)
    assert code == 1, errors
    results = Results.model_validate_json((tmp_path / "out" / "results.json").read_bytes())
    assert [run.agent for run in results.runs] == [*BREAKAGES, "does it right"]
    for run in results.runs[:-1]:
        begins = BREAKAGES[run.agent][1]
        assert (run.error or "").startswith(begins), (run.agent, run.error)
        assert (run.error is None) == (not begins), (run.agent, run.error)
    good = {run.agent for run in results.runs[:-1] if run.as_expected}
    assert {"does it right", "goes away"} <= good
    gone = results.runs[-1]
    assert gone.error is not None
    assert "cannot be connected to" in gone.error
    # What came before the breakage is measured; what never came is missing, and no zero.
    by_agent = {run.agent: run for run in results.runs[:-1]}
    assert (by_agent["never sends done"].metrics["ttft_ms"] or 0) > 0
    assert by_agent["never sends done"].metrics["e2e_ms"] is None
    assert by_agent["closes at once"].metrics["ttfe_ms"] is None
    whole = [run for run in results.runs if run.error is None and run.metrics["longest_gap_ms"] is not None]
    assert results.summary["longest_gap_ms"].n == len(whole) < len(results.runs)
    assert "did not end as expected" in output
    assert "Traceback" not in errors
    page = (tmp_path / "out" / "report.html").read_text()
    for name, (_, cause) in BREAKAGES.items():
        assert name in page
        assert cause in page


@pytest.mark.server
async def test_a_target_of_which_nothing_comes_is_exit_code_2(tmp_path: Path) -> None:
    suite = "suite: broken\nrepeats: 2\nwarm_up: 0\nruns: [{agent: closes at once}, {agent: answers 500}]\n"
    async with broken_target() as url:
        code, output, errors = await evaluated(suite, tmp_path, "--url", url)
    assert code == 2, errors
    assert "4 of 4 runs did not end as expected." in output
    assert (tmp_path / "out" / "report.html").exists()
