"""What pages are written in: a view of one release, in one language, for one address."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import polars as pl
import streamlit as st

import queries
from queries import Release
from ui import address, chance, charts, export, points, sentence
from ui.charts import HeatCell, Mark, Series
from ui.figure import CROSSES, FIGURES, Figure
from ui.points import NOT_COLLECTED, PUBLISHED, SUPPRESSED, Point
from ui.text import label, text

DEFAULT_PERIOD = -1
HEADLINES = {
    # key: question, code, whether it is a share, the break that concerns it, the figure's title
    "referrals": ("referrals_by_year", "all", False, None, "figures.referrals_by_year.title"),
    "grounded": (
        "grounded_by_year",
        "grounded",
        True,
        ("grounded_share", "break_between"),
        "figures.grounded_by_year.title",
    ),
    "resource_strong": (
        "referrals_by_resource",
        "resource_strong",
        True,
        None,
        "figures.key_shares.resource_strong",
    ),
    "political": (
        "referrals_by_ideology_group",
        "political",
        True,
        ("anti_authority", "new_category"),
        "figures.key_shares.political",
    ),
}
RELEASE = "release_shown"  # where ui/frame.py leaves the release of this visit
PAGES = ("overview", "ideology", "resources", "outcome", "method")


@dataclass(frozen=True)
class View:
    """One page as one reader sees it. Its methods put things on the page, from top to bottom."""

    name: str
    release: Release
    lang: str

    def say(self, key: str, **values: object) -> str:
        """A text in the reader's language."""
        return text(key, self.lang, **values)

    # Filters

    def years(self) -> tuple[int, int]:
        """The range of years that the reader chose; draws the filter."""
        first, last = self.release.first_year, self.release.last_year
        chosen = address.years(st.query_params.get("years"), first, last)
        key = self._held("years", chosen)

        def keep() -> None:
            start, end = st.session_state[key]
            address.put("years", f"{start}-{end}", f"{first}-{last}")

        if first < last:  # one year leaves nothing to choose
            st.slider(self.say("filters.years"), first, last, chosen, step=1, format="%d", key=key, on_change=keep)
        return chosen

    def codes(self, dimension: str) -> list[str]:
        """The codes of `dimension` that the reader chose; draws the filter."""
        known = codes_in_use(self.release, dimension)
        default = [code for code in known if code != "unknown"]
        chosen = address.codes(st.query_params.get(dimension), known, default)
        key = self._held(dimension, chosen)

        def keep() -> None:
            picked = [code for code in known if code in st.session_state[key]]
            address.put(dimension, ",".join(picked) or "none", ",".join(default))

        st.pills(
            self.say(f"filters.{dimension}"),
            known,
            selection_mode="multi",
            default=chosen,
            format_func=lambda code: label(dimension, code, self.lang),
            key=key,
            on_change=keep,
        )
        return chosen

    def period(self) -> str:
        """The year or fixed period of the crossed tables that the reader chose; draws the filter."""
        known: list[str] = queries.ask(self.release, "periods")["period"].to_list()
        fixed = [period for period in known if "-" in period]
        default = fixed[0] if fixed else known[0]
        asked = st.query_params.get("period", default)
        chosen = asked if asked in known else default
        key = self._held("period", chosen)
        st.selectbox(
            self.say("filters.period"),
            known,
            index=known.index(chosen),
            format_func=self._period,
            key=key,
            on_change=lambda: address.put("period", st.session_state[key], default),
        )
        return chosen

    def _held(self, name: str, chosen: object) -> str:
        """The key of a filter that now has the value that the address asks for.

        The session's value is set only where the filter has another: one that is set again reaches the browser late,
        and would undo what the reader did meanwhile. A filter that is new on the page has it by default: what is set
        in a run that another run overtakes never reaches the browser, a default does with the next run. The key is
        the page's and the release's own, as the filter is: one that another page left behind says nothing of this one.
        """
        key = f"{self.release.version}_{self.name}_{name}"
        if key in st.session_state and st.session_state[key] != chosen:
            st.session_state[key] = chosen
        return key

    def _period(self, period: str) -> str:
        if period != "all":
            return period
        return self.say("filters.all_years", first_year=self.release.first_year, last_year=self.release.last_year)

    # The overview's headlines

    def headlines(self, years: tuple[int, int]) -> None:
        """The four numbers that leadership asks for, with the change since the year before."""
        st.subheader(self.say("overview.latest", year=years[1]))
        with st.container(key="headlines"):
            columns = st.columns(len(HEADLINES), gap="medium")
        for column, key in zip(columns, HEADLINES, strict=True):
            _, _, share, broken, _ = HEADLINES[key]
            mine = self._headline_points(key, years)
            now = mine[-1]
            before = mine[-2] if len(mine) > 1 else None
            cut = broken is not None and before is not None and self._broken(broken[0], before.year, now.year)
            shown = sentence.headline(key, now, before, share=share, broken=cut, lang=self.lang)
            with column.container(border=True, height="stretch"):
                st.markdown(f"## {shown.value}\n**{shown.what}**  \n{shown.base}")
                if shown.change:
                    st.caption(shown.change)

    def changes(self, years: tuple[int, int]) -> None:
        """What changed since the first chosen year and since the year before, one sentence a number."""
        st.subheader(self.say("overview.changed"))
        for start in dict.fromkeys((years[0], years[1] - 1)):
            if start < years[0] or start == years[1]:
                continue
            st.markdown(f"**{self.say('overview.since_start', year=start)}**")
            lines = []
            for key, (_, _, share, broken, title) in HEADLINES.items():
                mine = {point.year: point for point in self._headline_points(key, years)}
                cut = broken[1] if broken and self._broken(broken[0], start, years[1]) else None
                lines.append(
                    sentence.told(
                        key,
                        self.say(title),
                        mine[years[1]],
                        mine[start],
                        share=share,
                        broken=cut,
                        lang=self.lang,
                    )
                )
            st.markdown("\n".join(f"- {line}" for line in lines))

    def _headline_points(self, key: str, years: tuple[int, int]) -> list[Point]:
        question, code, share, _, _ = HEADLINES[key]
        found = _points(self.release, question, years, "share" if share else "count", self.lang)
        return [point for point in found if point.code == code]

    def _broken(self, concerns: str, before: int, now: int) -> bool:
        marks = queries.ask(self.release, "marks").filter(
            (pl.col("kind") == "break")
            & (
                (pl.col("category") == concerns)
                | ((pl.col("category") == "all") & pl.col("measures").str.split(",").list.contains(concerns))
            )
        )
        return any(before < year <= now for year in marks["year"])

    # Figures

    def figure(self, name: str, years: tuple[int, int], codes: Sequence[str] | None = None) -> None:
        """A figure over the years: chart, table, notes and a file to take home."""
        figure = FIGURES[name]
        found = _points(self.release, figure.question, years, figure.form, self.lang)
        # A share can lack a code that the count has: pending referrals are outside the base of outcomes.
        present = list(dict.fromkeys(point.code for point in found))
        chosen = present if codes is None else [code for code in codes if code in present]
        self._over_years(
            name,
            tuple(point for point in found if point.code in chosen),
            [(code, self._label(name, figure, code)) for code in chosen],
            figure,
            years,
        )

    def key_shares(self, years: tuple[int, int]) -> None:
        """The two shares of the city's question in one chart: political extremism and the resource-strong."""
        found = tuple(point for key in ("political", "resource_strong") for point in self._headline_points(key, years))
        figure = Figure("referrals_by_ideology_group", "ideology", "referrals", "share")
        named = [(code, self.say(f"figures.key_shares.{code}")) for code in ("political", "resource_strong")]
        self._over_years("key_shares", found, named, figure, years)

    def _label(self, name: str, figure: Figure, code: str) -> str:
        key = f"figures.{name}.series"
        return (
            self.say(key) if figure.dimension in ("total", "assessment") else label(figure.dimension, code, self.lang)
        )

    def _over_years(
        self,
        name: str,
        found: tuple[Point, ...],
        named: list[tuple[str, str]],
        figure: Figure,
        years: tuple[int, int],
    ) -> None:
        share = figure.form == "share"
        title = self.say(f"figures.{name}.title")
        st.subheader(title, anchor=name)
        if not found:
            filter_name = self.say(f"filters.{figure.dimension}")
            st.info(self.say("figure.empty", filter=filter_name), icon=":material/filter_alt_off:")
            return
        labels = dict(named)
        st.caption(self.say(f"figures.{name}.base") if share else self.say("figure.count"))
        marks = self._marks(figure, list(labels), years)
        position = {code: i for i, code in enumerate(codes_in_use(self.release, figure.dimension))}
        series = tuple(Series(code, words, position.get(code, i)) for i, (code, words) in enumerate(named))
        chart, table = st.tabs([self.say("figure.chart"), self.say("figure.table")], key=f"{name}_view")
        with chart:
            st.vega_lite_chart(
                charts.trend(
                    found,
                    series,
                    tuple(mark for mark, _ in marks),
                    lang=self.lang,
                    share=share,
                    break_label=self.say("figure.break_label"),
                ),
                theme=None,
                alt=f"{title}. {sentence.described(found, labels, share=share, lang=self.lang)}",
                key=f"{name}_chart",
            )
            if share:
                st.caption(self.say("figure.share_key", minimum=chance.SMALLEST_BASE))
            elif any(point.status == SUPPRESSED for point in found):
                st.caption(self.say("figure.range_key"))
        with table:
            breaks = {mark.year for mark, _ in marks if mark.kind == "break"}
            rows = [
                {self.say("figure.year"): f"‖ {year}" if year in breaks and year != years[0] else str(year)}
                | {labels[p.code]: p.words for p in found if p.year == year}
                for year in range(years[0], years[1] + 1)
            ]
            st.table(pl.DataFrame(rows), hide_index=True, alt=title)
            st.caption(self.say("figure.table_key"))
        rows = [self._row(point, figure, labels, marks) for point in found]
        with st.container(horizontal=True, gap="small"):
            self.download(name, lambda: export.csv_file(self.release, self.lang, rows))
            if marks:
                with st.popover(self.say("figure.more"), icon=":material/info:", key=f"{name}_notes"):
                    for mark, note in marks:
                        key = "figure.break_note" if mark.kind == "break" else "figure.event_note"
                        st.markdown(f"**{self.say(key, year=mark.year, text=mark.words)}** {note}")

    def _row(
        self, point: Point, figure: Figure, labels: dict[str, str], marks: list[tuple[Mark, str]]
    ) -> dict[str, object]:
        share = figure.form == "share"
        row: dict[str, object] = {
            "year": point.year,
            "code": point.code,
            "label": labels[point.code],
            "n": point.n,
            "status": NOT_COLLECTED if point.status == NOT_COLLECTED else _status(point),
            "lower": point.lower,
            "upper": point.upper,
            "break_in_series": int(any(m.kind == "break" and m.year == point.year for m, _ in marks)),
        }
        if share:
            row |= {
                "base": point.base,
                "share": point.value if point.status == PUBLISHED else None,
                "share_low": point.low,
                "share_high": point.high,
                "share_status": point.status,
            }
        return row

    def _marks(self, figure: Figure, codes: list[str], years: tuple[int, int]) -> list[tuple[Mark, str]]:
        """The breaks and events within `years` that concern a figure with these codes, with their notes."""
        dimension = "ideology" if figure.dimension == "ideology_group" else figure.dimension
        found = []
        for row in queries.ask(self.release, "marks").iter_rows(named=True):
            concerns = figure.measure in row["measures"].split(",") and row["dimension"] in ("all", dimension)
            chosen = row["category"] == "all" or row["category"] in codes or "political" in codes
            if concerns and chosen and years[0] <= row["year"] <= years[1]:
                found.append((Mark(row["kind"], row["year"], row[f"text_{self.lang}"]), row[f"note_{self.lang}"]))
        return found

    def cross(
        self, name: str, period: str, rows: Sequence[str] | None = None, columns: Sequence[str] | None = None
    ) -> None:
        """A figure that crosses two dimensions in `period`, of the chosen rows and columns and their totals."""
        cross = CROSSES[name]
        shown = self._period(period)
        title = self.say(f"figures.{name}.title", period=shown)
        st.subheader(title, anchor=name)
        answer = queries.ask(self.release, cross.question, period=period)
        every = {"row": cross.rows, "column": cross.columns}
        kept = {
            end: [c for c in codes_in_use(self.release, dimension) if chosen is None or c in chosen]
            for (end, dimension), chosen in zip(every.items(), (rows, columns), strict=True)
        }
        for end, dimension in every.items():
            if not kept[end]:
                st.info(
                    self.say("figure.empty", filter=self.say(f"filters.{dimension}")),
                    icon=":material/filter_alt_off:",
                )
                return
        words = {end: {c: label(every[end], c, self.lang) for c in [*kept[end], "all"]} for end in every}
        cells = tuple(
            HeatCell(words["row"][p.code], words["column"][row["column_code"]], p.n, p.words, p.status)
            for row in answer.iter_rows(named=True)
            if row["row_code"] in words["row"] and row["column_code"] in words["column"]
            for p in points.counts(pl.DataFrame([row | {"year": 0, "code": row["row_code"]}]), self.lang)
        )
        chart, table = st.tabs([self.say("figure.chart"), self.say("figure.table")], key=f"{name}_view")
        labels = {end: tuple(words[end].values()) for end in every}
        names = {end: self.say(f"codes.{every[end]}.name") for end in every}
        with chart:
            spec = charts.heat(
                cells,
                rows=labels["row"],
                columns=labels["column"],
                unit=self.say("figure.count"),
                lang=self.lang,
            )
            st.vega_lite_chart(spec, theme=None, alt=self._heat_alt(cells, names, shown), key=f"{name}_chart")
            st.caption(self.say("figure.heat_key"))
        with table:
            found = {(c.row, c.column): c.words for c in cells}
            frame = pl.DataFrame(
                [{names["row"]: r} | {c: found.get((r, c), "–") for c in labels["column"]} for r in labels["row"]]
            )
            st.table(frame, hide_index=True, alt=title)
            st.caption(self.say("figure.table_key"))
        kept_rows = answer.filter(
            pl.col("row_code").is_in([*words["row"]]), pl.col("column_code").is_in([*words["column"]])
        )
        tidy = [
            {
                "period": period,
                cross.rows: row["row_code"],
                f"{cross.rows}_label": words["row"][row["row_code"]],
                cross.columns: row["column_code"],
                f"{cross.columns}_label": words["column"][row["column_code"]],
                "n": row["n"],
                "status": row["status"],
                "lower": row["lower"],
                "upper": row["upper"],
            }
            for row in kept_rows.iter_rows(named=True)
        ]
        self.download(name, lambda: export.csv_file(self.release, self.lang, tidy))

    def _heat_alt(self, cells: tuple[HeatCell, ...], names: dict[str, str], period: str) -> str:
        total = self.say("codes.any.all")
        inner = [cell for cell in cells if total not in (cell.row, cell.column)]
        known = [cell for cell in inner if cell.value is not None]
        values: dict[str, object] = {
            "rows": names["row"],
            "columns": names["column"],
            "period": period,
            "cells": len(inner),
        }
        if not known:
            return self.say("alt.heat_hidden", **values)
        top = max(known, key=lambda cell: cell.value or 0)
        hidden = sum(cell.status == SUPPRESSED for cell in inner)
        return self.say("alt.heat", hidden=hidden, top=f"{top.row}, {top.column}: {top.words}", **values)

    def download(self, name: str, make: Callable[[], bytes]) -> None:
        """A button that takes home the file that `make` writes."""
        st.download_button(
            self.say("figure.download"),
            data=make,
            file_name=f"vink-{name}-{self.release.version}-{self.lang}.csv",
            mime="text/csv",
            icon=":material/download:",
            key=f"{name}_csv",
            on_click="ignore",
        )


def _status(point: Point) -> str:
    """The status of the count behind a point, as the release has it."""
    if point.n is None:
        return SUPPRESSED
    return "zero" if point.n == 0 else PUBLISHED


@lru_cache(maxsize=1024)
def _points(release: Release, question: str, years: tuple[int, int], form: str, lang: str) -> tuple[Point, ...]:
    answer = queries.ask(release, question, first_year=years[0], last_year=years[1])
    return points.shares(answer, lang) if form == "share" else points.counts(answer, lang)


@lru_cache(maxsize=128)
def codes_in_use(release: Release, dimension: str) -> list[str]:
    """The codes of `dimension` that were in use in any year of the release, in their order."""
    codes = queries.ask(release, "codes_in_order").filter(pl.col("dimension") == dimension)
    in_use = codes.filter(
        pl.col("first_year").fill_null(0) <= release.last_year,
        pl.col("last_year").fill_null(9999) >= release.first_year,
    )
    return in_use["code"].to_list()


def open(name: str) -> View:
    """The view of page `name` for the address that was asked for; draws its title and lead."""
    lang = address.language()
    view = View(name, st.session_state[RELEASE], lang)
    st.title(view.say(f"{name}.title"), anchor=False)
    st.markdown(view.say(f"{name}.lead"))
    return view
