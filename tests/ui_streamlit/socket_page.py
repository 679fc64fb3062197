"""A page of the Streamlit UI without a browser: its socket, and the fields and buttons of the last pass."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx2
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol


class SocketPage:
    """What the browser would know of the page. Values of fields stay with the person who uses this."""

    def __init__(self, socket: ClientConnection, url: str) -> None:
        self._socket = socket
        self._url = url
        self._known: dict[str, ForwardMsg] = {}
        self._session_id = ""
        self._elements: dict[tuple[int, ...], Any] = {}

    def buttons(self) -> list[Any]:
        """The buttons that can be pressed, in the order of the page."""
        found = (self._elements[path] for path in sorted(self._elements))
        return [one.button for one in found if one.WhichOneof("type") == "button" and not one.button.disabled]

    def button(self, label: str) -> Any:
        """The button whose label contains this."""
        return next(button for button in self.buttons() if label in button.label)

    def field_for_files(self) -> str:
        """The id of the first field that takes files."""
        found = (one for one in self._elements.values() if one.WhichOneof("type") == "file_uploader")
        return str(next(found).file_uploader.id)

    async def run(self, *values: WidgetState) -> None:
        """Send these values of fields, and wait until a pass has ended by itself."""
        message = BackMsg()
        message.rerun_script.widget_states.widgets.extend(values)
        await self._socket.send(message.SerializeToString())
        while True:
            received = await self._receive()
            match received.WhichOneof("type"):
                case "new_session":
                    self._session_id = received.new_session.initialize.session_id
                    self._elements = {}
                case "delta" if received.delta.WhichOneof("type") == "new_element":
                    self._elements[tuple(received.metadata.delta_path)] = received.delta.new_element
                case "script_finished" if received.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    return

    async def uploaded(self, field: str, files: Sequence[tuple[str, bytes]]) -> WidgetState:
        """Upload files, and return the value that the field then has."""
        wanted = BackMsg()
        wanted.file_urls_request.request_id = uuid4().hex
        wanted.file_urls_request.session_id = self._session_id
        wanted.file_urls_request.file_names.extend(name for name, _ in files)
        await self._socket.send(wanted.SerializeToString())
        while (reply := await self._receive()).WhichOneof("type") != "file_urls_response":
            pass
        value = WidgetState(id=field)
        async with httpx2.AsyncClient(base_url=self._url, trust_env=False) as client:
            # Streamlit accepts an upload with the token that this reply puts into a cookie.
            await client.get("_stcore/health")
            client.headers["X-Xsrftoken"] = client.cookies["_streamlit_xsrf"]
            for (name, content), urls in zip(files, reply.file_urls_response.file_urls, strict=True):
                (await client.put(urls.upload_url, files={"file": (name, content)})).raise_for_status()
                value.file_uploader_state_value.uploaded_file_info.add(
                    file_id=urls.file_id, name=name, size=len(content), file_urls=urls
                )
        return value

    async def _receive(self) -> ForwardMsg:
        message = ForwardMsg()
        data = await self._socket.recv()
        message.ParseFromString(data if isinstance(data, bytes) else data.encode())
        if message.WhichOneof("type") == "ref_hash":
            known = ForwardMsg()
            known.CopyFrom(self._known[message.ref_hash])
            known.metadata.CopyFrom(message.metadata)
            return known
        if message.hash:
            self._known[message.hash] = message
        return message


@asynccontextmanager
async def socket_page(url: str) -> AsyncIterator[SocketPage]:
    """The Ask page, opened and drawn once. ``url`` is the UI's."""
    address = f"{url.replace('http', 'ws', 1)}_stcore/stream"
    async with connect(
        address, origin=Origin(url.rstrip("/")), subprotocols=[Subprotocol("streamlit")], max_size=None, proxy=None
    ) as socket:
        page = SocketPage(socket, url)
        await page.run()
        yield page


def pressed(button: Any) -> WidgetState:
    """The value of a button that was pressed."""
    return WidgetState(id=button.id, trigger_value=True)
