"""The page of the API that a person reads: what there is, with examples to click. No script, nothing from elsewhere."""

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from urllib.parse import urlencode

import queries
from queries import Release
from ui import answer, caution
from ui.figure import CROSSES, FIGURES, figure_ids
from ui.text import LANGUAGES, text
from web import asked
from web.files import BY_KEY

STYLE = """
body{font:1rem/1.5 "Source Sans",system-ui,sans-serif;color:#16191D;background:#fff}
body{max-width:60rem;margin:0 auto;padding:1.5rem}
h1{font-size:1.9rem;line-height:1.2}h2{font-size:1.4rem;margin-top:2.5rem}a{color:#0B4F8A}
a:focus-visible{outline:3px solid #0B4F8A;outline-offset:2px}
code,pre{font:.9rem/1.5 "Source Code",ui-monospace,monospace;background:#F3F5F7}code{padding:.1rem .25rem}
pre{padding:.75rem;overflow-x:auto}.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;border-bottom:1px solid #C9CED6}
.mark{border-left:.4rem solid #8A5A00;background:#FFF6E0;padding:.75rem 1rem;font-weight:700}
nav a,td a{margin-right:1rem}small{color:#4A525C}td code{background:none;padding:0;white-space:nowrap}
@media (max-width:40rem){body{padding:1rem}}
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
EXAMPLE = "grounded_by_year"  # what the city itself speaks of most


def page(release: Release, lang: str, site: str, *, pinned: bool, embargoed: bool = False) -> str:
    """The whole page for one release. pinned: the address names the release, so the links do too.

    embargoed: for a reader who may see what isn't public yet.
    """
    kept = {"lang": lang} | ({"release": release.version} if pinned else {})
    mark = caution.mark(release, lang)
    years = {"first_year": str(release.last_year), "last_year": str(release.last_year)}
    example = f"{site}/api/v1/figures/{EXAMPLE}.csv?{urlencode(years | kept)}"
    lists = (
        ("figures", f"figures?{urlencode(kept)}"),
        ("releases", f"releases?lang={lang}"),
        ("codes", f"codes?{urlencode(kept)}"),
        ("openapi", f"openapi.json?{urlencode(kept)}"),
    )
    return _whole(
        lang,
        [
            _tag("p", mark, "mark") if mark else "",
            _tag("p", text("api.lead", lang)),
            _tag("h2", text("api.example", lang)),
            _tag("p", text("api.example_lead", lang)),
            f"<pre>{_tag('a', example, href=_relative(example, site))}</pre>",
            _tag("h2", text("api.figures", lang)),
            _tag("p", text("api.figures_lead", lang)),
            _figures(release, kept, lang),
            _tag("h2", text("api.parameters", lang)),
            _tag("p", text("api.parameters_lead", lang)),
            _parameters(release, lang),
            _tag("h2", text("api.lists", lang)),
            "<ul>",
            *(
                f"<li>{_tag('a', text(f'api.{name}', lang), href=address)} <small>{_tag('code', address)}</small></li>"
                for name, address in lists
            ),
            "</ul>",
            _tag("h2", text("api.keeping", lang)),
            *(_tag("p", text(f"api.keeping_{part}", lang)) for part in ("release", "tag", "problem", "signs")),
            _tag("h2", text("api.releases", lang)),
            _releases(lang, embargoed=embargoed),
            _tag(
                "p",
                text(
                    "site.footer",
                    lang,
                    version=release.version,
                    first_year=release.first_year,
                    last_year=release.last_year,
                    threshold=release.threshold,
                ),
            ),
        ],
        query={"release": release.version} if pinned else {},
    )


def problem_page(words: str, lang: str) -> str:
    """The page where there is no release to speak of."""
    return _whole(lang, [_tag("p", words, "mark")], query={})


def _whole(lang: str, parts: Iterable[str], query: dict[str, str]) -> str:
    other = next(one for one in LANGUAGES if one != lang)
    to_other = _tag("a", text("site.other_language", lang), href=f"?{urlencode({'lang': other} | query)}", lang=other)
    to_site = _tag("a", text("api.to_site", lang), href=f"../../?{urlencode({'lang': lang} | query)}")
    title = text("api.title", lang)
    head = (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,">{_tag("title", title)}<style>{STYLE}</style></head>'
    )
    body = "\n".join(part for part in parts if part)
    main = f"<main>\n{_tag('h1', title)}\n{body}\n</main>"
    return f"{head}\n<body>\n<nav>{to_site}{to_other}</nav>\n{main}\n</body>\n</html>\n"


def _tag(name: str, words: str, kind: str = "", **attributes: str) -> str:
    """An element with words in it: nothing in them can become markup."""
    its = ({"class": kind} if kind else {}) | attributes
    given = "".join(f' {key}="{escape(value)}"' for key, value in its.items())
    return f"<{name}{given}>{escape(words)}</{name}>"


def _relative(address: str, site: str) -> str:
    """As seen from this page: it holds behind a proxy too, that gives the site another path."""
    return address.removeprefix(f"{site}/api/v1/")


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of cells that are markup already."""
    heads = "".join(_tag("th", words, scope="col") for words in head)
    body = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{heads}</tr></thead>\n<tbody>{body}</tbody></table></div>'


def _figures(release: Release, kept: dict[str, str], lang: str) -> str:
    query = urlencode(kept)
    head = (text(f"api.column.{name}", lang) for name in ("figure", "files"))
    return _table(
        head,
        (
            (
                f"{escape(answer.title_of(release, figure, lang))}<br>{_tag('code', figure)}",
                " ".join(_tag("a", form.upper(), href=f"figures/{figure}.{form}?{query}") for form in BY_KEY),
            )
            for figure in figure_ids()
        ),
    )


def _parameters(release: Release, lang: str) -> str:
    over_years, crossed = (next(iter(kind)) for kind in (FIGURES, CROSSES))
    names = [*asked.names(over_years), *asked.names(crossed), *asked.COMMON]
    head = (text(f"api.column.{name}", lang) for name in ("parameter", "meaning"))
    return _table(head, ((_tag("code", name), escape(text(f"api.parameter.{name}", lang))) for name in names))


def _releases(lang: str, *, embargoed: bool) -> str:
    links = (
        _tag("a", version, href=f"?{urlencode({'lang': lang, 'release': version})}")
        for version in queries.versions(embargoed=embargoed)
    )
    return f"<ul>{''.join(f'<li>{link}</li>' for link in links)}</ul>"
