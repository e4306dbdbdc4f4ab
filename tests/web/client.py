"""A real server over the API's routes, in this process, and a client that changes nothing of what it gets."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPMessage
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware

from web import api

ROOT = "/api/v1"


@dataclass(frozen=True)
class Got:
    """One answer, as it came."""

    status: int
    headers: HTTPMessage
    body: bytes

    def json(self) -> Any:
        """What stands in it."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Client:
    """Asks the server at `url`."""

    url: str

    def get(self, path: str, method: str = "GET", **headers: str) -> Got:
        """Ask for `path`, which begins below /api/v1 unless it begins with /api; `if_none_match` is If-None-Match."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path if path.startswith("/api") else f"{ROOT}{path}", headers=named)
            answer = connection.getresponse()
            return Got(answer.status, answer.headers, answer.read())
        finally:
            connection.close()


@contextmanager
def served(*middleware: Middleware) -> Iterator[Client]:
    """A server over fresh routes, on a free port of this machine alone. middleware: what requests pass before."""
    app = Starlette(routes=api.routes(), middleware=middleware)
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + 30
        while not server.started:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Client(f"http://127.0.0.1:{port}")
    finally:
        server.should_exit = True
        thread.join(timeout=10)
