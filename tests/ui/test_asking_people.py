"""A run asks a person on the page, in either UI: answered, refused, reloaded, and answered elsewhere."""

import httpx2
import pytest
from playwright.async_api import expect

from tests.ui.reader import DEADLINE_MS, Reader

pytestmark = [pytest.mark.browser, pytest.mark.server]

CARD = "form[data-ph-input]"


async def test_an_approval_with_other_arguments_a_wrong_one_and_a_reload(
    reader: Reader, backend: httpx2.Client
) -> None:
    await reader.open()
    await reader.choose_agent("A transfer that needs an approval")
    await reader.ask("Pay it.")
    card, arguments = reader.page.locator(CARD), reader.page.locator(f"{CARD} [name=arguments]")
    await expect(card).to_contain_text("Waiting for your approval", timeout=DEADLINE_MS)
    await arguments.fill('{"amount": 99999, "currency": "EUR", "to": "Northwind"}')
    await card.get_by_role("button", name="Approve").click()
    await expect(card.get_by_role("alert")).to_contain_text("maximum of 5000", timeout=DEADLINE_MS)
    assert "99999" in await arguments.input_value()
    await reader.page.reload()
    await expect(card).to_contain_text("s left", timeout=DEADLINE_MS)
    await arguments.fill('{"amount": 5, "currency": "EUR", "to": "Northwind"}')
    await arguments.fill("{")
    await card.get_by_role("button", name="Approve").click()
    await expect(card.get_by_role("alert")).to_contain_text("This is not JSON")
    await arguments.fill('{"amount": 5, "currency": "EUR", "to": "Northwind"}')
    await card.get_by_role("button", name="Approve").click()
    await expect(card).to_contain_text("Approved", timeout=DEADLINE_MS)
    await expect(card).to_contain_text("Run with")
    await reader.expect_status("Completed")
    [run] = backend.get("/v1/runs", params={"text": "Pay it.", "limit": 1}).json()["runs"]
    [asked] = backend.get(f"/v1/runs/{run['run_id']}/inputs").json()["inputs"]
    assert asked["answer"]["arguments"] == {"amount": 5, "currency": "EUR", "to": "Northwind"}


async def test_a_form_is_answered_by_keyboard_and_a_question_in_another_place(
    reader: Reader, backend: httpx2.Client
) -> None:
    asked = {"question": "Book a table.", "agent": "scripted:form", "options": {"may_ask": True}}
    run_id = backend.post("/v1/runs", json=asked).json()["run_id"]
    await reader.open(run_id)
    card = reader.page.locator(CARD)
    await expect(card).to_contain_text("Waiting for your answers", timeout=DEADLINE_MS)
    guests = card.locator("[name=guests]")
    await guests.fill("many")
    await guests.press("Enter")
    await expect(card.get_by_role("alert")).to_contain_text("does not fit", timeout=DEADLINE_MS)
    declined = backend.post(f"/v1/runs/{run_id}/input", json={"action": "decline", "by": {"name": "Bo"}})
    assert declined.status_code == 200
    await expect(card).to_contain_text("Skipped by Bo", timeout=DEADLINE_MS)
    await reader.expect_status("Completed")


async def test_a_request_expires_is_answered_in_another_tab_and_a_waiting_run_is_stopped(
    reader: Reader, backend: httpx2.Client
) -> None:
    asked = {"question": "Who answers?", "agent": "scripted:asks", "options": {"may_ask": True}}
    run_id = backend.post("/v1/runs", json=asked).json()["run_id"]
    await reader.open(run_id)
    cards = reader.page.locator(CARD)
    await expect(cards.nth(0)).to_contain_text("Nobody answered in time", timeout=DEADLINE_MS)
    await expect(cards.nth(1)).to_contain_text("Waiting for your approval", timeout=DEADLINE_MS)
    await reader.expect_status("Waiting for you: Shall it continue?")
    other = Reader(await reader.page.context.new_page(), reader.url)
    await other.open(run_id)
    await other.page.locator(CARD).nth(1).get_by_role("button", name="Approve").click(timeout=DEADLINE_MS)
    await expect(cards.nth(1)).to_contain_text("Approved", timeout=DEADLINE_MS)
    await expect(cards.nth(1).get_by_role("button")).to_have_count(0)
    await expect(cards.nth(2)).to_contain_text("Waiting for your answer", timeout=DEADLINE_MS)
    await reader.press("Stop")
    await reader.expect_status("Stopped")
    await expect(cards.nth(2)).to_contain_text("Nobody answered before the run ended", timeout=DEADLINE_MS)
    await other.expect_status("Stopped")
    assert other.complaints == []
