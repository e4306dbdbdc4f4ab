"""Figures: what each one asks, of which dimension, and how it is drawn. A page names a figure; the rest is here."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Figure:
    """One figure over the years.

    question: the file in queries/. dimension: whose codes the series are. measure: which breaks and events concern it
    (breaks.toml). form: counts, shares, or an index of counts (first year = 100). page: where a link to it leads.
    codes: its series, where they are not all codes of the dimension; they can be chosen among too. drawing: lines, one
    bar of shares a year, or a panel for each series.
    """

    question: str
    dimension: str
    measure: str
    form: Literal["count", "share", "index"]
    page: str
    codes: tuple[str, ...] = ()
    drawing: Literal["trend", "stack", "panels", "change"] = "trend"


@dataclass(frozen=True)
class Cross:
    """One figure that crosses two dimensions in one year or fixed period.

    page: where a link to it leads. drawing: a heat table, or a flow from the first dimension to the second.
    """

    question: str
    rows: str
    columns: str
    page: str
    drawing: Literal["heat", "flow"] = "heat"


FIGURES: dict[str, Figure] = {
    "referrals_by_year": Figure("referrals_by_year", "total", "referrals", "count", "overview", ("all",)),
    "grounded_by_year": Figure("grounded_by_year", "assessment", "grounded_share", "share", "overview", ("grounded",)),
    "key_shares": Figure("key_shares", "ideology", "referrals", "share", "overview", ("political", "resource_strong")),
    "referrals_by_ideology": Figure("referrals_by_ideology", "ideology", "referrals", "count", "ideology"),
    "share_by_ideology": Figure("referrals_by_ideology", "ideology", "referrals", "share", "ideology", drawing="stack"),
    "change_by_ideology": Figure(
        "referrals_by_ideology", "ideology", "referrals", "index", "ideology", drawing="change"
    ),
    "grounded_by_ideology": Figure(
        "grounded_by_ideology", "ideology", "grounded_share", "share", "ideology", drawing="panels"
    ),
    "referrals_by_resource": Figure("referrals_by_resource", "resource_profile", "referrals", "count", "resources"),
    "share_by_resource": Figure(
        "referrals_by_resource", "resource_profile", "referrals", "share", "resources", drawing="stack"
    ),
    "change_by_resource": Figure(
        "referrals_by_resource", "resource_profile", "referrals", "index", "resources", drawing="change"
    ),
    "grounded_by_resource": Figure(
        "grounded_by_resource", "resource_profile", "grounded_share", "share", "resources", drawing="panels"
    ),
    "referrals_by_outcome": Figure("referrals_by_outcome", "outcome_group", "referrals", "count", "outcome"),
    "share_by_outcome": Figure(
        "referrals_by_outcome", "outcome_group", "referrals", "share", "outcome", drawing="stack"
    ),
}
CROSSES: dict[str, Cross] = {
    "ideology_by_resource": Cross("ideology_by_resource", "ideology", "resource_profile", "ideology"),
    "ideology_by_outcome": Cross("ideology_by_outcome", "ideology", "outcome_group", "ideology"),
    "resource_by_outcome": Cross("resource_by_outcome", "resource_profile", "outcome_group", "outcome"),
    "assessment_by_outcome": Cross("assessment_by_outcome", "assessment", "outcome_group", "outcome", "flow"),
}
# The dimension that a page has a filter for; it leaves out what is not stated until the reader chooses it.
CHOSEN = {"ideology": "ideology", "resources": "resource_profile", "outcome": "outcome_group"}


def first_of(page: str) -> str | None:
    """The figure that stands first on `page`: the first one above whose page it is. None where it has none."""
    return next((name for name, figure in FIGURES.items() if figure.page == page), None)


def figure_ids() -> tuple[str, ...]:
    """The ids of all figures, those over the years first."""
    return (*FIGURES, *CROSSES)
