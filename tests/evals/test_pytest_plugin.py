"""The fixture ``playhead`` as tests of somebody's own use it."""

import json
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]


@pytest.fixture
def own_tests(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder with tests that somebody wrote for an agent of theirs; warnings are errors there too."""
    pytester.makeini("[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n")
    return pytester


@pytest.mark.server
def test_runs_are_measured_and_those_of_a_failed_test_are_kept_as_recordings(
    own_tests: pytest.Pytester, tmp_path: Path
) -> None:
    own_tests.makepyfile(
        """
        import pytest


        def test_an_answer(playhead):
            run = playhead.run("scripted:happy_path", speed=0)
            assert run.outcome == "completed" and run.error is None and not run.surprises
            assert run["ttft_ms"] > 0 and run["dangling_markers"] == 0
            assert run.answer and run.question and run.run_id and run.events and not run.broken_rules
            assert set(run.step_ms) >= {"retrieving"}
            with pytest.raises(LookupError, match="did you mean 'ttft_ms'"):
                run["ttft"]
            with pytest.raises(AssertionError, match="has no recovery_ms; it ended completed"):
                run["recovery_ms"]


        def test_what_is_right_about_an_answer(playhead):
            run = playhead.run("scripted:happy_path", speed=0, expect={"sources": ["*"], "text": ["no such text"]})
            assert (run["source_any"], run["expected_text"], run["not_found_right"]) == (1, 0, 1)
            with pytest.raises(pytest.fail.Exception, match=r"numbers cannot be .*'many' is not a number"):
                playhead.run("scripted:happy_path", expect={"numbers": ["many"]})


        async def test_several_runs_in_a_coroutine(playhead):
            runs = playhead.runs("scripted:late_citation", "Is it rising?", repeats=3, concurrency=3, speed=0)
            assert len(runs) == 3 and len({run.run_id for run in runs}) == 3
            assert runs.summary("ttft_ms").n == 3
            assert runs[0].question == "Is it rising?"


        def test_too_slow(playhead):
            assert playhead.run("scripted:happy_path", speed=0)["ttft_ms"] < 0


        def test_no_such_agent(playhead):
            playhead.run("scripted:nothing")


        def test_no_such_speed(playhead):
            playhead.run("scripted:happy_path", speed=-1)
        """
    )
    result = own_tests.runpytest_subprocess("-W", "error", "--playhead-out", tmp_path / "kept")
    result.assert_outcomes(passed=3, failed=3)
    for name in ("too_slow", "no_such_agent", "no_such_speed"):
        result.stdout.fnmatch_lines([f"FAILED *::test_{name}*"])
    result.stdout.fnmatch_lines(["*kept/test_too_slow-1.jsonl: open it in Replay."])
    result.stdout.fnmatch_lines(["*The target does not offer 'scripted:nothing'*", "*speed cannot be -1*"])
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["test_too_slow-1.jsonl"]
    header, *events = (tmp_path / "kept" / "test_too_slow-1.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(header)["agent"] == "scripted:happy_path"
    assert json.loads(events[-1])["outcome"] == "completed"


def test_a_backend_that_is_not_there_fails_the_test_in_a_sentence(own_tests: pytest.Pytester) -> None:
    own_tests.makepyfile("def test_it(playhead):\n    playhead.run('scripted:happy_path')\n")
    result = own_tests.runpytest_subprocess("--playhead-url", "http://127.0.0.1:9")
    result.assert_outcomes(failed=1)
    assert "Traceback" not in result.stdout.str()
    result.stdout.fnmatch_lines(["*http://127.0.0.1:9*"])


def test_the_plugin_imports_nothing_until_it_is_used(own_tests: pytest.Pytester) -> None:
    own_tests.makepyfile(
        """
        import sys


        def test_nothing():
            assert "evals.pytest_plugin" in sys.modules
            assert not {"pandas", "pydantic", "fastapi", "evals.scoring.scored_run"} & set(sys.modules)
        """
    )
    own_tests.runpytest_subprocess("-p", "no:hypothesispytest").assert_outcomes(passed=1)
