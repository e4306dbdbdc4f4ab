"""What pages are written in: a view of one release, in one language, for one address."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

import queries
from queries import Release
from ui import address, sentence, takeaway
from ui.address import PAGES
from ui.answer import AskError, answer, codes_in_use, period_words, periods, points_of, title_of
from ui.figure import CROSSES, FIGURES
from ui.points import Point
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
        chosen = self.asked_years(st.query_params)
        key = self.held("years", chosen)

        def keep() -> None:
            start, end = st.session_state[key]
            address.put("years", f"{start}-{end}", f"{first}-{last}")

        if first < last:  # one year leaves nothing to choose
            st.slider(self.say("filters.years"), first, last, chosen, step=1, format="%d", key=key, on_change=keep)
            self.catch_up(st.session_state[key] != chosen, keep)
        return chosen

    def asked_years(self, query: Mapping[str, str]) -> tuple[int, int]:
        """The range of years that a query string asks for."""
        return address.years(query.get("years"), self.release.first_year, self.release.last_year)

    def codes(self, dimension: str) -> list[str]:
        """The codes of `dimension` that the reader chose; draws the filter."""
        known, default = self.offered(dimension)
        chosen = self.asked_codes(dimension, st.query_params)
        key = self.held(dimension, chosen)

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
        self.catch_up(set(st.session_state[key]) != set(chosen), keep)
        return chosen

    def offered(self, dimension: str) -> tuple[list[str], list[str]]:
        """The codes of `dimension` to choose among, and those that are chosen where the address says nothing."""
        known = codes_in_use(self.release, dimension)
        return known, [code for code in known if code != "unknown"]

    def asked_codes(self, dimension: str, query: Mapping[str, str]) -> list[str]:
        """The codes of `dimension` that a query string asks for."""
        return address.codes(query.get(dimension), *self.offered(dimension))

    def period(self) -> str:
        """The year or fixed period of the crossed tables that the reader chose; draws the filter."""
        known = periods(self.release)
        fixed = [period for period in known if "-" in period]
        default = fixed[0] if fixed else known[0]
        asked = st.query_params.get("period", default)
        chosen = asked if asked in known else default
        key = self.held("period", chosen)

        def keep() -> None:
            address.put("period", st.session_state[key], default)

        st.selectbox(
            self.say("filters.period"),
            known,
            index=known.index(chosen),
            format_func=lambda period: period_words(self.release, period, self.lang),
            key=key,
            on_change=keep,
        )
        self.catch_up(st.session_state[key] != chosen, keep)
        return chosen

    def held(self, name: str, chosen: object) -> str:
        """The key of a filter that now has the value that the address asks for.

        The session's value is set only where the filter has another: one that is set again reaches the browser late,
        and would undo what the reader did meanwhile. A filter that is new on the page has it by default: what is set
        in a run that another run overtakes never reaches the browser, a default does with the next run. The key is
        the page's, the release's and the language's own, as the filter is: Streamlit keeps a choice by its
        words, and one that another page or language left behind says nothing of this one.
        """
        key = f"{self.release.version}_{self.name}_{self.lang}_{name}"
        if key in st.session_state and st.session_state[key] != chosen:
            st.session_state[key] = chosen
        return key

    def catch_up(self, differs: bool, keep: Callable[[], None]) -> None:
        """Take over what the reader chose before this session began.

        Where the server that had the session died, the browser goes on with another. It runs the page at the reader's
        next choice, which is then the first that the new session hears of, so nobody calls the filter's own `keep`.
        """
        if differs:
            keep()
            st.rerun()

    # The overview's headlines

    def headlines(self, years: tuple[int, int]) -> None:
        """The four numbers that leadership asks for, with the change since the year before."""
        st.subheader(self.say("overview.latest", year=years[1]))
        with st.container(key="headlines"):
            columns = st.columns(len(HEADLINES), gap="medium")
        for column, key in zip(columns, HEADLINES, strict=True):
            shown = self.headline(key, years)
            with column.container(border=True, height="stretch"):
                st.markdown(f"## {shown.value}\n**{shown.what}**  \n{shown.base}")
                if shown.change:
                    st.caption(shown.change)

    def headline(self, key: str, years: tuple[int, int]) -> sentence.Headline:
        """One of the four numbers, in words."""
        _, _, share, broken, _ = HEADLINES[key]
        mine = self._headline_points(key, years)
        now = mine[-1]
        before = mine[-2] if len(mine) > 1 else None
        cut = broken is not None and before is not None and self._broken(broken[0], before.year, now.year)
        return sentence.headline(key, now, before, share=share, broken=cut, lang=self.lang)

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
        found = points_of(self.release, question, years, "share" if share else "count", self.lang)
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
        """A figure over the years, of the chosen codes: its chart, table, sentence and files."""
        self._figure(name, (FIGURES[name].dimension, codes), first_year=years[0], last_year=years[1], codes=codes)

    def download(self, name: str, make: Callable[[], bytes]) -> None:
        """A button that takes home the CSV file that `make` writes."""
        st.download_button(
            self.say("figure.download"),
            data=make,
            file_name=f"vink-{name}-{self.release.version}-{self.lang}.csv",
            mime="text/csv",
            icon=":material/download:",
            key=f"{name}_csv",
            on_click="ignore",
        )

    def cross(
        self, name: str, period: str, rows: Sequence[str] | None = None, columns: Sequence[str] | None = None
    ) -> None:
        """A figure that crosses two dimensions in `period`, of the chosen rows and columns and their totals.

        A dimension that the page has no filter for is the address's to choose: a link given away may name its codes.
        """
        cross = CROSSES[name]
        rows, columns = (
            self._linked(dimension) if chosen is None else chosen
            for dimension, chosen in ((cross.rows, rows), (cross.columns, columns))
        )
        empty = cross.columns if rows else cross.rows
        chosen = columns if rows else rows
        self._figure(name, (empty, chosen), period=period, row_codes=rows, column_codes=columns)

    def _linked(self, dimension: str) -> list[str]:
        known = codes_in_use(self.release, dimension)
        return address.codes(st.query_params.get(dimension), known, known) or known

    def _figure(self, name: str, filtered: tuple[str, Sequence[str] | None], **asked: Any) -> None:
        """filtered: a dimension and what was chosen of it, for the words where that leaves nothing to show."""
        st.subheader(title_of(self.release, name, self.lang, asked.get("period", "all")), anchor=name)
        dimension, chosen = filtered
        try:
            one = answer(self.release, name, self.lang, page=self.name, site=address.site(PAGES), **asked)
        except AskError:
            if chosen is None:  # nothing that the reader chose: it's ours
                raise
            filter_name = self.say(f"filters.{dimension}")
            st.info(self.say("figure.empty", filter=filter_name), icon=":material/filter_alt_off:")
            return
        takeaway.show(one)


def open(name: str) -> View:
    """The view of page `name` for the address that was asked for; draws its title and lead."""
    lang = address.language()
    view = View(name, st.session_state[RELEASE], lang)
    st.title(view.say(f"{name}.title"), anchor=False)
    st.markdown(view.say(f"{name}.lead"))
    takeaway.older(view.release, lang)
    return view
