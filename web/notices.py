"""Notices: the small pages that stand where there is no page to show, in both languages."""

import base64
import hashlib
from html import escape

from starlette.responses import HTMLResponse

from ui.page import PAGES
from ui.text import LANGUAGES, text

STATUS = {"host": 400, "missing": 404, "method": 405, "fault": 500}
STYLE = """
body{font:1rem/1.5 "Source Sans",system-ui,sans-serif;color:#16191D;background:#fff}
body{max-width:40rem;margin:0 auto;padding:1.5rem}
h1,h2{font-size:1.6rem;line-height:1.2;margin-top:2rem}a{color:#0B4F8A}
a:focus-visible{outline:3px solid #0B4F8A;outline-offset:2px}
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def notice(key: str, **headers: str) -> HTMLResponse:
    """The notice `key` of text/notices.toml, with its status. Nothing that was asked for stands in it."""
    kept = {"Cache-Control": "no-store", "Content-Security-Policy": POLICY}
    return HTMLResponse(page(key), STATUS[key], kept | {name.replace("_", "-"): said for name, said in headers.items()})


def page(key: str) -> str:
    """The HTML of a notice."""
    first = LANGUAGES[0]
    title = f"{text(f'notice.{key}_title', first)} – {text('site.name', first)}"
    parts = "\n".join(_part(key, lang, "h1" if lang == first else "h2") for lang in LANGUAGES)
    return f"""<!DOCTYPE html>
<html lang="{first}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
{parts}
</main>
</body>
</html>
"""


def _part(key: str, lang: str, heading: str) -> str:
    title, words, home = (escape(text(f"notice.{name}", lang)) for name in (f"{key}_title", key, "home"))
    link = f'<a href="/{PAGES[0]}?lang={lang}">{home}</a>'
    return f'<section lang="{lang}"><{heading}>{title}</{heading}><p>{words}</p><p>{link}</p></section>'
