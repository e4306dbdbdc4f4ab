"""Ideology: how referrals divide between militant Islamist, right-wing and left-wing extremism and the rest."""

from ui import page

view = page.open("ideology")
years = view.years()
ideologies = view.codes("ideology")

view.figure("referrals_by_ideology", years, ideologies)
view.figure("share_by_ideology", years, ideologies)
view.figure("change_by_ideology", years, ideologies)
view.figure("grounded_by_ideology", years, ideologies)

period = view.period()
view.cross("ideology_by_resource", period, rows=ideologies)
view.cross("ideology_by_outcome", period, rows=ideologies)
