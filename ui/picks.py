"""Picks: a figure with its filters, as the address of the press page writes it and as `answer` is asked for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from queries import Release
from ui import address
from ui.answer import Answer, answer, known, period_words, periods, title_of
from ui.figure import CROSSES, FIGURES, figure_ids
from ui.text import label, text

BETWEEN, AND = "~", "."  # safe in an address as they are


@dataclass(frozen=True)
class Pick:
    """A figure of some years ("2019", "2016-2019", "" for all) or one period, and of the named codes of dimensions."""

    figure: str
    when: str = ""
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def written(self) -> str:
        """One word for it: "share_by_ideology~2019~right_wing.left_wing"."""
        dimension = "" if self.figure in CROSSES else FIGURES[self.figure].dimension
        return BETWEEN.join((self.figure, self.when, AND.join(self.codes.get(dimension, ())))).rstrip(BETWEEN)

    @property
    def query(self) -> dict[str, str]:
        """What the address of the press page needs to show it."""
        found = {"figure": self.figure, "period" if self.figure in CROSSES else "years": self.when}
        found |= {dimension: ",".join(codes) for dimension, codes in self.codes.items()}
        return {key: value for key, value in found.items() if value}


def read(release: Release, written: str) -> Pick | None:
    """The pick that was written so; None where this release has no such figure, years or codes."""
    figure, when, codes, *more = [*written.split(BETWEEN), "", ""]
    if figure not in figure_ids() or any(more):
        return None
    if figure in CROSSES:
        return Pick(figure, when) if not codes and when in ("", *periods(release)) else None
    first, last = address.years(when, release.first_year, release.last_year)
    if when not in ("", str(first), f"{first}-{last}"):
        return None
    named = tuple(codes.split(AND)) if codes else ()
    if not set(named) <= set(known(release, FIGURES[figure])):
        return None
    return Pick(figure, when, {FIGURES[figure].dimension: named} if named else {})


def asked(release: Release, pick: Pick, lang: str, site: str = "") -> Answer:
    """The answer to a pick. AskError where the release has no number for it."""
    wanted: dict[str, Any] = {}
    if pick.figure in CROSSES:
        cross = CROSSES[pick.figure]
        wanted = {"period": pick.when or None}
        wanted |= {"row_codes": pick.codes.get(cross.rows), "column_codes": pick.codes.get(cross.columns)}
    else:
        first, last = address.years(pick.when, release.first_year, release.last_year)
        wanted = {"first_year": first, "last_year": last, "codes": pick.codes.get(FIGURES[pick.figure].dimension)}
    return answer(release, pick.figure, lang, site=site, **wanted)


def named(release: Release, pick: Pick, lang: str) -> str:
    """A pick in words: the figure's title, its categories and its years."""
    labels = [label(dimension, code, lang) for dimension, codes in pick.codes.items() for code in codes]
    if pick.figure in CROSSES:
        title = title_of(release, pick.figure, lang, pick.when or periods(release)[0])
        return text("press.hit_crossed", lang, title=title, label=", ".join(labels)) if labels else title
    shown = pick.when or period_words(release, f"{release.first_year}-{release.last_year}", lang)
    title = title_of(release, pick.figure, lang)
    if labels:
        return text("press.hit_code", lang, title=title, label=", ".join(labels), period=shown)
    return text("press.hit", lang, title=title, period=shown)
