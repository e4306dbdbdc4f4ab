"""What stands on a page of one answer: its chart, table and notes, its sentence, and all that can be taken away."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl
import streamlit as st

import queries
from queries import DamagedReleaseError, NoReleaseError, Release
from ui import address, export, picture
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


def show(one: Answer) -> None:
    """Draw an answer below its heading: three views of it, its sentence to copy, and the menu of its files."""
    st.caption(one.base)
    names = [text(f"figure.{view}", one.lang) for view in ("chart", "table", "about")]
    chart, table, about = st.tabs(names, key=f"{one.id}_view")
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
    newer = _current(release)
    if newer is None:
        return
    with st.container(key="older"):
        st.info(text("release.older", lang, version=release.version, current=newer.version), icon=":material/history:")
        st.button(text("problems.to_current", lang), on_click=address.leave_release, key="to_current")


def _current(release: Release) -> Release | None:
    """The current release, where `release` is another one."""
    if "release" not in st.query_params:
        return None  # the page shows the one that was current when it began; the next run shows what is current then
    try:
        version = queries.current()
        return queries.open_release(version) if version != release.version else None
    except (NoReleaseError, DamagedReleaseError):
        return None  # whoever asks for the current one is told; here the reader looks at one that is well


def _other_release(one: Answer) -> None:
    """Say whether the current release has the same numbers, where the answer is another one's."""
    newer = _current(one.release)
    if newer is None:
        return
    try:
        other = again(one, newer)
    except AskError:
        st.caption(text("release.gone", one.lang, current=newer.version))
        return
    if other.numbers == one.numbers:
        st.caption(text("release.same", one.lang, current=newer.version))
    else:
        st.warning(text("release.differs", one.lang, current=newer.version, sentence=other.sentence))
