"""Overview: how concern referrals develop, at a glance."""

from ui import page

view = page.open("overview")
years = view.years()

view.headlines(years)
view.figure("referrals_by_year", years)
view.figure("grounded_by_year", years)
view.figure("key_shares", years)
view.changes(years)
