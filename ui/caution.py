"""The mark that every form of a release carries while it must not be quoted: an example, or under embargo."""

import datetime as dt
from zoneinfo import ZoneInfo

from queries import Release
from ui import locale
from ui.text import text

HERE = ZoneInfo("Europe/Copenhagen")


def mark(release: Release, lang: str) -> str:
    """The mark, or "" where the release may be quoted. Asked each time: an embargo ends while the server runs."""
    example = text("site.example_mark", lang) if release.kind == "example" else ""
    return " · ".join(part for part in (example, embargo(release, lang)) if part)


def embargo(release: Release, lang: str) -> str:
    """The mark of an embargo alone, or "" where there is none."""
    return text("embargo.mark", lang, until=until(release, lang)) if release.embargoed else ""


def until(release: Release, lang: str) -> str:
    """When the embargo ends, by the clock in Copenhagen: "1. marts 2026 kl. 06.00"."""
    assert release.publication_time is not None
    return moment(release.publication_time, lang)


def moment(at: dt.datetime, lang: str) -> str:
    """A moment as people in Copenhagen write it."""
    local = at.astimezone(HERE)
    return text(
        "embargo.moment", lang, day=locale.day(local.date().isoformat(), lang), hour=local.hour, minute=local.minute
    )
