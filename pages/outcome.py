"""Outcome: what comes of the referrals, for whom."""

from ui import page

view = page.open("outcome")
years = view.years()
outcomes = view.codes("outcome_group")

view.figure("referrals_by_outcome", years, outcomes)
view.figure("share_by_outcome", years, outcomes)

period = view.period()
view.cross("assessment_by_outcome", period, columns=outcomes)
view.cross("resource_by_outcome", period, columns=outcomes)
view.cross("ideology_by_outcome", period, columns=outcomes)
