"""The page shell: the HTML document that a browser gets before Streamlit has started, in the reader's language.

Streamlit serves one fixed English document for every address. This one says all of it itself; which
scripts and styles to load, web/frontend.py knows.
"""

import html

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.page import PAGES
from ui.text import LANGUAGES, text
from web import assets, frontend


class Shell:
    """Answers the address of every page with the shell, and passes all else on."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or _page(scope["path"]) is None:
            await self.app(scope, receive, send)
            return
        answer = HTMLResponse(document(Request(scope)), headers={"Cache-Control": "no-cache"})
        await answer(scope, receive, send)


def _page(path: str) -> str | None:
    """The page that the path asks for, or None where it asks for none."""
    name = path.strip("/") or PAGES[0]
    return name if name in PAGES and not path.endswith(f"{name}/") else None


def document(request: Request) -> str:
    """The shell for one address."""
    asked = request.query_params.get("lang", "")
    lang = asked if asked in LANGUAGES else LANGUAGES[0]
    page = _page(request.url.path) or PAGES[0]
    title = f"{text(f'nav.{page}', lang)} – {text('site.name', lang)}"
    return f"""<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)}</title>
<link rel="icon" href="{assets.address("icon.png")}">
<script src="{assets.address("shell.js")}"></script>
{frontend.loaded(page)}
</head>
<body>
<noscript><p>{html.escape(text("shell.no_script", lang))}</p></noscript>
<div id="root"></div>
</body>
</html>
"""
