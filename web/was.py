"""/was: the short address at which the law wants every public website's accessibility statement to be found."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from ui.address import FOOT_PAGES


def routes() -> list[BaseRoute]:
    """The one route."""
    return [Route("/was", _lead)]


async def _lead(request: Request) -> Response:
    """To the statement, in the language that was asked for. The address is relative: it holds behind a proxy too."""
    return RedirectResponse(FOOT_PAGES[0] + (f"?{request.url.query}" if request.url.query else ""))
