"""What stands on a page of one answer: its chart, table and notes, its sentence, and all that can be taken away."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import queries
from queries import DamagedReleaseError, NoReleaseError, Release
from ui import address, caution, doors, export, picture
from ui.answer import Answer, AskError, again
from ui.text import text


@dataclass(frozen=True)
class Form:
    """A file that an answer can be taken home as. key: also its ending, and its text in [take]."""

    key: str
    mime: str
    icon: str
    make: Callable[[Answer], bytes]


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS = (
    Form("png", "image/png", ":material/image:", picture.png),
    Form("svg", "image/svg+xml", ":material/shapes:", lambda one: picture.svg(one).encode("utf-8")),
    Form("xlsx", XLSX, ":material/table:", export.xlsx_of),
    Form("csv", "text/csv", ":material/csv:", export.csv_of),
    Form("json", "application/json", ":material/data_object:", export.json_of),
)

VIEWS = ("chart", "table", "about")


def show(one: Answer) -> None:
    """Draw an answer below its heading: three views of it, its sentence to copy, and the menu of its files."""
    st.caption(one.base)
    chart, table, about = _views(one)
    with chart:
        st.vega_lite_chart(one.spec, theme=None, alt=one.alt, key=f"{one.id}_chart")
        if one.key:
            st.caption(one.key)
    with table:
        head, *rows = one.table
        st.table(pl.DataFrame(rows, schema=list(head), orient="row"), hide_index=True, alt=one.title)
        st.caption(text("figure.table_key", one.lang))
    with about:
        st.markdown("\n".join(f"- {note.whole}" for note in one.notes))
        st.caption(f"{one.source}.")
    _other_release(one)
    with st.container(key=f"{one.id}_quote"):
        st.caption(text("take.quote", one.lang))
        st.code(one.copied, language=None, wrap_lines=True)
    with st.popover(text("take.menu", one.lang), icon=":material/download:", key=f"{one.id}_take"):
        _menu(one)


def _views(one: Answer) -> Sequence[DeltaGenerator]:
    """The tabs of an answer. The address says which is open at first; from then on the browser knows (views.js)."""
    names = {view: text(f"figure.{view}", one.lang) for view in VIEWS}
    asked = address.views(st.query_params.get("view")).get(one.id, "")
    return st.tabs(list(names.values()), default=names.get(asked), key=f"{one.id}_view")


def _menu(one: Answer) -> None:
    with st.container(horizontal=True, gap="small", key=f"{one.id}_files"):
        for form in FORMS:
            st.download_button(
                text(f"take.{form.key}", one.lang),
                data=lambda form=form: form.make(one),
                file_name=f"{one.file_name}.{form.key}",
                mime=form.mime,
                icon=form.icon,
                key=f"{one.id}_{form.key}",
                on_click="ignore",
            )
    with st.container(key=f"{one.id}_quotes"):
        st.caption(text("take.link", one.lang))
        st.code(one.link, language=None, wrap_lines=True)
        if len(one.quotes) > 1:
            st.caption(text("take.each", one.lang))
            for quote in one.quotes:
                st.code(one.quoted(quote), language=None, wrap_lines=True)


# Another release than the current one


def older(release: Release, lang: str) -> None:
    """Say which release the reader looks at, where it isn't the current one."""
    newer = newer_than(release, linked="release" in st.query_params, embargoed=doors.sees_embargo())
    if newer is None:
        return
    with st.container(key="older"):
        st.info(text("release.older", lang, version=release.version, current=newer.version), icon=":material/history:")
        st.button(text("problems.to_current", lang), on_click=address.leave_release, key="to_current")


def newer_than(release: Release, *, linked: bool, embargoed: bool) -> Release | None:
    """The release that is current for this reader, where `release` is another one that the address asks for by name.

    Where the address names none, the page shows the one that was current when it began; the next run shows what is
    current then.
    """
    if not linked:
        return None
    try:
        version = queries.current(embargoed=embargoed)
        return queries.open_release(version, embargoed=embargoed) if version != release.version else None
    except (NoReleaseError, DamagedReleaseError):
        return None  # whoever asks for the current one is told; here the reader looks at one that is well


def _other_release(one: Answer) -> None:
    """Say whether the current release has the same numbers, where the answer is another one's."""
    said, differs = compared(
        one, newer_than(one.release, linked="release" in st.query_params, embargoed=doors.sees_embargo())
    )
    if said:
        (st.warning if differs else st.caption)(said)


def compared(one: Answer, newer: Release | None) -> tuple[str, bool]:
    """What the current release says of another one's answer, and whether it says otherwise; "" of its own."""
    if newer is None:
        return "", False
    try:
        other = again(one, newer)
    except AskError:
        return text("release.gone", one.lang, current=newer.version), False
    if other.numbers == one.numbers:
        return text("release.same", one.lang, current=newer.version), False
    sentence = " – ".join(part for part in (caution.embargo(newer, one.lang), other.sentence) if part)
    return text("release.differs", one.lang, current=newer.version, sentence=sentence), True
