"""How the top of a page is written in HTML: the same things as Streamlit draws, in the same order and place."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import urlencode

import streamlit

from queries import Release
from ui import address, caution, takeaway
from ui.address import FOOT_PAGES, PAGES
from ui.answer import Answer
from ui.doors import Reader
from ui.figure import first_of
from ui.page import HEADLINES, View
from ui.text import LANGUAGES, label, text
from web import api
from web.first_drawing import Drawing

ID = "vink-first"
FONTS = Path(streamlit.__file__).parent / "static" / "static" / "media"
STYLE = Path(__file__).with_name("first.css")
# What stands where; the same places on the drawn page, for a reader whose keyboard is there already.
PLACE = {
    "language": ".st-key-language button",
    "release": ".st-key-to_current button",
}


@dataclass(frozen=True)
class Shown:
    """What a page shows at its top.

    dimension: the one that it has a filter for. one: the answer of its first figure, None where it has none or nothing
    was chosen. newer: the current release, where the page shows another.
    """

    view: View
    query: Mapping[str, str]
    reader: Reader
    years: tuple[int, int]
    dimension: str | None
    one: Answer | None
    newer: Release | None


def written(shown: Shown, chart: Sequence[Drawing] | None) -> str:
    """The top of a page. chart: None where it wasn't drawn; its numbers stand in the table all the same."""
    view = shown.view
    figure = first_of(view.name)
    parts = [
        _note("warning", text("embargo.banner", view.lang, until=caution.until(view.release, view.lang)))
        if view.release.embargoed
        else "",
        _note("warning", text("site.example_banner", view.lang)) if view.release.kind == "example" else "",
        _tag("h1", escape(view.say(f"{view.name}.title"))),
        _tag("p", inline(view.say(f"{view.name}.lead"))),
        _older(shown) if shown.newer else "",
        *(_filters(shown) if figure else ()),
        *(_headlines(shown) if view.name == PAGES[0] else ()),
        *(_figure(shown, chart) if figure else ()),
        _without_script(view.lang),
    ]
    footer = view.say(
        "site.footer",
        version=view.release.version,
        first_year=view.release.first_year,
        last_year=view.release.last_year,
        threshold=view.release.threshold,
    )
    return _whole(view.name, shown.query, view.lang, shown.reader, parts, _tag("p", escape(footer), "vf-small"))


def problem_page(page: str, query: Mapping[str, str], lang: str, reason: str, version: str, reader: Reader) -> str:
    """What stands in the page's place where its release can't be shown."""
    told = inline(text(f"problems.{reason}", lang, version="\0")).replace("\0", escape(version))
    parts = [
        _tag("h1", escape(text(f"problems.{reason}_title", lang))),
        _tag("p", told, "vf-note vf-error"),
        _to_current(page, query, lang) if query.get("release") else "",
        _without_script(lang),
    ]
    return _whole(page, query, lang, reader, parts, "")


def _whole(page: str, query: Mapping[str, str], lang: str, reader: Reader, parts: Iterable[str], foot: str) -> str:
    inner = _head(page, query, lang, reader.pages) + _tag("main", "".join(parts))
    links = [_link(name, address.kept(query), text(f"nav.{name}", lang)) for name in FOOT_PAGES]
    inner += _tag("footer", f"<hr>{foot}{_list(links, 'vf-menu')}")
    return f'<div id="{ID}"><style>{style()}</style><div class="vf">{inner}</div></div>'


@cache
def style() -> str:
    """The fragment's own style, with the page's font at its address."""
    font = next(FONTS.glob("SourceSansVF-Upright*.woff2")).name
    css = STYLE.read_text(encoding="utf-8").replace("{font}", f"/static/media/{font}")
    return css.replace("#vink-first", f"#{ID}").replace("\n", "")


# Around the page


def _head(page: str, query: Mapping[str, str], lang: str, pages: Iterable[str]) -> str:
    other = next(one for one in LANGUAGES if one != lang)
    name = f"<strong>{escape(text('site.name', lang))}</strong><br>{escape(text('site.tagline', lang))}"
    speak = {key: value for key, value in query.items() if key != "lang"} | ({"lang": other} if other != "da" else {})
    switch = _link(
        page, speak, text("site.other_language", lang), cls="vf-button", lang=other, hreflang=other,
        **{"data-as": PLACE["language"]},
    )  # fmt: skip
    carried = address.kept(query)
    items = [
        _link(
            name,
            carried,
            text(f"nav.{name}", lang),
            **({"aria-current": "page"} if name == page else {}),
            **{"data-as": f".st-key-menu_{'here' if name == page else name} a"},
        )
        for name in pages
    ]
    return _tag("header", _tag("p", name) + switch, "vf-brand") + _tag("nav", _list(items, "vf-menu"))


def _older(shown: Shown) -> str:
    view = shown.view
    assert shown.newer is not None
    told = text("release.older", view.lang, version=view.release.version, current=shown.newer.version)
    return _note("info", told) + _to_current(view.name, shown.query, view.lang)


def _to_current(page: str, query: Mapping[str, str], lang: str) -> str:
    kept = {key: value for key, value in query.items() if key != "release"}
    words = text("problems.to_current", lang)
    return _link(page, kept, words, cls="vf-button", **{"data-as": PLACE["release"]})


def _without_script(lang: str) -> str:
    """What needs JavaScript. A script hides it, rather than <noscript>: scripts may be allowed and not arrive."""
    link = _tag("a", escape(text("first.api", lang)), href=f"{api.ROOT}/?lang={lang}")
    return _tag("p", f"{escape(text('first.no_script', lang))} {link}.", "vf-note vf-needs")


# Filters and headlines


def _filters(shown: Shown) -> Iterable[str]:
    first, last = shown.view.release.first_year, shown.view.release.last_year
    if first < last:
        yield _years(shown, first, last)
    if shown.dimension:
        yield _codes(shown, shown.dimension)


def _years(shown: Shown, first: int, last: int) -> str:
    """The range of years where the slider will stand."""
    places = [100 * (year - first) / (last - first) for year in shown.years]
    line = f'<i style="left:{places[0]:.2f}%;right:{100 - places[1]:.2f}%"></i>'
    for year, place in zip(shown.years, places, strict=True):
        end = " vf-start" if year == first else " vf-end" if year == last else ""
        line += f'<b style="left:{place:.2f}%"></b><span class="vf-year{end}" style="left:{place:.2f}%">{year}</span>'
    return _tag(
        "div", _tag("p", escape(shown.view.say("filters.years")), "vf-label") + _tag("div", line, "vf-line"), "vf-years"
    )


def _codes(shown: Shown, dimension: str) -> str:
    """The codes to choose among: each a link to the page with it, or without it."""
    view = shown.view
    known, default = view.offered(dimension)
    chosen = view.asked_codes(dimension, shown.query)
    links = []
    for place, code in enumerate(known, start=1):
        wanted = [one for one in known if (one in chosen) != (one == code)]
        query = {key: value for key, value in shown.query.items() if key != dimension}
        if wanted != default:
            query[dimension] = ",".join(wanted) or "none"
        links.append(
            _link(
                view.name,
                query,
                label(dimension, code, view.lang),
                **({"aria-current": "true"} if code in chosen else {}),
                **{"data-as": f"[data-testid=stButtonGroup] button:nth-of-type({place})"},
            )
        )
    words = _tag("p", escape(view.say(f"filters.{dimension}")), "vf-label")
    return _tag("div", words + _list(links), "vf-codes")


def _headlines(shown: Shown) -> Iterable[str]:
    view = shown.view
    yield _tag("h3", escape(view.say("overview.latest", year=shown.years[1])))
    found = [view.headline(key, shown.years) for key in HEADLINES]
    yield _list(
        [
            f"<div><h2>{escape(one.value)}</h2><p><strong>{escape(one.what)}</strong><br>{escape(one.base)}</p></div>"
            + (_tag("p", escape(one.change), "vf-small") if one.change else "")
            for one in found
        ],
        "vf-headlines",
    )


# The figure


def _figure(shown: Shown, chart: Sequence[Drawing] | None) -> Iterable[str]:
    view, one = shown.view, shown.one
    if one is None:
        yield _tag("h3", escape(view.say(f"figures.{first_of(view.name)}.title")))
        chosen = view.say(f"filters.{shown.dimension}")
        yield _note("info", view.say("figure.empty", filter=chosen))
        return
    yield _tag("h3", escape(one.title), id=one.id)  # a link may name it, as on the drawn page
    yield _tag("p", escape(one.base), "vf-small")
    yield _tag("div", _views(one) + _chart(one, chart))
    if one.key:
        yield _tag("p", escape(one.key), "vf-small")
    said, differs = takeaway.compared(one, shown.newer)
    if said:
        yield _note("warning", said) if differs else _tag("p", inline(said), "vf-small")
    yield _tag("p", escape(text("take.quote", one.lang)), "vf-small")
    yield _tag("blockquote", "<br>".join(map(escape, one.copied.split("\n"))), "vf-quote")
    yield _files(shown, one)
    yield _table(one)
    yield _list([escape(note.whole) for note in one.notes], "vf-notes", id=f"{ID}-about")
    yield _tag("p", escape(f"{one.source}."), "vf-small")


def _views(one: Answer) -> str:
    """The three views of a figure: here they stand below each other."""
    links = (("chart", ID), ("table", f"{ID}-table"), ("about", f"{ID}-about"))
    return _tag(
        "div",
        "".join(
            _tag(
                "a",
                escape(text(f"figure.{view}", one.lang)),
                href=f"#{place}",
                **{"data-as": f".st-key-{one.id}_view [role=tab]:nth-of-type({i})"},
            )
            for i, (view, place) in enumerate(links, start=1)
        ),
        "vf-tabs",
    )


def _chart(one: Answer, chart: Sequence[Drawing] | None) -> str:
    if not chart:
        return ""
    svgs = "".join(
        drawing.svg.replace("<svg ", f'<svg class="vf-{i}" aria-hidden="true" preserveAspectRatio="xMinYMin" ', 1)
        for i, drawing in enumerate(chart)
    )
    return _tag("div", svgs, "vf-chart", role="img", **{"aria-label": one.alt})


def _files(shown: Shown, one: Answer) -> str:
    kept = {"lang": one.lang} | ({"release": one.release.version} if shown.query.get("release") else {})
    query = urlencode(api.changed(one) | kept, safe=",")
    return _list(
        [
            _tag(
                "a", escape(text(f"take.{form.key}", one.lang)), href=f"{api.ROOT}/figures/{one.id}.{form.key}?{query}"
            )
            for form in takeaway.FORMS
        ],
        "vf-files",
    )


def _table(one: Answer) -> str:
    head, *rows = one.table
    top = _tag("tr", "".join(_tag("th", escape(cell), scope="col") for cell in head))
    body = "".join(
        _tag("tr", _tag("th", escape(row[0]), scope="row") + "".join(_tag("td", escape(cell)) for cell in row[1:]))
        for row in rows
    )
    whole = f"<caption>{escape(one.title)}</caption><thead>{top}</thead><tbody>{body}</tbody>"
    key = _tag("p", escape(text("figure.table_key", one.lang)), "vf-small")
    return _tag("div", _tag("table", whole) + key, "vf-table", id=f"{ID}-table")


# HTML


def inline(words: str) -> str:
    """A text as the screen shows it: its bold words and names of files."""
    safe = escape(words)
    safe = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", safe)
    return re.sub(r"`(.+?)`", r"<code>\1</code>", safe)


def _note(kind: str, words: str) -> str:
    return _tag("div", _tag("p", inline(words)), f"vf-note vf-{kind}")


def _list(items: Sequence[str], cls: str = "", **attributes: str) -> str:
    return _tag("ul", "".join(f"<li>{item}</li>" for item in items), cls, **attributes)


def _link(page: str, query: Mapping[str, str], words: str, cls: str = "", **attributes: str) -> str:
    """A link to a page, beside the one that it stands on: the site may lie below a path of its host."""
    tail = f"?{urlencode(query, safe=',')}" if query else ""
    return _tag("a", escape(words), cls, href=f"{page}{tail}", **attributes)


def _tag(name: str, inner: str, cls: str = "", **attributes: str) -> str:
    """An element. inner: HTML. The attributes are plain words."""
    given = ({"class": cls} if cls else {}) | attributes
    told = "".join(f' {key}="{escape(value)}"' for key, value in given.items())
    return f"<{name}{told}>{inner}</{name}>"
