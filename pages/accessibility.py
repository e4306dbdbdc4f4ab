"""Accessibility: how far the site is accessible, what isn't, and what a reader can do about it."""

from ui import accessibility

accessibility.show()
