"""Press: find a figure in plain words and quote it; briefings; what was said before, held against the release."""

from ui import page, press

view = page.open("press")

press.search(view)
chosen = press.figure(view)
press.ready(view)
press.briefing(view, chosen)
press.statements(view)
