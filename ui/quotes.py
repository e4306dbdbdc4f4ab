"""The sentence of each figure: what a press officer may quote, with base and period, breaks and what is hidden."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ui import locale, sentence
from ui.charts import HeatCell, Mark
from ui.figure import Figure
from ui.points import NOT_COLLECTED, SMALL_BASE, SUPPRESSED, Point
from ui.text import text

FEW = 2  # so many series are told in a full sentence each; more are listed
KINDS = {  # what sentence.compared finds, as the text that tells it of several series
    sentence.RISE: "rise",
    sentence.FALL: "fall",
    sentence.CHANCE: "chance",
    sentence.SAME: "same",
    sentence.HIDDEN: "hidden",
    sentence.SMALL: "too_small",
}


@dataclass(frozen=True)
class Asked:
    """A figure over the years and its points. totals: all referrals of each year; breaks: those of each series."""

    name: str
    figure: Figure
    labels: Mapping[str, str]
    points: Sequence[Point]
    totals: Mapping[int, Point]
    breaks: Mapping[str, Sequence[Mark]]
    lang: str

    @property
    def counted(self) -> str:
        """The figure whose words it is told in: an index is told as the counts that it is of."""
        return self.figure.question if self.figure.form == "index" else self.name

    @property
    def share(self) -> bool:
        return self.figure.form == "share"

    def say(self, key: str, **values: object) -> str:
        return text(key, self.lang, **values)

    def collected(self, code: str) -> list[Point]:
        """The points of a series in the years in which it was collected."""
        return [point for point in self.points if point.code == code and point.status != NOT_COLLECTED]

    def period(self) -> tuple[int, int]:
        years = [point.year for point in self.points]
        return min(years), max(years)

    def between(self, code: str, before: int, now: int) -> list[Mark]:
        """The breaks of a series between two years."""
        return [mark for mark in self.breaks[code] if before < mark.year <= now]


def of_years(asked: Asked) -> tuple[str, tuple[str, ...]]:
    """The sentence of a figure over the years, and a full sentence for each series."""
    each = tuple(_series(asked, code) for code in asked.labels)
    return (" ".join(each) if len(each) <= FEW else _listed(asked)), each


# One series


def _series(asked: Asked, code: str) -> str:
    mine = asked.collected(code)
    if not mine:
        return asked.say("said.not_collected", labels=_lower(asked.labels[code]), period=_range(*asked.period()))
    now, before = mine[-1], mine[0]
    claim = _claim(asked, now)
    if asked.share and now.base == 0:
        return asked.say("said.no_base", year=now.year, whole=_whole(asked, code, "bare"))
    if before is now:
        said = [asked.say("said.alone", claim=claim), *_caution(asked, now)]
    else:
        said = [asked.say("said.against", claim=claim, before_value=before.words, before=before.year)]
        said += _verdict(asked, now, before)
    if before.year > asked.period()[0]:
        said.append(asked.say("said.first_year", year=before.year))
    return " ".join(said)


def _claim(asked: Asked, now: Point) -> str:
    """What is so in the year of `now`, without the full stop."""
    many = _many(asked, now)
    if asked.figure.measure == "grounded_share":
        clause = asked.say("said.clause.grounded", many=many)
    else:
        clause = asked.say(f"said.clause.{asked.figure.dimension}.{now.code}", many=many)
    claim = asked.say("said.in_year", year=now.year, clause=clause)
    of = now.words.partition(" (")[2].removesuffix(")")
    return asked.say("said.with_base", claim=claim, of=of) if of else claim


def _many(asked: Asked, point: Point) -> str:
    if not asked.share:
        if point.n == 0:
            return asked.say("said.many.none")
        if point.n is not None:
            return asked.say("said.many.count", n=point.words)
        ends = {"lower": locale.number(point.lower or 0, asked.lang)}
        if point.upper is None:
            return asked.say("said.many.at_least", **ends)
        return asked.say("said.many.range", upper=locale.number(point.upper, asked.lang), **ends)
    if point.status == SMALL_BASE:
        return asked.say("said.many.small", of=point.words, whole=_whole(asked, point.code, "bare"))
    return asked.say("said.many.share", share=point.words.partition(" (")[0], whole=_whole(asked, point.code, "the"))


def _whole(asked: Asked, code: str, form: str) -> str:
    """What the share of a series is a share of."""
    figure = asked.figure
    if figure.measure == "grounded_share":
        if figure.dimension == "assessment":
            return asked.say(f"said.whole.assessed.{form}")
        return asked.say(f"said.whole.about.{form}", about=asked.say(f"said.about.{figure.dimension}.{code}"))
    return asked.say(f"said.whole.{'outcome' if figure.dimension == 'outcome_group' else 'all'}.{form}")


def _hidden(asked: Asked, point: Point) -> bool:
    return point.n is None or (asked.share and point.base is None)


def _caution(asked: Asked, now: Point) -> list[str]:
    """What a number that stands alone must be read with."""
    found = [asked.say("said.hidden_one")] if _hidden(asked, now) else []
    return found + ([asked.say("said.small_one")] if now.status == SMALL_BASE else [])


def _verdict(asked: Asked, now: Point, before: Point) -> list[str]:
    """Whether two numbers differ, or why that can't be said."""
    breaks = asked.between(now.code, before.year, now.year)
    found = sentence.compared(now, before, share=asked.share, broken=bool(breaks))
    cut = [asked.say("said.break", year=mark.year, words=_lower(mark.words)) for mark in breaks]
    if found == sentence.HIDDEN:
        years = [str(point.year) for point in (before, now) if _hidden(asked, point)]
        key = "hidden_both" if len(years) > 1 else "hidden_two"
        return [asked.say(f"said.{key}", years=_listing(years, asked.lang)), *cut]
    if found == sentence.SMALL:
        return [asked.say("said.small_two"), *cut]
    return cut or [text(f"told.{found}", asked.lang)]


# Several series


def _listed(asked: Asked) -> str:
    first, last = asked.period()
    now = {code: mine[-1] for code in asked.labels if (mine := asked.collected(code)) and mine[-1].year == last}
    absent = [code for code in asked.labels if code not in now]
    said = []
    if now:
        items = [asked.say("said.item", label=_lower(asked.labels[code]), value=now[code].words) for code in now]
        values = {"year": last, "total": asked.totals[last].words, "list": _listing(items, asked.lang)}
        said.append(asked.say(f"said.list.{asked.counted}", **values))
        if any(_hidden(asked, point) for point in now.values()):
            said.append(asked.say("said.list.ranges"))
        if any(point.status == SMALL_BASE for point in now.values()):
            said.append(asked.say("said.list.small"))
    if absent:
        labels = _listing([_lower(asked.labels[code]) for code in absent], asked.lang)
        said.append(asked.say("said.not_collected", labels=labels, period=last))
    return " ".join(said + (_changes(asked, now, first) if first < last else []))


def _changes(asked: Asked, now: Mapping[str, Point], first: int) -> list[str]:
    """What may be said of the change since the first year, each thing once, of all series that it holds for."""
    groups: dict[str, list[str]] = {kind: [] for kind in (*KINDS.values(), "new")}
    cuts: dict[Mark, list[str]] = {}
    for code, point in now.items():
        label, before = _lower(asked.labels[code]), asked.collected(code)[0]
        breaks = asked.between(code, before.year, point.year)
        for mark in breaks:
            cuts.setdefault(mark, []).append(label)
        if before.year != first:
            groups["new"].append(label)
            continue
        found = sentence.compared(point, before, share=asked.share, broken=bool(breaks))
        if found in KINDS:
            told = found in (sentence.RISE, sentence.FALL)
            item = asked.say("said.from", label=label, value=before.words) if told else label
            groups[KINDS[found]].append(item)
    said = [
        asked.say(f"said.list.{kind}", before=first, list=_listing(items, asked.lang))
        for kind, items in groups.items()
        if items
    ]
    return said + [
        asked.say("said.list.break", year=mark.year, words=_lower(mark.words), list=_listing(labels, asked.lang))
        for mark, labels in cuts.items()
    ]


# Crossed


def of_cross(
    cells: Sequence[HeatCell],
    rows: Sequence[str],
    columns: Sequence[str],
    names: Mapping[str, str],
    period: str,
    lang: str,
) -> str:
    """The sentence of a crossed table; the last of rows and columns is the total."""
    numbers = [cell for cell in cells if cell.status != NOT_COLLECTED]
    whole = next(cell for cell in cells if (cell.row, cell.column) == (rows[-1], columns[-1]))
    total = text("said.cross.range", lang, value=whole.words) if whole.status == SUPPRESSED else whole.words
    values = {"period": period, "total": total, **{end: _lower(name) for end, name in names.items()}}
    shown = [c for c in numbers if c.value is not None and c.row != rows[-1] and c.column != columns[-1]]
    most = max((cell.value or 0 for cell in shown), default=None)
    if most:
        top = [cell for cell in shown if cell.value == most]
        pairs = [text("said.cross.pair", lang, row=_lower(cell.row), column=_lower(cell.column)) for cell in top]
        first = text("said.cross.top", lang, value=top[0].words, cells="; ".join(pairs), **values)
    else:
        first = text("said.cross.nothing" if most is None else "said.cross.zero", lang, **values)
    hidden = sum(cell.status == SUPPRESSED for cell in numbers)
    key = {0: "none_hidden", 1: "hidden_one"}.get(hidden, "hidden")
    return f"{first} {text(f'said.cross.{key}', lang, hidden=hidden, numbers=len(numbers))}"


# Words


def _lower(words: str) -> str:
    """A label within a sentence. Only its first letter is changed: "militant Islamism"."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def _listing(items: Sequence[str], lang: str) -> str:
    if len(items) == 1:
        return items[0]
    return text("said.and", lang, first=", ".join(items[:-1]), last=items[-1])


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"
