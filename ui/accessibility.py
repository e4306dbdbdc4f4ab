"""The accessibility statement: the long texts of text/accessibility.*.md, and the known faults."""

from dataclasses import dataclass

import streamlit as st

from ui import address
from ui.text import sections, text


@dataclass(frozen=True)
class Fault:
    """Something on the site that isn't accessible. Its words are accessibility.fault.<key>.

    criterion: what it doesn't meet, as WCAG 2.1 numbers it. rules: those of axe-core that find it; the browser tests
    allow these and no others.
    """

    key: str
    criterion: str
    rules: tuple[str, ...] = ()


FAULTS = (Fault("charts", "1.4.12"), Fault("grid", "1.4.12"))
LISTED = "faults"  # the section that they are listed in


def show() -> None:
    """The whole statement."""
    lang = address.language()
    st.title(text("accessibility.title", lang), anchor=False)
    st.markdown(text("accessibility.lead", lang))
    for section in sections("accessibility", lang):
        st.subheader(section.heading, anchor=section.name)
        if section.name == LISTED:
            st.markdown("\n".join(f"- {line}" for line in told(lang)))
        st.markdown(section.body)


def told(lang: str) -> list[str]:
    """The known faults, each with the criterion that it doesn't meet."""
    return [
        f"**{text(f'accessibility.fault.{fault.key}', lang)}** "
        f"{text(f'accessibility.why.{fault.key}', lang)} ({text('accessibility.criterion', lang)} {fault.criterion})"
        for fault in FAULTS
    ]
