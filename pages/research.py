"""Research: a table of one's own choice, the whole release, and SQL over it."""

from ui import page, research, research_sql

view = research.open(page.open("research"))
chosen = view.selection()
taken = view.taken(chosen)

view.table(taken)
view.take(taken)
view.crossings()
view.whole_release()

research_sql.box(view)
