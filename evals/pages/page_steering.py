"""A run steered in a page as its scenario says: each button pressed at its moment."""

import asyncio
from contextlib import suppress

from playwright.async_api import Error as PlaywrightError

from backend.present.words import messages as words_messages, run as words, steering as words_steering
from evals.pages.visitor import Visitor
from evals.suites.suite import SuiteScenario


def can_steer(scenario: SuiteScenario) -> bool:
    """True if a person can do in a page what the scenario asks for: at times and not after events, answers without
    values of their own, and messages for the agent, since a queued one makes the page follow another run."""
    moments = [part for part in (scenario.cancel, scenario.pause, scenario.message) if part is not None]
    plain = all(
        answer.value is None and answer.arguments is None and answer.note is None for answer in scenario.answers
    )
    steers = scenario.message is None or scenario.message.mode == "steer"
    return scenario.cut is None and plain and steers and all(part.at_ms is not None for part in moments)


async def steer_page(visitor: Visitor, scenario: SuiteScenario) -> None:
    """Press what the scenario asks for, each at its moment after Ask was pressed. A button that is not there when its
    moment comes is waited for; a run that ends before leaves the rest undone."""
    works = []
    if scenario.cancel is not None:
        works.append(_press_at(visitor, scenario.cancel.at_ms or 0.0, words.STOP))
    if scenario.pause is not None:
        works.append(_pause(visitor, scenario.pause.at_ms or 0.0, scenario.pause.for_ms))
    if scenario.message is not None:
        works.append(_message(visitor, scenario.message.at_ms or 0.0, scenario.message.text))
    if scenario.answers:
        works.append(_answer(visitor, scenario))
    # The page closes with the run, also under what still waits for its button.
    with suppress(PlaywrightError):
        await asyncio.gather(*works)


async def _press_at(visitor: Visitor, at_ms: float, label: str) -> None:
    await asyncio.sleep(at_ms / 1000)
    await visitor.press(label)


async def _pause(visitor: Visitor, at_ms: float, for_ms: float) -> None:
    await asyncio.sleep(at_ms / 1000)
    texts = [visitor.button(label) for label in words_steering.PAUSE.values()]
    await texts[0].or_(texts[1]).or_(texts[2]).first.click()
    await visitor.button(words_steering.RESUME).first.wait_for()
    await _press_at(visitor, for_ms, words_steering.RESUME)


async def _message(visitor: Visitor, at_ms: float, text: str) -> None:
    await asyncio.sleep(at_ms / 1000)
    await visitor.page.get_by_label(words.QUESTION_LABEL).first.fill(text)
    await visitor.press(words_messages.NOW)


async def _answer(visitor: Visitor, scenario: SuiteScenario) -> None:
    accepts = [visitor.button(label) for label in (words_steering.APPROVE, words_steering.SEND)]
    declines = [visitor.button(label) for label in (words_steering.DENY, words_steering.SKIP)]
    closed = visitor.page.locator(".ph-input-card--over")
    for place, answer in enumerate(scenario.answers):
        first, other = accepts if answer.action == "accept" else declines
        button = first.or_(other).first
        await button.wait_for()
        await asyncio.sleep(answer.after_ms / 1000)
        await button.click()
        await closed.nth(place).wait_for()
