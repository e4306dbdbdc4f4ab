"""Files of our own that the page shell loads: the icon, the styles, and the scripts of web/assets/ as one.

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
# One request for all of them. The first tells Streamlit where it is, so it comes first; the others watch the page.
SCRIPTS = ("shell.js", "words.js", "access.js", "waiting.js", "views.js", "first.js")
SCRIPT, STYLES = "page.js", "access.css"


@cache
def content(name: str) -> bytes:
    """What is served as `name`: the icon, the styles, or all scripts with the words put in."""
    if name == SCRIPT:
        return "\n".join(words.filled((FOLDER / one).read_text("utf-8")) for one in SCRIPTS).encode()
    return (Path(ICON) if name == Path(ICON).name else FOLDER / name).read_bytes()


@cache
def address(name: str) -> str:
    """Where the file `name` is served: "/vink/page.0123456789ab.js"."""
    digest, path = hashlib.sha256(content(name)).hexdigest()[:12], Path(name)
    return f"{ROOT}/{path.stem}.{digest}{path.suffix}"


@cache
def _by_address() -> dict[str, Reply]:
    return {address(name): _reply(name) for name in (SCRIPT, STYLES, Path(ICON).name)}


def _reply(name: str) -> Reply:
    suffix = Path(name).suffix
    return Reply(body(content(name), pack=suffix != ".png"), TYPES[suffix], lang="", lasting=True)


def routes() -> list[BaseRoute]:
    """The route that serves them."""
    return [Route(ROOT + "/{file}", _serve)]


async def _serve(request: Request) -> Response:
    found = _by_address().get(request.url.path)
    if found is None:
        return Response(status_code=404)
    return response(found, request)
