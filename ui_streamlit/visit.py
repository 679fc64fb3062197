"""One pass over one page: the desk, the page's colours, and links to the other pages."""

from collections.abc import AsyncGenerator, Callable, Coroutine, Generator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import streamlit as st

from backend.client.background import Background
from backend.client.frames import TICK_S
from backend.desk.desk import Desk
from backend.doors.sign_in.door import GRANT
from backend.network.credentials import acting_for
from backend.present.pages.addresses import TITLES, PageName
from backend.present.pages.people import people_slot
from backend.present.theme.palette import Theme
from ui_streamlit.plain_text import plain

ResultType = TypeVar("ResultType")
ItemType = TypeVar("ItemType")


@dataclass(slots=True)
class Visit:
    """The context of every page. Made again for each pass of the script, so that nothing is shared between people."""

    desk: Desk
    background: Background
    theme: Theme
    grant: str = field(default="", repr=False)
    """That of the person who signed in; empty for a visitor, and where nobody has to."""
    pages: dict[PageName, st.Page] = field(default_factory=dict)

    @classmethod
    def to(cls, backend: str) -> "Visit":
        """A pass over a page of the backend at this address."""
        theme: Theme = "dark" if st.context.theme.type == "dark" else "light"
        return cls(Desk(backend), Background.shared(), theme, st.context.headers.get(GRANT, ""))

    def call(self, work: Coroutine[Any, Any, ResultType]) -> ResultType:
        """Run work of the desk on the background loop, and wait for its result."""
        with acting_for(self.grant):
            return self.background.call(work)

    def do(self, change: Callable[[], ResultType]) -> ResultType:
        """Change a state of the desk, or read several of its fields, on the background loop, where nothing else uses it
        meanwhile."""

        async def on_the_loop() -> ResultType:
            return change()

        return self.call(on_the_loop())

    def iterate(
        self, source: AsyncGenerator[ItemType, None], tick_s: float = TICK_S
    ) -> Generator[ItemType | None, None, None]:
        """The desk's items, one after the other; None whenever ``tick_s`` seconds brought nothing."""
        return self.background.iterate(self._for_its_person(source), tick_s)

    async def _for_its_person(self, source: AsyncGenerator[ItemType, None]) -> AsyncGenerator[ItemType, None]:
        with acting_for(self.grant):
            async with aclosing(source) as items:
                async for item in items:
                    yield item

    def say(self, sentence: str) -> None:
        """Show a sentence in passing, in a corner of the page, unless it is empty."""
        if sentence:
            st.toast(plain(sentence))

    def open_pages(self, shows: Mapping[PageName, Callable[["Visit"], None]]) -> list[st.Page]:
        """The pages as Streamlit's; the first is at ``/``, the others at ``/<name>``."""
        for name, show in shows.items():
            self.pages[name] = st.Page(
                partial(show, self), title=TITLES[name], url_path=name, default=name == next(iter(shows))
            )
        return list(self.pages.values())

    def draw_bar(self, here: PageName, actions: Callable[[], None] | None = None) -> None:
        """The bar with links to all pages, the open one marked, and what belongs to the whole page. Streamlit's own bar
        hides its links in narrow windows."""
        with st.container(key="ph-bar", horizontal=True, vertical_alignment="center", gap="xsmall"):
            with st.container(key="ph-places", horizontal=True, gap=None):
                for name, page in self.pages.items():
                    with st.container(key=f"ph-{'here' if name == here else 'place'}-{name}", width="content"):
                        st.page_link(page, label=TITLES[name])
            st.html(str(people_slot()))
            if actions is not None:
                actions()

    def link(self, place: PageName, label: str, **parameters: str) -> None:
        """A link to another page, in this tab; its address contains the run."""
        st.page_link(self.pages[place], label=label, query_params=parameters)


def kept(key: str, make: Callable[[], ItemType]) -> ItemType:
    """The tab's own state of that name, made at its first pass."""
    if key not in st.session_state:
        st.session_state[key] = make()
    state: ItemType = st.session_state[key]
    return state


def named(parameter: str) -> str:
    """The parameter's value in the page's address; empty without one."""
    value: str = st.query_params.get(parameter, "")
    return value


def address() -> dict[str, str]:
    """The parameters of the page's address."""
    parameters: dict[str, str] = st.query_params.to_dict()
    return parameters


def name_in_address(parameters: Mapping[str, str]) -> None:
    """Put these into the address, unless it has parameters of that kind."""
    if not any(named(parameter) for parameter in parameters):
        put_into_address(**parameters)


def put_into_address(**parameters: str) -> None:
    """Make these the parameters of the address; empty values are left out. Sends nothing if they are the same
    already."""
    wanted = {name: value for name, value in parameters.items() if value}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)
