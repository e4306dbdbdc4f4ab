"""The HTTP side in one place: what is served beside the pages, and what every request passes on its way in."""

from functools import cache

from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from web import api, assets
from web.gate import Gate
from web.headers import Headers
from web.shell import Shell
from web.stream import Stream


@cache
def routes() -> list[BaseRoute]:
    """The addresses that stand beside the pages. Streamlit has all others."""
    return [*assets.routes(), *api.routes()]


def middleware() -> list[Middleware]:
    """What every request passes, from the outside in."""
    return [Middleware(Headers), Middleware(Gate, ours=routes()), Middleware(Shell), Middleware(Stream)]
