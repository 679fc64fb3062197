"""The buttons that steer a run in a page, and the animation frames that show their effects."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from playwright.async_api import Page

from backend.metrics.statistics import rounded
from backend.present.words import messages as words_messages, run as words, steering as words_steering
from backend.protocol.events import Event, StatusEvent
from backend.protocol.inputs import STEERING
from evals.pages.frames import PageClock
from evals.playing.connections import SteeringCall, SteeringOp
from evals.wire.control_channel import CallOutcome

PressKind = Literal["cancel", "pause", "resume", "answer", "message"]

_KINDS: Final[dict[str, PressKind]] = {
    words.STOP: "cancel",
    **dict.fromkeys(words_steering.PAUSE.values(), "pause"),
    words_steering.RESUME: "resume",
    **dict.fromkeys((words_steering.APPROVE, words_steering.DENY, words_steering.SEND, words_steering.SKIP), "answer"),
    words_messages.NOW: "message",
}
"""What a press of the button with that text does."""

CONTROL_KEYS: Final[dict[PressKind, str]] = {
    "cancel": "click_to_stopped_ms",
    "pause": "click_to_paused_ms",
    "answer": "click_to_answered_ms",
    "message": "click_to_delivered_ms",
}
"""The metric of each kind of press."""

_WATCH = r"""
(kinds) => {
  const watched = window.phSteered = {presses: [], states: []};
  document.addEventListener('click', (event) => {
    const kind = kinds[event.target.closest?.('button')?.innerText.trim()];
    if (kind) watched.presses.push([kind, event.timeStamp]);
  }, true);
  const count = (selector) => document.querySelectorAll(selector).length;
  let due = false, shown = '';
  const frame = () => {
    due = false;
    const now = [count('.ph-status[data-ph-run=ended]'), count('.ph-status .ph-glyph--paused'),
      count('.ph-input-card--over'), count('.ph-sent-message[data-ph-sent-state=finished]')];
    if (shown === now.join()) return;
    shown = now.join();
    watched.states.push([performance.now(), ...now]);
  };
  new MutationObserver(() => { if (!due) { due = true; requestAnimationFrame(frame); } })
    .observe(document.body, {childList: true, subtree: true, characterData: true, attributes: true});
}
"""


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed, on the page's clock."""

    kind: PressKind
    at_ms: float


@dataclass(frozen=True, slots=True)
class ShownState:
    """What an animation frame shows, on the page's clock: whether the run has ended or is paused, and how many requests
    are closed and messages delivered."""

    at_ms: float
    cancel: int
    pause: int
    answer: int
    message: int


@dataclass(frozen=True, slots=True)
class Steered:
    """What was pressed in a page, and what it showed."""

    presses: Sequence[Press] = ()
    states: Sequence[ShownState] = ()

    def times_ms(self) -> dict[str, float | None]:
        """For each kind the longest time from a press to the animation frame that shows its effect; None for what was
        not pressed, or never shown."""
        times: dict[str, float | None] = {}
        for kind, key in CONTROL_KEYS.items():
            shown = [ms for press in self.presses if press.kind == kind for ms in self._until(press)]
            times[key] = rounded(max(shown, default=None))
        return times

    def _until(self, press: Press) -> Iterator[float]:
        before = [getattr(state, press.kind) for state in self.states if state.at_ms <= press.at_ms]
        least = (before[-1] if before else 0) + 1
        later = (state for state in self.states if state.at_ms > press.at_ms)
        found = next((state for state in later if getattr(state, press.kind) >= least), None)
        if found is not None:
            yield found.at_ms - press.at_ms

    def calls(self, clock: PageClock, events: Sequence[Event]) -> list[SteeringCall]:
        """The presses as what was done to the run: each call was sent when its button was pressed. Answers and messages
        concern the run's requests and messages in their order."""
        statuses = [event for event in events if isinstance(event, StatusEvent)]
        concerned: dict[SteeringOp, list[str]] = {
            "answer": list(dict.fromkeys(status.request.input_id for status in statuses if status.request is not None)),
            "message": list(dict.fromkeys(status.step_id or "" for status in statuses if status.step == STEERING)),
        }
        made = []
        for press in self.presses:
            ids = concerned.get(press.kind, [])
            sent = CallOutcome(clock.ns(press.at_ms), status=200)
            made.append(SteeringCall(press.kind, sent, ids.pop(0) if ids else ""))
        return made


async def watch_steering(page: Page) -> None:
    """From now on note the presses and the animation frames that show another state."""
    await page.evaluate(_WATCH, _KINDS)


async def read_steering(page: Page) -> Steered:
    """What was noted until now."""
    noted = await page.evaluate("window.phSteered")
    presses = tuple(Press(kind, at_ms) for kind, at_ms in noted["presses"])
    return Steered(presses, tuple(ShownState(*state) for state in noted["states"]))
