"""Figures: what each one asks, of which dimension, and how it is drawn. A page names a figure; the rest is here."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Figure:
    """One figure over the years.

    question: the file in queries/. dimension: whose codes the series are. measure: which breaks and events concern it
    (breaks.toml). form: counts or shares.
    """

    question: str
    dimension: str
    measure: str
    form: Literal["count", "share"]


@dataclass(frozen=True)
class Cross:
    """One figure that crosses two dimensions in one year or fixed period."""

    question: str
    rows: str
    columns: str


FIGURES: dict[str, Figure] = {
    "referrals_by_year": Figure("referrals_by_year", "total", "referrals", "count"),
    "grounded_by_year": Figure("grounded_by_year", "assessment", "grounded_share", "share"),
    "referrals_by_ideology": Figure("referrals_by_ideology", "ideology", "referrals", "count"),
    "share_by_ideology": Figure("referrals_by_ideology", "ideology", "referrals", "share"),
    "grounded_by_ideology": Figure("grounded_by_ideology", "ideology", "grounded_share", "share"),
    "referrals_by_resource": Figure("referrals_by_resource", "resource_profile", "referrals", "count"),
    "share_by_resource": Figure("referrals_by_resource", "resource_profile", "referrals", "share"),
    "grounded_by_resource": Figure("grounded_by_resource", "resource_profile", "grounded_share", "share"),
    "referrals_by_outcome": Figure("referrals_by_outcome", "outcome_group", "referrals", "count"),
    "share_by_outcome": Figure("referrals_by_outcome", "outcome_group", "referrals", "share"),
}
CROSSES: dict[str, Cross] = {
    "ideology_by_resource": Cross("ideology_by_resource", "ideology", "resource_profile"),
    "ideology_by_outcome": Cross("ideology_by_outcome", "ideology", "outcome_group"),
    "resource_by_outcome": Cross("resource_by_outcome", "resource_profile", "outcome_group"),
}
