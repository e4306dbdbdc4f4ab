"""What a reader sees in place of a page: the sign-in, or why it isn't open. Who is signed in, and the way out."""

import html
from urllib.parse import urlencode

import streamlit as st
from streamlit.navigation.page import Page as StreamlitPage

from ui import doors
from ui.doors import Reader
from ui.text import text


def let_in(reader: Reader | None, page: StreamlitPage, lang: str) -> bool:
    """Whether the reader may see the page; draws what they see instead."""
    if reader is None:
        _sign_in(lang)
    elif not reader.placed:
        st.title(text("doors.no_role_title", lang), anchor=False)
        st.info(text("doors.no_role", lang, ask=_whom(lang)), icon=":material/lock:")
    elif page.url_path and page.url_path not in reader.pages:
        st.title(text("doors.closed_title", lang, page=page.title), anchor=False)
        st.info(text("doors.closed", lang, ask=_whom(lang)), icon=":material/lock:")
    else:
        return True
    return False


def who(reader: Reader | None, lang: str) -> None:
    """Say who is signed in, beside the way out. Nothing where sign-in is off."""
    if reader is None or not reader.mark:
        return
    named = text("doors.signed_in_as", lang, name=reader.name) if reader.name else text("doors.signed_in", lang)
    with st.container(horizontal=True, vertical_alignment="center", width="content", key="who"):
        st.text(named)  # and not as Markdown: the name comes from elsewhere
        st.button(text("doors.sign_out", lang), key="sign_out", on_click=st.logout, icon=":material/logout:")


def language(other: str, lang: str) -> None:
    """The way to the page in the other language, for who isn't signed in.

    A link, which asks for the page anew: the server remembers the address that somebody signs in for (web/gate.py).
    """
    query = html.escape(urlencode(st.query_params.to_dict() | {"lang": other}, safe=","))
    with st.container(width="content", key="language"):
        said = html.escape(text("site.other_language", lang))
        st.html(f'<a class="vink-language" href="?{query}" hreflang="{other}" lang="{other}">{said}</a>')


def _sign_in(lang: str) -> None:
    st.title(text("doors.sign_in_title", lang), anchor=False)
    if st.user.to_dict().get("sub"):
        st.warning(text("doors.over", lang), icon=":material/timer_off:")
    st.markdown(text("doors.sign_in_lead", lang))
    st.button(text("doors.sign_in", lang), key="sign_in", type="primary", on_click=st.login, icon=":material/login:")


def _whom(lang: str) -> str:
    its = doors.settings()
    return text("doors.ask", lang, contact=its.contact) if its and its.contact else text("doors.ask_anybody", lang)
