"""Visitors that write their requests by hand: bytes on a socket, and messages on the websocket."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPMessage, HTTPResponse
from urllib.parse import urlsplit

from google.protobuf.text_format import MessageToString
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.browser.driver import Server

WAIT = 30  # seconds: how long a test waits before it says that the server hangs
STREAM = "/_stcore/stream"
# The headers that ask for a websocket (RFC 6455, 4.1), with the RFC's own key.
UPGRADE = {
    "connection": "Upgrade",
    "upgrade": "websocket",
    "sec_websocket_version": "13",
    "sec_websocket_key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@dataclass(frozen=True)
class Answer:
    """One answer, as it came."""

    status: int
    headers: HTTPMessage
    body: bytes


def request(path: str | bytes, method: str = "GET", *, host: str, **headers: str) -> bytes:
    """A request as it goes over the line."""
    target = path if isinstance(path, bytes) else path.encode("utf-8")
    named = {"host": host, "connection": "close"} | headers
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in named.items()]
    return method.encode() + b" " + target + b" HTTP/1.1\r\n" + "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


def ask(server: Server, path: str | bytes, method: str = "GET", **headers: str) -> Answer:
    """Send one request as it stands: nothing in the path is changed on the way. `host` replaces the Host header."""
    return send(server, request(path, method, **{"host": urlsplit(server.url).netloc} | headers), method)


def send(server: Server, raw: bytes, method: str = "GET") -> Answer:
    """Send bytes, and read what comes back as an answer."""
    where = urlsplit(server.url)
    with socket.create_connection((where.hostname, where.port), timeout=WAIT) as line:
        line.sendall(raw)
        answer = HTTPResponse(line, method=method)
        answer.begin()
        return Answer(answer.status, answer.headers, answer.read())


@dataclass
class Visitor:
    """Somebody on the websocket, and what the server said so far."""

    line: ClientConnection
    heard: list[ForwardMsg] = field(default_factory=list)

    def visit(self, page: str = "overview", query: str = "", states: tuple[WidgetState, ...] = ()) -> list[ForwardMsg]:
        """Ask for a page, and read until it is done. Returns what came for this visit."""
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.query_string = query
        message.rerun_script.widget_states.widgets.extend(states)
        self.line.send(message.SerializeToString())
        return self.until_done()

    def until_done(self) -> list[ForwardMsg]:
        """Read until a run of the page has finished."""
        came: list[ForwardMsg] = []
        while True:
            said = self.line.recv(timeout=WAIT)
            assert isinstance(said, bytes)
            came.append(ForwardMsg.FromString(said))
            self.heard.append(came[-1])
            if came[-1].WhichOneof("type") == "script_finished":
                return came

    def closed(self) -> int | None:
        """The code with which the server ends the connection."""
        try:
            while True:
                self.line.recv(timeout=WAIT)
        except ConnectionClosed as over:
            return over.rcvd.code if over.rcvd else None


@contextmanager
def visitor(server: Server, path: str = STREAM, **headers: str) -> Iterator[Visitor]:
    """A connection of its own. Raises websockets' InvalidStatus where it is refused."""
    url = server.url.replace("http", "ws") + path
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with connect(url, additional_headers=named, open_timeout=WAIT, max_size=None, compression=None) as line:
        yield Visitor(line)


def words(messages: list[ForwardMsg]) -> str:
    """All that stands in some messages, as text."""
    return "\n".join(MessageToString(message, as_utf8=True) for message in messages)
