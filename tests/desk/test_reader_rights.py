"""What the pages offer to each role, against the table that the backend enforces."""

import pytest

from backend.api.rights import RIGHTS
from backend.desk.reader_rights import Permission, ReaderRights
from backend.desk.run_comparison import CompareDesk
from backend.desk.run_pair import RunPair
from backend.protocol.roles import ROLES, Role, covers
from tests.desk.fake_backend import FakeBackend, over
from tests.desk.history_tab import HistoryTab

CALLS: dict[Permission, tuple[str, ...]] = {
    "ask": ("start_run", "upload_file"),
    "steer": ("cancel_run", "pause_run", "resume_run", "send_message", "withdraw_message", "answer_input"),
    "comment": ("give_feedback",),
    "show": ("show_moment",),
    "share": ("share_run", "share_session", "list_shares", "withdraw_share"),
    "delete": ("delete_run", "delete_session"),
}
"""The calls behind the buttons that each permission shows."""

EVERYBODY: tuple[Role | None, ...] = (None, *ROLES)


@pytest.mark.parametrize("through_share", [False, True], ids=["own", "share"])
@pytest.mark.parametrize("role", EVERYBODY, ids=str)
def test_the_pages_offer_what_the_backend_allows(role: Role | None, through_share: bool) -> None:
    rights = ReaderRights(role, through_share=through_share)
    for permission, calls in CALLS.items():
        for call in calls:
            right = RIGHTS[call]
            allowed = covers(role, right.role or "view") and (right.shared or not through_share)
            assert (permission in rights.permissions) is allowed, call
    assert set(rights.permissions) <= set(CALLS)
    renaming = RIGHTS["rename_session"]
    for own, needed in ((True, renaming.own), (False, renaming.role)):
        assert rights.renames(own=own) is (covers(role, needed or "host") and not through_share)


@pytest.mark.parametrize("own", [True, False], ids=["own", "other"])
@pytest.mark.parametrize("role", ROLES)
async def test_history_offers_to_delete_rename_and_share_by_the_readers_role(role: Role, own: bool) -> None:
    tab = HistoryTab()
    tab.backend.add("Why?", session="talk")
    tab.backend.role, tab.backend.own = role, own
    assert (tab.state.rights.permissions, tab.state.renames) == ((), False), "before the role is known"
    await tab.choose(tab.backend.past[0].run_id)
    is_host = role == "host"
    assert (tab.state.rights.deletes, tab.state.rights.shares) == (is_host, is_host)
    assert tab.state.renames is (is_host or (own and covers(role, "steer")))
    # Another person has signed in, in the same browser, and opens the page.
    tab.backend.role = "view"
    await tab.open()
    assert (tab.state.rights.permissions, tab.state.renames) == ((), False)


@pytest.mark.parametrize("role", ROLES)
async def test_compare_offers_races_and_stop_to_whoever_may_ask(role: Role) -> None:
    backend, pair = FakeBackend(), RunPair()
    backend.role = role
    backend.keep("run_1", over(1000))
    assert pair.rights.permissions == (), "before the role is known"
    (offer,) = [offer async for offer in CompareDesk(backend).arrive(pair, {})]
    assert offer.rights.asks is pair.rights.asks is pair.rights.steers is covers(role, "steer")
