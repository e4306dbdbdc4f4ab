"""The HTTP side in one place: what is served beside the pages, and what every request passes on its way in."""

from functools import cache

from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from ui import doors
from ui.doors import DoorsError
from ui.signed_out import StateError
from web import api, assets, health, was
from web.crowd import Crowd
from web.frontend import Frontend
from web.gate import Gate
from web.headers import Headers
from web.listed import Listed
from web.replica import Replica
from web.shell import Shell
from web.stream import Stream


@cache
def routes() -> list[BaseRoute]:
    """The addresses that stand beside the pages. Streamlit has all others."""
    return [*assets.routes(), *health.routes(), *was.routes(), *api.routes()]


def middleware() -> list[Middleware]:
    """What every request passes, from the outside in."""
    try:
        doors.check()  # half turned on, nothing may answer
    except (DoorsError, StateError) as error:
        raise SystemExit(f"The server doesn't start: {error}") from None
    return [
        Middleware(Headers),
        Middleware(Listed, ours=routes()),
        Middleware(Replica),
        Middleware(Crowd),
        Middleware(Gate),
        Middleware(Frontend),
        Middleware(Shell),
        Middleware(Stream),
    ]
