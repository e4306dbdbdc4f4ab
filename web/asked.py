"""What an address asks for: every parameter is known, stands once and is allowed, or a Problem says what is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from starlette.requests import Request

import queries
from queries import DamagedReleaseError, NoReleaseError, NothingPublicError, Release
from ui import answer
from ui.answer import Answer, AskError
from ui.figure import CROSSES, figure_ids
from ui.text import LANGUAGES
from web.problems import Problem

COMMON = ("lang", "release")
LONGEST_QUERY = 1000  # bytes; the longest one that makes sense has a quarter of it
RETRY = {"Retry-After": "60"}


@dataclass(frozen=True)
class Choice:
    """What one parameter of a figure may be: one of `allowed`, or several of them."""

    kind: Literal["one", "several"]
    allowed: tuple[str, ...]


def names(figure: str) -> tuple[str, ...]:
    """The filters that a figure has in every release."""
    return ("period", "row_codes", "column_codes") if figure in CROSSES else ("first_year", "last_year", "codes")


@lru_cache(maxsize=256)
def choices(release: Release, figure: str) -> Mapping[str, Choice]:
    """The filters of a figure in this release, and what each may be."""
    if figure in CROSSES:
        cross = CROSSES[figure]
        return {
            "period": Choice("one", tuple(answer.periods(release))),
            "row_codes": Choice("several", tuple(answer.codes_in_use(release, cross.rows))),
            "column_codes": Choice("several", tuple(answer.codes_in_use(release, cross.columns))),
        }
    years = Choice("one", tuple(str(year) for year in range(release.first_year, release.last_year + 1)))
    # What it shows and not what its dimension has: a share can lack a code that the count has.
    shown = tuple(series.code for series in answer.answer(release, figure, LANGUAGES[0]).series)
    return {"first_year": years, "last_year": years, "codes": Choice("several", shown)}


def parameters(request: Request, known: Collection[str]) -> dict[str, str]:
    """The parameters of the address. Problem where one isn't known or stands twice."""
    found: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in known:
            raise Problem(400, "unknown_parameter", parameter=name[:100], value=value, allowed=[*known])
        if name in found:
            raise Problem(400, "repeated", parameter=name, value=value, allowed=[*known])
        found[name] = value
    return found


def short_enough(request: Request) -> None:
    """Problem where the query string is longer than any that makes sense."""
    if len(request.scope["query_string"]) > LONGEST_QUERY:
        raise Problem(414, "too_long", values={"longest": LONGEST_QUERY})


def language(asked: Mapping[str, str]) -> str:
    """The language asked for, or else Danish."""
    return _one("lang", asked.get("lang", LANGUAGES[0]), LANGUAGES)


def release(asked: Mapping[str, str], *, embargoed: bool = False) -> Release:
    """The release asked for, or else the current one. Problem where there is none (404) or it is unreadable (503).

    embargoed: for a reader who may see what isn't public yet.
    """
    try:
        version = asked["release"] if "release" in asked else queries.current(embargoed=embargoed)
        return queries.open_release(version, embargoed=embargoed)
    except DamagedReleaseError as problem:
        raise Problem(503, problem.reason, values={"version": problem.version}, headers=RETRY) from problem
    except NothingPublicError as problem:
        raise Problem(404, "nothing_public") from problem
    except NoReleaseError as problem:
        if "release" not in asked:
            key = "no_release" if problem.version is None else "gone"
            raise Problem(503, key, values={"version": problem.version}, headers=RETRY) from problem
        there = queries.versions(embargoed=embargoed)
        raise Problem(404, "no_such_release", parameter="release", value=asked["release"], allowed=there) from problem


def figure(name: str) -> str:
    """The figure's id. Problem 404 where there is none such."""
    if name not in figure_ids():
        raise Problem(404, "no_such_figure", parameter="figure", value=name, allowed=figure_ids())
    return name


def filters(asked: Mapping[str, str], its: Mapping[str, Choice]) -> dict[str, Any]:
    """The filters in the address, as arguments of ui.answer.answer. Problem where one isn't allowed."""
    found: dict[str, Any] = {}
    for name, choice in its.items():
        if name not in asked:
            continue
        if choice.kind == "several":
            found[name] = _several(name, asked[name], choice.allowed)
        else:
            value = _one(name, asked[name], choice.allowed)
            found[name] = int(value) if name in ("first_year", "last_year") else value
    return found


def answered(release: Release, figure: str, lang: str, site: str, chosen: Mapping[str, Any]) -> Answer:
    """The answer. Problem where two allowed filters don't go together, such as a last year before the first."""
    try:
        return answer.answer(release, figure, lang, site=site, **chosen)
    except AskError as error:
        raise Problem(
            400, "wrong_value", parameter=error.parameter, value=str(error.value), allowed=error.allowed
        ) from error


def _one(name: str, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise Problem(400, "wrong_value", parameter=name, value=value, allowed=allowed)
    return value


def _several(name: str, value: str, allowed: Sequence[str]) -> tuple[str, ...]:
    codes = tuple(value.split(","))
    if len(set(codes)) < len(codes):
        raise Problem(400, "repeated_code", parameter=name, value=value, allowed=allowed)
    if not set(codes) <= set(allowed):
        raise Problem(400, "wrong_codes", parameter=name, value=value, allowed=allowed)
    return codes
