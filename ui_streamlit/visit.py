"""One pass over one place: the backend, the colours of the page, and the way to the other places."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlencode, urlsplit

import streamlit as st

from backend.client.sync import SyncRunClient
from backend.present.pages.addresses import TITLES, PageName
from backend.present.theme.palette import Theme


@dataclass(slots=True)
class Visit:
    """What every place is given. Made anew for each pass of the script, so that nothing is shared between people."""

    client: SyncRunClient
    theme: Theme
    places: dict[PageName, st.Page] = field(default_factory=dict)

    def open_places(self, shows: Mapping[PageName, Callable[["Visit"], None]]) -> list[st.Page]:
        """The places as Streamlit's pages; the first is at ``/``, the others at ``/<name>``."""
        for name, show in shows.items():
            self.places[name] = st.Page(
                partial(show, self), title=TITLES[name], url_path=name, default=name == next(iter(shows))
            )
        return list(self.places.values())

    def link(self, place: PageName, label: str, **parameters: str) -> None:
        """A link to another place, in this tab; the run it is about goes along in the address."""
        st.page_link(self.places[place], label=label, query_params=parameters)


def named(parameter: str) -> str:
    """What the page's address says of it; empty where it says nothing."""
    value: str = st.query_params.get(parameter, "")
    return value


def put_into_address(**parameters: str) -> None:
    """Let the address say exactly this; empty values are left out. Sends nothing where it says so already."""
    wanted = {name: value for name, value in parameters.items() if value}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def link_to(place: PageName, **parameters: str) -> str:
    """The full address of a place, as one person sends it to another."""
    here = urlsplit(st.context.url or "")
    above = here.path.rstrip("/").removesuffix(f"/{place}")
    for name in TITLES:
        above = above.removesuffix(f"/{name}")
    path = "/" if place == "ask" else f"/{place}"
    return f"{here.scheme}://{here.netloc}{above}{path}?{urlencode(parameters)}"
