"""A visitor without a browser: opens a page over Streamlit's own websocket, moves the year slider, goes to other pages.

Does what the browser does, as far as the server can tell: asks for the page's document, connects, sends the address and
the filters' values, and says which messages it has kept.
"""

import asyncio
import http.client
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.Slider_pb2 import Slider
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

PAGES = ("overview", "ideology", "resources", "outcome")  # those with a slider
HASH_KEPT = 200  # messages that a visitor keeps, as a browser does for two runs


@dataclass
class Told:
    """What visitors waited for, in seconds, and what went wrong."""

    opened: list[float] = field(default_factory=list)
    changed: list[float] = field(default_factory=list)
    turned_away: int = 0
    lost: list[str] = field(default_factory=list)


@dataclass
class Visitor:
    """One session. `limit`: seconds after which an answer counts as lost."""

    url: str
    told: Told
    dice: random.Random
    limit: float = 300.0
    lang: str = "da"
    socket: ClientConnection | None = None
    query: str = ""
    page: str = PAGES[0]
    page_hash: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    sliders: dict[str, Slider] = field(default_factory=dict)
    values: dict[str, tuple[float, float]] = field(default_factory=dict)
    kept: dict[str, None] = field(default_factory=dict)
    title: str = ""

    async def open(self) -> bool:
        """Ask for the document, connect and wait for the whole page. False where the site says that it is full."""
        self.page, self.query = self.dice.choice(PAGES), f"lang={self.lang}"
        start = time.perf_counter()
        if await asyncio.to_thread(self._document) == 503:
            self.told.turned_away += 1
            return False
        address = self.url.replace("http://", "ws://", 1) + "/_stcore/stream"
        self.socket = await connect(
            address,
            subprotocols=[Subprotocol("streamlit")],
            origin=Origin(self.url),
            max_size=None,
            open_timeout=self.limit,
            ping_interval=None,  # as a browser: it answers the server's, and sends none
        )
        await self._run(self.told.opened, start)
        return True

    def _document(self) -> int:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=self.limit)
        try:
            connection.request("GET", f"/{self.page}?{self.query}", headers={"Accept": "text/html"})
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    async def move_slider(self) -> None:
        """Choose other years than those that are shown, and wait for the whole page."""
        key, slider = next(iter(self.sliders.items()))
        before = self.values.get(key)
        while (chosen := self._years(slider)) == before:
            pass
        self.values[key] = chosen
        await self._run(self.told.changed)
        if f"years={chosen[0]:.0f}-{chosen[1]:.0f}" not in self.query and chosen != (slider.min, slider.max):
            self.told.lost.append(f"the address does not say {chosen}: {self.query}")

    def _years(self, slider: Slider) -> tuple[float, float]:
        first, last = sorted(self.dice.choices(range(int(slider.min), int(slider.max) + 1), k=2))
        return float(first), float(last)

    async def turn_page(self) -> None:
        """Go to another page by its menu link, and wait for all of it."""
        self.page = self.dice.choice([page for page in PAGES if page != self.page])
        self.page_hash, self.values = self.pages[self.page], {}
        await self._run(self.told.changed)

    async def leave(self) -> None:
        """Close the tab."""
        if self.socket is not None:
            await self.socket.close()

    async def _run(self, waited: list[float], start: float | None = None) -> None:
        assert self.socket is not None
        start = start or time.perf_counter()
        asked = BackMsg()
        state = asked.rerun_script
        state.query_string, state.page_script_hash = self.query, self.page_hash
        state.page_name = "" if self.page_hash else self.page
        for key, value in self.values.items():
            widget = state.widget_states.widgets.add()
            widget.id = key
            widget.double_array_value.data.extend(value)
        state.cached_message_hashes.extend([*self.kept][-HASH_KEPT:])
        state.context_info.url = f"{self.url}/{self.page}?{self.query}"
        await self.socket.send(asked.SerializeToString())
        self.sliders, self.title = {}, ""
        async with asyncio.timeout(self.limit):
            while not await self._heard():
                pass
        if self.title and self.sliders:
            waited.append(time.perf_counter() - start)
        else:
            self.told.lost.append(f"{self.page}: a page without title or filter")

    async def _heard(self) -> bool:
        """Take one message. True where it says that the page is finished."""
        assert self.socket is not None
        got = ForwardMsg()
        got.ParseFromString(await self.socket.recv(decode=False))
        kind = got.WhichOneof("type")
        if got.hash and got.metadata.cacheable:
            self.kept.pop(got.hash, None)
            self.kept[got.hash] = None
        if kind == "new_session" and got.new_session.page_script_hash:
            self.page_hash = got.new_session.page_script_hash
        elif kind == "navigation":
            self.pages |= {page.url_pathname: page.page_script_hash for page in got.navigation.app_pages}
            self.page_hash = got.navigation.page_script_hash or self.page_hash
        elif kind == "page_info_changed":
            self.query = got.page_info_changed.query_string
        elif kind == "delta":
            element = got.delta.new_element
            if element.WhichOneof("type") == "slider":
                self.sliders[element.slider.id] = element.slider
                self.values.setdefault(element.slider.id, (element.slider.default[0], element.slider.default[1]))
            elif element.WhichOneof("type") == "heading" and element.heading.tag == "h1":
                self.title = element.heading.body
        return kind == "script_finished" and got.script_finished in (
            ForwardMsg.FINISHED_SUCCESSFULLY,
            ForwardMsg.FINISHED_WITH_COMPILE_ERROR,
        )


async def visit(visitor: Visitor, think: float, until: float, gone: Callable[[], None] = lambda: None) -> None:
    """Open a page, then change filters and now and then the page until the moment `until`; keep the connection open."""
    pause = visitor.dice.expovariate
    try:
        await asyncio.sleep(visitor.dice.uniform(0, min(think, max(0.0, until - time.monotonic()))))
        while not await visitor.open():
            if time.monotonic() > until:
                return
            await asyncio.sleep(pause(1 / think))
        while (
            later := time.monotonic() + pause(1 / think)
        ) < until:  # at the end nobody acts only because it is the end
            await asyncio.sleep(later - time.monotonic())
            await (visitor.turn_page() if visitor.dice.random() < 0.2 else visitor.move_slider())
        await asyncio.sleep(max(0.0, until - time.monotonic()))
    except Exception as problem:  # whatever it is: the visitor has lost the page, and it is counted
        visitor.told.lost.append(f"{type(problem).__name__}: {problem}")
    finally:
        gone()
