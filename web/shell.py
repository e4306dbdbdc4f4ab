"""The page shell: the HTML document that a browser gets before Streamlit has started, in the reader's language.

Streamlit serves one fixed English document for every address. This one says all of it itself; which
scripts and styles to load, web/frontend.py knows.
"""

import html

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from ui import address, doors
from ui.address import FOOT_PAGES, PAGES
from ui.text import text
from web import assets, first, frontend
from web.reply import Reply, response

FRESH = {"Cache-Control": "no-cache"}  # kept, but asked for again: what it carries may have changed


class Shell:
    """Answers the address of every page with the shell, and passes all else on."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or _page(scope["path"]) is None:
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        whole = first.packed(document(request, await first.fragment(request)))
        reply = Reply(whole, "text/html; charset=utf-8", address.spoken(request.query_params), policy="", headers=FRESH)
        await response(reply, request)(scope, receive, send)


def _page(path: str) -> str | None:
    """The page that the path asks for, or None where it asks for none."""
    name = path.strip("/") or PAGES[0]
    return name if name in (*PAGES, *FOOT_PAGES) and not path.endswith(f"{name}/") else None


def document(request: Request, top: str = "") -> str:
    """The shell for one address. top: what is seen before Streamlit has started; only then comes what it loads."""
    lang = address.spoken(request.query_params)
    page = _page(request.url.path) or PAGES[0]
    title = f"{text(f'nav.{page}', lang)} – {text('site.name', lang)}"
    return f"""<!DOCTYPE html>
<html lang="{lang}"{" data-sign-in" if doors.settings() else ""}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>{html.escape(title)}</title>
<link rel="icon" href="{assets.address("icon.png")}">
</head>
<body>
{top or _silent(lang)}
<link rel="stylesheet" href="{assets.address(assets.STYLES)}">
<script defer src="{assets.address(assets.SCRIPT)}"></script>
{frontend.loaded(page)}
<div id="root"></div>
</body>
</html>
"""


def _silent(lang: str) -> str:
    """What stands in the place of a top that there isn't."""
    return f"<noscript><p>{html.escape(text('shell.no_script', lang))}</p></noscript>"
