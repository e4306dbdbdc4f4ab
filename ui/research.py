"""The research page: a table of the reader's own, the whole release to take home, and a box for SQL."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl
import streamlit as st

import queries
from ui import address, chance, crossing, research_files, text
from ui.crossing import ALL, NONE, PENDING, PERIOD, REVERSE, TIME, YEAR, Cell, Selection
from ui.page import View, codes_in_use
from ui.research_files import Taken, axis_name, ranged

FORMS = {
    "csv": ("CSV", "text/csv", research_files.csv),
    "xlsx": ("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", research_files.xlsx),
    "parquet": ("Parquet", "application/vnd.apache.parquet", research_files.parquet),
}
# Numbers stand to the right and on one line: a wide table scrolls within its own frame.
NUMBERS = (
    ".st-key-tables :is(td,th):not(:first-child),"
    ".st-key-tables :is(td,th):not(:first-child) *{text-align:right!important}"
    ".st-key-tables :is(td,th):first-child{position:sticky;left:0;background:#FFFFFF}"
    ".st-key-tables :is(td,th) p{white-space:nowrap!important}"
)
LANGUAGES = {"python": "py", "r": "R"}  # of the code that loads a release


@dataclass(frozen=True)
class Asker(View):
    """The view of the research page. Its methods put things on the page, from top to bottom."""

    # What is chosen

    def selection(self) -> Selection:
        """The table that the address asks for; draws the choices."""
        chosen = crossing.selection(self.release, st.query_params)
        with st.container(key="choices"):
            self._axes(chosen)
            self._numbers(chosen)
            self._categories(chosen)
        return chosen

    def _axes(self, chosen: Selection) -> None:
        layout, release = chosen.choice, self.release
        every = crossing.dimensions(release)
        beside = crossing.beside(release, [layout.rows])
        first, second, third = st.columns(3)
        with first:
            self._pick("rows", [*every, TIME], layout.rows, every[0], self._axis)
        with second:
            self._pick("columns", [*beside, NONE], layout.columns, beside[0], self._axis)
        further = [] if layout.columns == NONE else crossing.beside(release, [layout.rows, layout.columns])
        if further:
            with third:
                self._pick("panels", [NONE, *further], layout.panels, NONE, self._axis)
        offered = {*layout.dimensions, *further, *beside}
        missing = [axis_name(d, self.lang) for d in every if d not in offered]
        if missing:
            st.caption(self.say("research.not_offered", names="; ".join(missing)))
        if YEAR not in crossing.times(release, layout.dimensions) and YEAR in {
            time for table in crossing.tables(release) for time in table.times
        }:
            st.caption(self.say("research.only_periods"))

    def _numbers(self, chosen: Selection) -> None:
        layout = chosen.choice
        first, second, third = st.columns(3)
        with first:
            self._pick("show", ["count", *layout.dimensions], chosen.of or "count", "count", self._show)
        with second:
            if not layout.over_time:
                known = list(crossing.periods(self.release, layout.dimensions))
                self._pick("period", known, chosen.period, ALL if ALL in known else known[0], self._when)
            elif len(kinds := crossing.kinds_of_time(self.release, layout)) > 1:
                self._pick("time", kinds, chosen.time, kinds[0], lambda time: self.say(f"research.times.{time}"))
        columns = chosen.codes[layout.columns] if layout.columns != NONE else (ALL,)
        with third:
            self._pick("sort", ["", REVERSE, *columns], chosen.sort, "", lambda sort: self._order(sort, layout.columns))
        if layout.over_time and chosen.time == YEAR:
            self.years()

    def _categories(self, chosen: Selection) -> None:
        with st.expander(self.say("research.categories"), key="categories", icon=":material/filter_alt:"):
            key = self.held("totals", chosen.totals)
            st.toggle(
                self.say("research.totals"),
                chosen.totals,
                key=key,
                on_change=lambda: address.put("totals", str(int(st.session_state[key])), "1"),
            )
            for dimension in chosen.choice.dimensions:
                self._codes_of(dimension, chosen)

    def _codes_of(self, dimension: str, chosen: Selection) -> None:
        outside = {PENDING} if chosen.of == dimension else set()
        known = [code for code in codes_in_use(self.release, dimension) if code not in outside]
        shown = [code for code in chosen.codes[dimension] if code != ALL]
        key = self.held(dimension, shown)

        def keep() -> None:
            picked = [code for code in known if code in st.session_state[key]]
            address.put(dimension, ",".join(picked or known), ",".join(known))

        st.pills(
            axis_name(dimension, self.lang),
            known,
            selection_mode="multi",
            default=shown,
            format_func=lambda code: text.label(dimension, code, self.lang),
            key=key,
            on_change=keep,
        )

    def _pick(
        self, name: str, options: Sequence[str], chosen: str, default: str, written: Callable[[str], str]
    ) -> None:
        key = self.held(name, chosen)
        st.selectbox(
            self.say(f"research.{name}"),
            options,
            index=list(options).index(chosen),
            format_func=written,
            key=key,
            on_change=lambda: address.put(name, st.session_state[key], default),
        )

    def _axis(self, axis: str) -> str:
        return axis_name(axis, self.lang)

    def _show(self, of: str) -> str:
        if of == "count":
            return self.say("research.numbers.count")
        return self.say("research.numbers.share", name=self._axis(of).lower())

    def _order(self, sort: str, columns: str) -> str:
        if sort in ("", REVERSE):
            return self.say(f"research.order.{sort or 'codes'}")
        if columns == NONE:
            return self.say("research.order.largest", column=self.say("research.one_column"))
        return self.say("research.order.largest", column=self._code(columns, sort))

    def _when(self, period: str) -> str:
        if period != ALL:
            return period
        return self.say("filters.all_years", first_year=self.release.first_year, last_year=self.release.last_year)

    def _code(self, axis: str, code: str) -> str:
        return self._when(code) if axis == TIME else text.label(axis, code, self.lang)

    # The table

    def taken(self, chosen: Selection) -> Taken:
        """The chosen table with its words, as the page and every file show it."""
        layout = chosen.choice
        found = crossing.cells(self.release, layout.dimensions, chosen.of, self.lang)
        panels = crossing.pivot(found, layout, chosen.codes, chosen.period, chosen.sort)
        cells = crossing.listed(panels)
        axes = [axis for axis in (layout.rows, layout.columns, layout.panels) if axis != NONE]
        breaks = self._breaks(layout.dimensions, cells)
        return Taken(
            self.release,
            self.lang,
            chosen,
            panels,
            cells,
            self.say(
                "research.heading",
                axes=" × ".join(self._axis(axis) for axis in axes if axis != TIME) or self._axis(TIME),
                period=self._shown_time(chosen),
            ),
            [self._unit(chosen), *self._keys(chosen, cells), *breaks.values()],
            {axis: self._axis(axis) for axis in axes},
            {axis: {code: self._code(axis, code) for code in codes} for axis, codes in chosen.codes.items()},
            list(breaks),
        )

    def _shown_time(self, chosen: Selection) -> str:
        if not chosen.choice.over_time:
            return self._when(chosen.period)
        spans = crossing.periods(self.release, chosen.choice.dimensions)
        first, last = (pick(spans[p][end] for p in chosen.codes[TIME]) for end, pick in ((0, min), (1, max)))
        return str(first) if first == last else f"{first}-{last}"

    def _unit(self, chosen: Selection) -> str:
        if chosen.of is None:
            return self.say("research.unit_count")
        name = self._axis(chosen.of).lower()
        pending = PENDING in codes_in_use(self.release, chosen.of)
        return self.say("research.unit_share_pending" if pending else "research.unit_share", name=name)

    def _keys(self, chosen: Selection, cells: Sequence[Cell]) -> list[str]:
        found = [self.say("research.key")] if chosen.totals or any(c.count.n is None for c in cells) else []
        return [*found, self.say("research.key_share", minimum=chance.SMALLEST_BASE)] if chosen.of else found

    def _breaks(self, dimensions: Sequence[str], cells: Sequence[Cell]) -> dict[int, str]:
        """The breaks that concern these numbers, by year, each with its note."""
        dimensions = ["ideology" if d == "ideology_group" else d for d in dimensions]
        first, last = min(c.first_year for c in cells), max(c.last_year for c in cells)
        found: dict[int, str] = {}
        for row in queries.ask(self.release, "marks").filter(pl.col("kind") == "break").iter_rows(named=True):
            everywhere = row["dimension"] == "all" and (
                "referrals" in row["measures"].split(",") or "assessment" in dimensions
            )
            if (everywhere or row["dimension"] in dimensions) and first <= row["year"] <= last:
                said = self.say("figure.break_note", year=row["year"], text=row[f"text_{self.lang}"])
                found[row["year"]] = f"{said} {row[f'note_{self.lang}']}"
        return found

    def table(self, taken: Taken) -> None:
        """The table as chosen, a small one for each code of the small multiples, and what its signs mean."""
        layout = taken.selected.choice
        unit, *keys = taken.notes
        st.subheader(taken.title, anchor="table")
        st.caption(unit)
        starts = {p: span[0] for p, span in crossing.periods(self.release, layout.dimensions).items() if p != ALL}

        def named(axis: str, code: str) -> str:
            words = taken.labels[axis][code]
            return f"‖ {words}" if axis == TIME and starts.get(code) in taken.breaks else words

        wide = 70 / max(1, len(taken.panels[0].columns))  # the same in all of the small multiples
        st.html(f"<style>{NUMBERS}.st-key-tables td:not(:first-child){{width:{wide:.2f}%}}</style>")
        with st.container(key="tables"):
            for panel in taken.panels:
                title = taken.title
                if layout.panels != NONE:
                    st.markdown(f"**{named(layout.panels, panel.code)}**")
                    title = f"{title}: {taken.labels[layout.panels][panel.code]}"
                columns = [
                    named(layout.columns, code) if layout.columns != NONE else self.say("research.one_column")
                    for code in panel.columns
                ]
                rows = [
                    {taken.names[layout.rows]: _bold(named(layout.rows, code), code)}
                    | {column: _shown(cell) for column, cell in zip(columns, cells, strict=True)}
                    for code, cells in panel.rows
                ]
                st.table(pl.DataFrame(rows), hide_index=True, alt=title)
        if layout.over_time and taken.breaks:
            keys.insert(1, self.say("research.key_break"))
        for key in keys:
            st.caption(key)

    def take(self, taken: Taken) -> None:
        """A button for each form in which the table can be taken home."""
        name = "-".join((*taken.selected.choice.dimensions, "share" if taken.selected.of else "count"))
        with st.container(horizontal=True, gap="small"):
            for form, (shown, mime, make) in FORMS.items():
                st.download_button(
                    self.say("research.take", form=shown),
                    data=lambda make=make: make(taken),
                    file_name=f"vink-{name}-{self.release.version}-{self.lang}.{form}",
                    mime=mime,
                    icon=":material/download:",
                    key=f"take_{form}",
                    on_click="ignore",
                )

    # Which crossings there are

    def crossings(self) -> None:
        """Which dimensions are published together, and why not all of them are."""
        with st.expander(self.say("research.why"), key="crossings", icon=":material/grid_on:"):
            st.markdown(self.section("crossings").body)
            every = crossing.dimensions(self.release)
            rows = [
                {self.say("research.sheet.dimension"): self._axis(row)}
                | {self._axis(column): self._pair(row, column) for column in every}
                for row in every
            ]
            st.table(pl.DataFrame(rows), hide_index=True, alt=self.say("research.pair.table"))
            st.caption(self.say("research.pair.key"))

    def _pair(self, one: str, other: str) -> str:
        if one == other:
            return self.say("research.pair.alone")
        times = crossing.times(self.release, [one, other])
        for time in (YEAR, PERIOD, ALL):
            if time in times:
                return self.say(f"research.pair.{time}")
        grouped = {frozenset(pair) for pair in queries.ask(self.release, "groupings").iter_rows()}
        return self.say("research.pair.grouped" if {one, other} in grouped else "research.pair.no")

    def section(self, name: str) -> text.Section:
        """One section of the page's long texts."""
        (found,) = (section for section in text.sections("research", self.lang) if section.name == name)
        return found

    # The whole release

    def whole_release(self) -> None:
        """The release's own files, and how to load them."""
        st.subheader(self.say("research.whole.title"), anchor="release")
        st.markdown(self.section("package").body)
        files = {
            "database": ("duckdb", "application/vnd.duckdb", research_files.database),
            "package": ("zip", "application/zip", research_files.package),
        }
        with st.container(horizontal=True, gap="small"):
            for name, (ending, mime, make) in files.items():
                st.download_button(
                    self.say(f"research.whole.{name}"),
                    data=lambda make=make: make(self.release),
                    file_name=f"vink-{self.release.version}.{ending}",
                    mime=mime,
                    icon=":material/download:",
                    key=f"take_{name}",
                    on_click="ignore",
                )
        for name, ending in LANGUAGES.items():
            with st.expander(self.say(f"research.whole.{name}"), key=f"load_{name}", icon=":material/code:"):
                st.code(loading(ending, self.lang, self.release.version), language=None, wrap_lines=True)
        with st.expander(self.say("research.whole.excel"), key="load_excel", icon=":material/table:"):
            st.markdown(self.section("excel").body)
        st.markdown(self.say("research.whole.api"))


def open(view: View) -> Asker:
    """The view of the research page."""
    return Asker(view.name, view.release, view.lang)


def loading(ending: str, lang: str, version: str) -> str:
    """The code that loads a downloaded release, from text/load.<language>.<ending>.txt."""
    code = (text.FOLDER / f"load.{lang}.{ending}.txt").read_text(encoding="utf-8")
    return code.replace("{version}", version).strip()


def _shown(cell: Cell | None) -> str:
    if cell is None:
        return ""
    words = (cell.share if cell.share is not None else cell.count).words
    # The share, its interval, and what it is of.
    lines = words.removesuffix(")").replace(" [", " (").split(" (") if words.endswith(")") else [words]
    lines = [f"[{line}" if line.endswith("]") else line for line in lines]
    if ranged(cell):
        lines = [f":gray-background[{line}]" for line in lines]
    elif ALL in cell.codes:
        lines = [_bold(line, ALL) for line in lines]
    return "  \n".join(lines)


def _bold(words: str, code: str) -> str:
    return f"**{words}**" if code == ALL else words
