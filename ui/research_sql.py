"""The box for SQL on the research page: a statement from the address, its answer, and the tables that it can ask."""

from typing import Any

import polars as pl
import streamlit as st

import queries
from queries import box as runner
from ui import address, export, locale
from ui.research import Asker
from ui.text import FOLDER

EXAMPLES = ("yearly", "hidden", "labels")
FIRST = "ideology_resource"  # the table that is explained where the reader chose none


def box(view: Asker) -> None:
    """The box, the answer to the statement in the address, and what can be asked."""
    st.subheader(view.say("research.sql.title"), anchor="sql")
    st.markdown(view.section("sql").body)
    statement = st.query_params.get("sql", "")
    st.caption(view.say("research.sql.examples"))
    with st.container(horizontal=True, gap="small"):
        for name in EXAMPLES:
            st.button(
                view.say(f"research.sql.example.{name}"),
                key=f"example_{name}",
                on_click=lambda name=name: address.put("sql", example(name), ""),
            )
    key = view.held("sql", statement)
    with st.form("sql_form"):
        st.text_area(view.say("research.sql.statement"), statement, key=key, height=150, max_chars=runner.LONGEST)
        st.form_submit_button(
            view.say("research.sql.run"),
            icon=":material/play_arrow:",
            on_click=lambda: address.put("sql", st.session_state[key], ""),
        )
    if statement:
        _answer(view, statement)
    _tables(view)


def example(name: str) -> str:
    """A statement that works on every release, from text/sql_<name>.txt."""
    return (FOLDER / f"sql_{name}.txt").read_text(encoding="utf-8").strip()


def _answer(view: Asker, statement: str) -> None:
    outcome = runner.run(view.release, statement)
    if outcome.table is None:
        detail = outcome.detail.replace("`", "")
        known = outcome.reason in ("function", "table")
        values = {"longest": runner.LONGEST, "seconds": runner.SECONDS, "detail": f"`{detail}`" if known else ""}
        st.error(view.say(f"research.sql.error.{outcome.reason}", **values), icon=":material/report:")
        if detail and outcome.reason in ("syntax", "failed"):
            st.caption(view.say("research.sql.said"))
            st.code(detail, language=None, wrap_lines=True)
        return
    if outcome.table.is_empty():
        st.info(view.say("research.sql.none"))
        return
    count = locale.number(outcome.table.height, view.lang)
    st.caption(view.say("research.sql.cut" if outcome.cut else "research.sql.found", rows=count))
    # Not a table of Markdown: what a stranger's link makes the database say would become links and pictures.
    table = outcome.table
    shown = {name: column for name in table.columns if (column := written(table[name]))}
    st.dataframe(
        table,
        hide_index=True,
        alt=view.say("research.sql.result"),
        key="sql_result",
        column_config=shown,
        placeholder=view.say("research.sql.null"),
    )
    view.download("sql", lambda: export.csv_file(view.release, view.lang, rows(table, view.say("research.sql.origin"))))


def written(column: pl.Series) -> Any:
    """How the grid writes a column of numbers in the reader's language; None where it needs not be told.

    Whole numbers get separators only where one has five digits or more: a year has none.
    """
    kind = column.dtype
    if kind.is_float():
        digits = max((_decimals(value) for value in column.drop_nulls()), default=0)
        return st.column_config.NumberColumn(format="localized", step=10**-digits if digits else 1)
    if kind.is_integer() and any(abs(value) >= 10_000 for value in column.drop_nulls()):
        return st.column_config.NumberColumn(format="localized")
    return None


def _decimals(value: float) -> int:
    """How many decimals a number needs, four at most."""
    return len(f"{value:.4f}".rstrip("0").split(".")[1])


def rows(table: pl.DataFrame, origin: str) -> list[dict[str, object]]:
    """An answer as rows of a file, none of whose words a spreadsheet takes for a formula; `origin` says whose it is."""
    return [
        {str(export.harmless(name)): export.harmless(value) for name, value in row.items()} | {"origin": origin}
        for row in table.iter_rows(named=True)
    ]


def _tables(view: Asker) -> None:
    schema = queries.ask(view.release, "schema")
    known: list[str] = schema["name"].unique(maintain_order=True).to_list()
    default = FIRST if FIRST in known else known[0]
    asked = st.query_params.get("table", default)
    chosen = asked if asked in known else default
    key = view.held("table", chosen)
    st.selectbox(
        view.say("research.sql.table"),
        known,
        index=known.index(chosen),
        key=key,
        on_change=lambda: address.put("table", st.session_state[key], default),
    )
    found = schema.filter(pl.col("name") == chosen)
    shown = pl.DataFrame(
        {
            view.say("research.sql.column"): [f"`{name}`" for name in found["column_name"]],
            view.say("research.sql.kind"): found["kind"],
            view.say("research.sql.comment"): found["comment"].fill_null(""),
        }
    )
    st.table(shown, hide_index=True, alt=view.say("research.sql.columns", name=chosen))
