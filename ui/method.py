"""The method page: the long texts of text/method.*.md, and the release's certificate in sentences and in full."""

import re
from functools import lru_cache

import polars as pl
import streamlit as st

import queries
from queries import DamagedReleaseError, Release
from ui import caution, doors, export, locale, text
from ui.page import View

# The items of a certificate in the order in which they are shown, and how each is written.
ITEMS = {
    **dict.fromkeys(("cells", "published", "zero", "suppressed", "not_collected"), "number"),
    **dict.fromkeys(("primary", "secondary", "public", "narrowest", "threshold"), "number"),
    "protection": "word",
    **dict.fromkeys(("cost", "bound"), "decimal"),
    "gap": "share",
    "ended": "word",
    **dict.fromkeys(("rounds", "statements"), "number"),
    "earlier_releases": "list",
    "revised": "number",
    "insiders": "dimensions",
    **dict.fromkeys(("insiders_tried", "insiders_open", "insiders_elsewhere"), "number"),
    **dict.fromkeys(("whole_asked", "whole_none", "whole_undecided"), "number"),
    "solver": "name",
    "seconds": "decimal",
}
COLUMNS = ("cells", "published", "zero", "suppressed", "not_collected", "share", "narrowest")
BREAKS = "definitions"  # the section that the breaks of the release are listed in


def show(view: View) -> None:
    """Every section of the text in its order, and what belongs to the release beneath it."""
    values = {"{threshold}": str(view.release.threshold), "{below}": str(view.release.threshold - 1)}
    for section in text.sections("method", view.lang):
        body = section.body
        for placeholder, value in values.items():
            body = body.replace(placeholder, value)
        st.subheader(section.heading, anchor=section.name)
        if section.name == "statisticians":
            with st.expander(view.say("method.table.open"), key="statisticians", icon=":material/functions:"):
                st.markdown(body)
                _in_full(view)
            continue
        st.markdown(body)
        if section.name == "certificate":
            _told(view)
        if section.name == BREAKS:
            _breaks(view)
        if section.name == "revisions":
            _revisions(view)
        if section.name == "cite":
            st.code(citation(view.release, view.lang), language=None, wrap_lines=True)


@lru_cache(maxsize=32)
def certificate(release: Release) -> dict[str, str]:
    """The certificate's items by name; empty where the release has none."""
    if not queries.ask(release, "has_certificate")["certified"].item():
        return {}
    return dict(queries.ask(release, "certificate").select("item", "value").iter_rows())


def sentences(release: Release, lang: str) -> list[str]:
    """The certificate for readers who are no statisticians; a single sentence where the release has none."""
    found = certificate(release)
    if not found:
        return [text.text("method.no_certificate", lang)]

    def told(key: str, **values: object) -> str:
        return text.text(f"method.told.{key}", lang, **values)

    def cells(item: str) -> str:
        return _counted("cells", int(found[item]), lang)

    def number(n: int) -> str:
        return locale.number(n, lang)

    every, suppressed, zero = int(found["cells"]), int(found["suppressed"]), int(found["zero"])
    shown = int(found["published"]) + zero
    numbers = told(
        "shown",
        cells=number(every),
        shown=number(shown),
        share=_share(shown / every, lang),
        zero=number(zero),
        suppressed=number(suppressed),
        share_suppressed=_share(suppressed / every, lang),
    )
    if int(found["not_collected"]):
        numbers += " " + told("not_collected", not_collected=number(int(found["not_collected"])))
    lines = [told("passed"), numbers]
    if suppressed:
        hidden = told("hidden", primary=cells("primary"), secondary=cells("secondary"))
        if int(found["revised"]):
            hidden += " " + told("revised", revised=cells("revised"))
        lines.append(hidden)
    if found["narrowest"]:
        narrow = told("narrowest", narrowest=number(int(found["narrowest"])))
        if int(found["public"]):
            narrow += " " + told("public", public=cells("public"))
        lines.append(f"{narrow} {told('mark' if found['protection'] == 'mark' else 'hidden_level')}")
    versions = _listed(found["earlier_releases"])
    lines.append(
        told(
            "known",
            statements=_counted("statements", int(found["statements"]), lang),
            releases=_counted("releases", len(versions), lang, versions=_joined(versions, lang)),
        )
    )
    lines.append(_insiders(found, lang))
    return lines


def _insiders(found: dict[str, str], lang: str) -> str:
    tried, guarded = int(found["insiders_tried"]), _dimensions(found["insiders"], lang)
    if not tried:
        return text.text("method.told.insiders_none_alone", lang)
    if guarded:
        line = text.text(
            "method.told.insiders",
            lang,
            tried=_counted("cells", tried, lang),
            dimensions=_joined(guarded, lang),
            open=_counted("cases", int(found["insiders_open"]), lang),
        )
    else:
        line = text.text("method.told.insiders_unguarded", lang)
    elsewhere = int(found["insiders_elsewhere"])
    if elsewhere:
        line += " " + text.text("method.told.insiders_elsewhere", lang, elsewhere=_counted("cases", elsewhere, lang))
    return line


def _told(view: View) -> None:
    lines = sentences(view.release, view.lang)
    if certificate(view.release):
        st.markdown("\n".join(f"- {line}" for line in lines))
    else:
        st.info(lines[0], icon=":material/info:")


def _in_full(view: View) -> None:
    found = certificate(view.release)
    if not found:
        return
    of_items, of_tables = view.say("method.table.items"), view.say("method.table.tables")
    st.markdown(f"**{of_items}**")
    item, value = view.say("method.table.item"), view.say("method.table.value")
    rows = [
        {item: view.say(f"method.item.{name}"), value: _written(found[name], kind, view.lang)}
        for name, kind in ITEMS.items()
        if name in found
    ]
    st.table(pl.DataFrame(rows), hide_index=True, alt=of_items)
    st.markdown(f"**{of_tables}**")
    tables = queries.ask(view.release, "certificate_tables").to_dicts()
    st.table(pl.DataFrame([_table(row, view) for row in tables]), hide_index=True, alt=of_tables)
    st.caption(view.say("method.table.tables_key"))
    view.download("certificate", lambda: export.csv_file(view.release, view.lang, file_rows(view.release, view.lang)))


def file_rows(release: Release, lang: str) -> list[dict[str, object]]:
    """The certificate to take home, one value a row: first that of the release, then that of each table."""
    found = certificate(release)
    rows: list[dict[str, object]] = [
        {
            "table": "",
            "item": name,
            "label": text.text(f"method.item.{name}", lang),
            "value": _typed(found[name], kind),
        }
        for name, kind in ITEMS.items()
        if name in found
    ]
    for table in queries.ask(release, "certificate_tables").iter_rows(named=True):
        rows += [
            {"table": table["name"], "item": item, "label": _column(item, lang), "value": table[item]}
            for item in COLUMNS
        ]
    return rows


def _table(row: dict[str, object], view: View) -> dict[str, str]:
    cells = {view.say("method.table.table"): " × ".join(_dimensions(str(row["dimensions"]), view.lang)).capitalize()}
    for item in COLUMNS:
        value = "" if row[item] is None else str(row[item])
        cells[_column(item, view.lang)] = _written(value, "share" if item == "share" else "number", view.lang)
    return cells


def _column(item: str, lang: str) -> str:
    return text.text("method.table.share" if item == "share" else f"method.item.{item}", lang)


def citation(release: Release, lang: str) -> str:
    """How to refer to a release as a whole."""
    years = {"first_year": release.first_year, "last_year": release.last_year}
    cited = text.text("method.citation", lang, version=release.version, published=release.created[:4], **years)
    mark = caution.mark(release, lang)
    return f"{mark}\n{cited}" if mark else cited


def _revisions(view: View) -> None:
    """What each release of this kind that lies here says that it changed, the newest first."""
    told = revisions(view.release, view.lang)
    for version, notes in told:
        with st.expander(version, key=f"revision_{version}", icon=":material/history:"):
            st.markdown(notes)
    if not told:
        st.markdown(view.say("method.first_release"))


def revisions(release: Release, lang: str) -> list[tuple[str, str]]:
    """The release notes that lie beside the releases, as (version, notes), the newest release first."""
    found = []
    for version in reversed(queries.versions(embargoed=doors.sees_embargo())):
        notes = queries.folder() / version / f"notes.{lang}.md"
        its = _opened(version) if notes.is_file() else None
        if its is not None and its.kind == release.kind:
            # Below the page's own headings.
            words = re.sub("^#", "###", notes.read_text(encoding="utf-8"), flags=re.MULTILINE)
            mark = caution.embargo(its, lang)
            found.append((version, f"**{mark}**\n\n{words}" if mark else words))
    return found


def _opened(version: str) -> Release | None:
    try:
        return queries.open_release(version, embargoed=doors.sees_embargo())
    except DamagedReleaseError:
        return None  # what it says of itself can't be trusted either


def _breaks(view: View) -> None:
    """The breaks within the years of the release, as the release has them."""
    marks = queries.ask(view.release, "marks").filter(
        (pl.col("kind") == "break") & pl.col("year").is_between(view.release.first_year + 1, view.release.last_year)
    )
    lines = []
    for row in marks.iter_rows(named=True):
        said = view.say("figure.break_note", year=row["year"], text=row[f"text_{view.lang}"])
        lines.append(f"- **{said}** {row[f'note_{view.lang}']}")
    if lines:
        st.markdown("\n".join(lines))


def _written(value: str, kind: str, lang: str) -> str:
    """An item's value in the reader's language."""
    if kind == "number":
        return locale.number(int(value), lang) if value else "–"
    if kind == "decimal":
        return locale.decimal(float(value), lang)
    if kind == "share":
        return _share(float(value), lang) if value else "–"
    if kind == "word":
        return text.text(f"method.value.{value}", lang)
    if kind in ("list", "dimensions"):
        parts = _dimensions(value, lang) if kind == "dimensions" else _listed(value)
        return _joined(parts, lang) or text.text("method.nothing", lang)
    return value


def _typed(value: str, kind: str) -> object:
    """An item's value as the file has it: a number that is one."""
    if kind == "number":
        return int(value) if value else None
    return float(value) if kind in ("decimal", "share") else value


def _counted(thing: str, n: int, lang: str, **values: object) -> str:
    """How many there are of a thing, in words: "no counts" or "1,098 counts", say."""
    many = {0: "none", 1: "one"}.get(n, "many")
    return text.text(f"method.count.{thing}_{many}", lang, n=locale.number(n, lang), **values)


def _share(part: float, lang: str) -> str:
    return locale.decimal(100 * part, lang) + locale.PERCENT[lang]


def _listed(value: str) -> list[str]:
    return [part for part in value.split(",") if part]


def _dimensions(value: str, lang: str) -> list[str]:
    """The names of dimensions joined by commas, in small letters as within a sentence."""
    return [text.text(f"codes.{dimension}.name", lang).lower() for dimension in _listed(value)]


def _joined(parts: list[str], lang: str) -> str:
    """An enumeration: "a, b and c", say."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {text.text('method.and', lang)} {parts[-1]}"
