"""The address: what is on the screen is a function of the release and the query string, and of nothing else.

Streamlit can bind a widget to the query string itself, but then writes the words of the screen into it: a link made on
the Danish page would lose its filters on the English one. Here codes and years go into the address.
"""

import re
from collections.abc import Mapping, Sequence

import streamlit as st

from ui.text import LANGUAGES

PAGES = ("overview", "ideology", "resources", "outcome", "press", "research", "method")
FOOT_PAGES = ("accessibility",)  # linked below every page instead of in the menu; they need no release, and no sign-in
KEPT = ("lang", "release", "years", "period")  # what a link to another page takes along


def language() -> str:
    """The language that the address asks for; Danish where it asks for none, or one that we don't speak."""
    return spoken(st.query_params)


def spoken(query: Mapping[str, str]) -> str:
    """The language that a query string asks for."""
    asked = query.get("lang", LANGUAGES[0])
    return asked if asked in LANGUAGES else LANGUAGES[0]


def years(asked: str | None, first: int, last: int) -> tuple[int, int]:
    """The range in `asked` ("2016-2019" or "2019"), held within first..last; all years where it is no range."""
    match = re.fullmatch(r"(\d{4})(?:-(\d{4}))?", asked or "", flags=re.ASCII)
    if match is None:
        return first, last
    start, end = int(match[1]), int(match[2] or match[1])
    if start > end or end < first or start > last:
        return first, last
    return max(start, first), min(end, last)


def codes(asked: str | None, known: Sequence[str], default: Sequence[str]) -> list[str]:
    """The codes in `asked` ("right_wing,left_wing") that are known, in their order; "none" is none, "all" is all."""
    if asked is None:
        return list(default)
    if asked == "none":
        return []
    if asked == "all":
        return list(known)
    chosen = [code for code in known if code in asked.split(",")]
    return chosen or list(default)


def site(pages: Sequence[str]) -> str:
    """Where the site lies, as its reader's browser knows it: "https://vink.example/tal". "" where nobody says."""
    here = (st.context.url or "").split("?")[0].split("#")[0].rstrip("/")
    start, _, last = here.rpartition("/")
    return start if last in pages else here


def views(asked: str | None) -> dict[str, str]:
    """Which view of which figure `asked` opens: "grounded_by_year~table,key_shares~about"."""
    return dict(part.split("~", 1) for part in (asked or "").split(",") if "~" in part)


def put(name: str, value: str, default: str) -> None:
    """Write one filter into the address; what is the default anyway stays out of it."""
    if value == default:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value


def carried(**changed: str) -> dict[str, str]:
    """The query string of a link to another page, with `changed` put in."""
    return kept(st.query_params) | changed


def kept(query: Mapping[str, str]) -> dict[str, str]:
    """What a link to another page takes along of a query string."""
    return {name: query[name] for name in KEPT if name in query}


def leave_release() -> None:
    """Go on with the current release."""
    st.query_params.pop("release", None)
