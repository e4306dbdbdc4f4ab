"""Files of our own that the page shell loads (web/assets/ and the icon).

Each is served at an address that names its content, so it is kept for good.
"""

import hashlib
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ui.frame import ICON
from web import words
from web.reply import Reply, body, response

FOLDER = Path(__file__).with_name("assets")
ROOT = "/vink"
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".png": "image/png"}


def _files() -> list[Path]:
    return [Path(ICON), *(path for path in sorted(FOLDER.iterdir()) if path.suffix in TYPES)]


def content(path: Path) -> bytes:
    """What is served of a file: the file, and in words.js the words."""
    raw = path.read_bytes()
    return words.filled(raw.decode("utf-8")).encode("utf-8") if path.name == "words.js" else raw


@cache
def address(name: str) -> str:
    """Where the file `name` is served: "/vink/shell.0123456789ab.js"."""
    path = next(path for path in _files() if path.name == name)
    digest = hashlib.sha256(content(path)).hexdigest()[:12]
    return f"{ROOT}/{path.stem}.{digest}{path.suffix}"


@cache
def _by_address() -> dict[str, Reply]:
    return {
        address(path.name): Reply(
            body(content(path), pack=path.suffix != ".png"), TYPES[path.suffix], lang="", lasting=True
        )
        for path in _files()
    }


def routes() -> list[BaseRoute]:
    """The route that serves them."""
    return [Route(ROOT + "/{file}", _serve)]


async def _serve(request: Request) -> Response:
    found = _by_address().get(request.url.path)
    if found is None:
        return Response(status_code=404)
    return response(found, request)
