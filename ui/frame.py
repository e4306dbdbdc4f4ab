"""What stands around every page: head with menu and language, the example's banner, footer, and the problem pages."""

import logging
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page as StreamlitPage

import queries
from queries import DamagedReleaseError, NoReleaseError, NothingPublicError, Release
from ui import address, caution, doors, doorway, first_start
from ui.address import FOOT_PAGES, PAGES
from ui.doors import Reader
from ui.page import RELEASE
from ui.text import text

ICON = str(Path(__file__).with_name("icon.png"))  # a name or an emoji would be fetched from another host
LOG = logging.getLogger("vink")
# What the house's look needs and the configuration can't say. Class names of Streamlit's own are not used: they change.
STYLE = """
<style>
[data-testid="stMainBlockContainer"]{max-width:1180px;padding-top:1.5rem;padding-bottom:3rem}
[data-testid="stHeader"]{display:none}
[data-testid="stCaptionContainer"],[data-testid="stCaptionContainer"] *{color:#4A525C!important;opacity:1!important}
[data-testid="stTable"]{overflow-x:auto}
[data-testid="stTable"] td,[data-testid="stTable"] th{white-space:nowrap;font-variant-numeric:tabular-nums}
[data-testid="stElementToolbar"]:focus-within{opacity:1}
[data-testid="stCode"]>div{opacity:1!important;visibility:visible!important}
[class*="_quote"] pre,[class*="_quote"] pre *{font-family:"Source Sans",sans-serif!important;font-size:1rem}
[class*="_quote"] pre{padding-right:3rem}
a:focus-visible,button:focus-visible{outline:3px solid #0B4F8A !important;outline-offset:2px}
.st-key-menu [data-testid="stPageLink"] a{padding:.35rem .6rem;border-bottom:3px solid transparent;border-radius:0}
.st-key-menu_here [data-testid="stPageLink"] a{border-bottom-color:#0B4F8A;background:none}
.st-key-foot{margin-top:1rem}
.st-key-foot_here [data-testid="stPageLink"] a{background:none}
.st-key-brand p{line-height:1.3}
.vink-links{list-style:none;margin:0!important;padding:0!important;display:flex;flex-wrap:wrap;gap:.4rem}
.vink-links li{margin:0!important;padding:0!important}
.vink-language,
.vink-links a{display:inline-block;padding:.3rem .7rem;border:1px solid #0B4F8A;border-radius:.4rem;color:#0B4F8A}
.vink-links a:hover{background:#E9F0F7}
.st-key-said p{font-size:1.35rem;line-height:1.45;max-width:52em}
.st-key-headlines [data-testid="stHorizontalBlock"]{flex-wrap:wrap}
@media (max-width:1000px){.st-key-headlines [data-testid="stColumn"]{min-width:calc(50% - 1rem)}}
@media (max-width:640px){.st-key-headlines [data-testid="stColumn"]{min-width:100%}}
@media (max-width:640px){h1{font-size:1.9rem !important}h2{font-size:1.5rem !important}}
@media (max-width:640px){.st-key-search>*{min-width:100%}}
@media print{.st-key-menu,.st-key-filters,[data-testid="stDownloadButton"]{display:none}}
</style>
"""


def show() -> None:
    """Draw the whole visit."""
    lang = address.language()
    st.html(STYLE)
    reader = doors.here()
    menu = {
        name: st.Page(
            f"{name}.py",
            title=text(f"nav.{name}", lang),
            url_path=name,
        )
        for name in (*PAGES, *FOOT_PAGES)
    }
    # The site's root shows the first page too. That page has an address of its own all the same: st.page_link writes an
    # empty one for the root, and a new tab would open the page that the link stands on.
    mine = reader.pages if reader else ()
    first = mine[0] if mine else PAGES[0]
    root = st.Page(f"{first}.py", title=menu[first].title, url_path="", default=True)
    page = st.navigation([root, *menu.values()], position="hidden")
    if page == root:
        menu[first] = root
    title = f"{page.title} – {text('site.name', lang)}"
    st.set_page_config(page_title=title, page_icon=ICON, layout="wide")
    _head({name: menu[name] for name in mine}, page, lang, reader)
    body, foot = st.container(), st.container(key="foot")
    with foot:  # first, so that it is there while the example is made, and whatever goes wrong above it
        for name in FOOT_PAGES:
            with st.container(width="content", key=f"foot_{'here' if page == menu[name] else name}"):
                st.page_link(menu[name], query_params=address.carried())
    with body:
        if page.url_path in FOOT_PAGES:
            page.run()
        elif doorway.let_in(reader, page, lang) and reader is not None:
            _show(page, lang, embargoed=reader.embargo)


def failed(error: Exception) -> bool:
    """Say in words that something went wrong before the page could be drawn, such as with a choice that it hasn't."""
    LOG.error("the page could not be shown", exc_info=error)
    _problem("script", address.language())
    return True


def _show(page: StreamlitPage, lang: str, *, embargoed: bool) -> None:
    """The page over the release that the address asks for, or what there is to say instead."""
    release = _release(lang, embargoed=embargoed)
    if release is None:
        return
    if release.embargoed:
        st.warning(text("embargo.banner", lang, until=caution.until(release, lang)), icon=":material/lock_clock:")
    if release.kind == "example":
        st.warning(text("site.example_banner", lang), icon=":material/science:")
    st.session_state[RELEASE] = release  # the page shows this one, even if another becomes current while it is drawn
    try:
        page.run()
    except Exception:
        LOG.exception("the page %s could not be shown", page.url_path or PAGES[0])
        _problem("script", lang)
    st.divider()
    st.caption(
        text(
            "site.footer",
            lang,
            version=release.version,
            first_year=release.first_year,
            last_year=release.last_year,
            threshold=release.threshold,
        )
    )


def _head(menu: dict[str, StreamlitPage], here: StreamlitPage, lang: str, reader: Reader | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="brand"):
        st.markdown(f"**{text('site.name', lang)}**  \n{text('site.tagline', lang)}")
        other = "en" if lang == "da" else "da"
        if reader is None:
            doorway.language(other, lang)
        else:
            st.button(
                text("site.other_language", lang),
                key="language",
                on_click=_speak,
                args=(other,),
                icon=":material/translate:",
            )
        doorway.who(reader, lang)
    with st.container(horizontal=True, gap="small", key="menu"):
        for name, page in menu.items():
            with st.container(width="content", key="menu_here" if page == here else f"menu_{name}"):
                st.page_link(page, query_params=address.carried())


def _speak(lang: str) -> None:
    address.put("lang", lang, "da")


def _release(lang: str, *, embargoed: bool) -> Release | None:
    """The release that the address asks for, or else the current one; None where a problem page was drawn instead."""
    try:
        version = st.query_params.get("release") or queries.current(embargoed=embargoed)
        return queries.open_release(version, embargoed=embargoed)
    except DamagedReleaseError as problem:
        LOG.error("%s", problem)
        _problem(problem.reason, lang, problem.version)
    except NothingPublicError:
        st.title(text("embargo.none_title", lang), anchor=False)
        st.info(text("embargo.none", lang), icon=":material/schedule:")
    except NoReleaseError as problem:
        if problem.version is None:
            _make_example(lang)
        else:
            _problem("missing", lang, problem.version)
    return None


def _problem(reason: str, lang: str, version: str = "") -> None:
    st.title(text(f"problems.{reason}_title", lang), anchor=False)
    st.error(text(f"problems.{reason}", lang, version=version.replace("`", "")), icon=":material/report:")
    if st.query_params.get("release"):
        st.button(text("problems.to_current", lang), on_click=address.leave_release)


def _make_example(lang: str) -> None:
    st.title(text("problems.making_title", lang), anchor=False)
    st.markdown(text("problems.making", lang))
    bar = st.progress(0.0)
    try:
        for step, share in first_start.progress():
            bar.progress(min(share, 1.0), text(f"problems.step_{step}", lang))
    except RuntimeError as error:
        LOG.error("the example release could not be made: %s", error)
        bar.empty()
        st.error(f"**{text('problems.making_failed_title', lang)}.** {text('problems.making_failed', lang)}")
        return
    st.rerun()
