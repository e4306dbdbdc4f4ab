"""Every visit starts here: language, release, menu, the page that was asked for, footer."""

from ui import frame

frame.show()
