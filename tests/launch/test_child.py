"""One child: its output, its readiness, its death, and that nothing of it stays behind."""

import os
import signal
import sys
import threading

import pytest

from backend.launch.child import ChildDied, ChildNotReady, ChildProcess
from backend.launch.ports import free_port
from tests.child_process import child_process
from tests.launch.conftest import DEADLINE_S, Gone, Said, StartChild, python

pytestmark = pytest.mark.server

STAYS = "import signal; print('up'); signal.pause()"
IGNORES_SIGTERM = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up'); signal.pause()"
ENDS_WELL = """
import signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
print('up')
signal.pause()
"""
HAS_A_CHILD = """
import signal, subprocess, sys
inner = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()"
print(subprocess.Popen([sys.executable, "-c", inner]).pid)
signal.pause()
"""


def test_keeps_the_last_lines_of_both_outputs(start_child: StartChild) -> None:
    child = start_child(
        "import sys\nfor n in range(9): print(n, file=sys.stderr if n % 2 else sys.stdout)", keep_lines=3
    )
    child.wait()
    assert child.last_lines == ["6", "7", "8"]
    assert child.returncode == 0
    assert not child.running


def test_is_ready_when_its_address_answers(start_child: StartChild) -> None:
    port = free_port()
    program = f"""
import http.server
class Answer(http.server.BaseHTTPRequestHandler):
    asked = 0
    def do_GET(self):
        Answer.asked += 1
        self.send_response(200 if Answer.asked > 2 else 503)
        self.end_headers()
        print("asked", Answer.asked)
http.server.HTTPServer(("127.0.0.1", {port}), Answer).serve_forever()
"""
    said = Said()
    child = start_child(program, on_line=said)
    child.wait_until_ready(f"http://127.0.0.1:{port}/")
    while said.next() != "asked 3":
        pass


def test_a_child_that_dies_before_it_is_ready_is_named_with_its_last_lines(start_child: StartChild) -> None:
    child = start_child("print('reading settings'); raise SystemExit('no settings')")
    with pytest.raises(ChildDied) as death:
        child.wait_until_ready(lambda: False)
    assert str(death.value) == (
        "The child ended by itself with exit code 1. The last it said:\n  reading settings\n  no settings"
    )


def test_another_server_that_answers_in_the_place_of_a_dead_child_is_not_the_child(start_child: StartChild) -> None:
    child = start_child("raise SystemExit('the port is taken')")
    child.wait()
    with pytest.raises(ChildDied, match="the port is taken"):
        child.wait_until_ready(lambda: True)


def test_a_command_that_does_not_exist_died_at_once() -> None:
    with (
        ChildProcess("The child", ["/nowhere/program"]) as child,
        pytest.raises(ChildDied, match=r"127(.|\n)*/nowhere/program: No such file"),
    ):
        child.wait_until_ready(lambda: False)


def test_a_silent_child_is_given_up(start_child: StartChild) -> None:
    child = start_child(STAYS)
    with pytest.raises(ChildNotReady, match=r"said nothing for 0\.5 s"):
        child.wait_until_ready(lambda: False, timeout_s=0.5)
    assert child.running


def test_stopping_lets_it_end_well(start_child: StartChild) -> None:
    said = Said()
    child = start_child(ENDS_WELL, on_line=said, grace_s=DEADLINE_S)
    assert said.next() == "up"
    child.stop()
    child.stop()
    assert child.returncode == 7


def test_a_child_that_will_not_stop_is_killed(start_child: StartChild) -> None:
    said = Said()
    child = start_child(IGNORES_SIGTERM, on_line=said, grace_s=0.1)
    assert said.next() == "up"
    child.stop()
    assert child.returncode == 128 + signal.SIGKILL


def test_killing_does_not_wait_for_the_grace_period(start_child: StartChild) -> None:
    said = Said()
    child = start_child(IGNORES_SIGTERM, on_line=said, grace_s=2 * DEADLINE_S)
    assert said.next() == "up"
    child.ask_to_stop()
    child.kill()
    assert child.returncode == 128 + signal.SIGKILL


def test_an_order_to_one_that_just_ended_is_harmless(start_child: StartChild) -> None:
    release = threading.Event()

    def slow_reader(line: str) -> None:
        release.wait(DEADLINE_S)

    child = start_child("print('last words')", on_line=slow_reader)
    assert child._process is not None
    # It has ended, and its last words are still being read: the pipe for orders is broken, and nobody has noticed.
    assert Gone(child._process.pid).within()
    child.ask_to_stop()
    release.set()
    child.kill()
    assert child.last_lines == ["last words"]


def test_its_own_children_go_with_it(start_child: StartChild) -> None:
    said = Said()
    child = start_child(HAS_A_CHILD, on_line=said)
    grandchild = Gone(int(said.next()))
    child.stop()
    assert grandchild.within()


def test_its_own_children_go_when_it_crashes(start_child: StartChild) -> None:
    said = Said()
    child = start_child(HAS_A_CHILD.replace("signal.pause()", "raise SystemExit(3)"), on_line=said)
    grandchild = Gone(int(said.next()))
    child.wait()
    assert child.returncode == 3
    assert grandchild.within()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_goes_when_its_parent_is_killed(number: signal.Signals) -> None:
    parent = f"""
import signal
from backend.launch.child import ChildProcess
ChildProcess("The child", {python(HAS_A_CHILD)!r}, grace_s=0.1, on_line=print).start()
signal.pause()
"""
    with child_process([sys.executable, "-u", "-c", parent]) as process:
        assert process.stdout is not None
        grandchild = Gone(int(process.stdout.readline()))
        os.kill(process.pid, number)
        assert grandchild.within()


def test_its_environment_is_ours_and_what_was_added(start_child: StartChild, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYHEAD_OURS", "ours")
    child = start_child(
        "import os; print(os.environ['PLAYHEAD_OURS'], os.environ['PLAYHEAD_ADDED'])", env={"PLAYHEAD_ADDED": "added"}
    )
    child.wait()
    assert child.last_lines == ["ours added"]
