"""Resource profile: how referrals divide between the resource-strong and the vulnerable, and what comes of them."""

from ui import page

view = page.open("resources")
years = view.years()
profiles = view.codes("resource_profile")

view.figure("referrals_by_resource", years, profiles)
view.figure("share_by_resource", years, profiles)
view.figure("change_by_resource", years, profiles)
view.figure("grounded_by_resource", years, profiles)

period = view.period()
view.cross("resource_by_outcome", period, rows=profiles)
view.cross("ideology_by_resource", period, columns=profiles)
