"""The press page, part by part: search, the chosen figure, what is ready to quote, earlier statements, briefings."""

from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

import streamlit as st

from ui import address, find, locale, picks, takeaway
from ui import briefing as briefings
from ui import statements as said
from ui.address import PAGES
from ui.answer import Answer, AskError, answer, periods
from ui.figure import CROSSES, FIGURES, figure_ids
from ui.page import View
from ui.picks import Pick
from ui.statements import Checked

KEPT = ("lang", "release", "q", "briefing")  # what a choice leaves in the address
# What the city claimed in its press release of 2020, and the pick that shows whether it holds.
CLAIMS = {
    "grounded_2019": Pick("grounded_by_year", "2019"),
    "grounded_2016": Pick("grounded_by_year", "2016"),
    "fewer": Pick("referrals_by_year", "2016-2019"),
}
HEADLINES = ("referrals_by_year", "grounded_by_year", "key_shares")
OPENED = (said.DIFFERS, said.AGREES)
ICONS = {said.AGREES: ":material/check_circle:", said.DIFFERS: ":material/error:", said.UNCHECKED: ":material/help:"}


# Search


def search(view: View) -> None:
    """A box for plain words and a list of all figures; the best match is shown, the others are offered."""
    asked = st.query_params.get("q", "")
    key = view.held("q", asked)

    def look() -> None:
        words = st.session_state[key].strip()
        address.put("q", words, "")
        hits = find.find(view.release, words).hits if words else ()
        if hits:
            _choose(_pick(hits[0]))

    with st.container(horizontal=True, vertical_alignment="bottom", key="search"):
        st.text_input(
            view.say("press.search"),
            asked,
            max_chars=100,
            placeholder=view.say("press.example"),
            key=key,
            on_change=look,
        )
        _list(view)
    if asked:
        _found(view, asked)


def _list(view: View) -> None:
    chosen = st.query_params.get("figure", "")
    chosen = chosen if chosen in figure_ids() else ""
    key = view.held("figure", chosen)
    options = ["", *figure_ids()]

    def keep() -> None:
        name = st.session_state[key]
        st.query_params.pop("q", None)
        if name:
            _choose(Pick(name, _when(view, name)))
        else:
            st.query_params.pop("figure", None)

    st.selectbox(
        view.say("press.pick"),
        options,
        index=options.index(chosen),
        format_func=lambda name: _listed(view, name) if name else view.say("press.none"),
        key=key,
        on_change=keep,
    )


def _listed(view: View, name: str) -> str:
    """A figure's title without its period, which the filters say: the words of a list must not change with them."""
    return view.say(f"figures.{name}.title", period="").rstrip(", ")


def _when(view: View, name: str) -> str:
    """The years or the period that the address asks for, as far as the release has them."""
    if name in CROSSES:
        period = st.query_params.get("period", "")
        return period if period in periods(view.release) else periods(view.release)[0]
    first, last = view.release.first_year, view.release.last_year
    start, end = address.years(st.query_params.get("years"), first, last)
    return "" if (start, end) == (first, last) else str(start) if start == end else f"{start}-{end}"


def _found(view: View, asked: str) -> None:
    found = find.find(view.release, asked)
    years = {"first_year": view.release.first_year, "last_year": view.release.last_year}
    if found.absent:
        st.info(view.say("press.no_year", years=", ".join(found.absent), **years), icon=":material/event_busy:")
    if not found.hits:
        st.info(view.say("press.nothing", asked=_plain(asked)), icon=":material/search_off:")
        return
    if found.unknown:
        st.caption(view.say("press.unknown", words=", ".join(found.unknown)))
    st.caption(view.say("press.found"))
    with st.container(key="hits"):
        _links(*((_pick(hit), picks.named(view.release, _pick(hit), view.lang)) for hit in found.hits))


def _plain(words: str) -> str:
    """What a reader typed, without the signs that Markdown would read."""
    return "".join(letter for letter in words if letter.isalnum() or letter in " -,.")


def _pick(hit: find.Hit) -> Pick:
    return Pick(hit.figure, hit.period or hit.years, {dimension: (code,) for dimension, code in hit.codes.items()})


def _choose(pick: Pick) -> None:
    """Write a pick into the address, in the place of what was chosen before."""
    kept = {name: st.query_params[name] for name in KEPT if name in st.query_params}
    st.query_params.from_dict(kept | pick.query)


def _links(*links: tuple[Pick, str]) -> None:
    """Links to this page with other picks.

    They are links as the web knows them, which load the page anew: st.page_link to the page it stands on leaves the
    address as it was, and the reader where he was, below the figure that he asked for.
    """
    kept = {name: st.query_params[name] for name in KEPT if name in st.query_params}
    items = [
        f'<li><a href="press?{escape(urlencode(kept | pick.query, safe=",~"))}#{pick.figure}">{escape(words)}</a></li>'
        for pick, words in links
    ]
    st.html(f'<ul class="vink-links">{"".join(items)}</ul>')


# The chosen figure


def figure(view: View) -> Pick | None:
    """The figure that the address names, with its filters and everything to take away; None where it names none."""
    name = st.query_params.get("figure", "")
    if name not in figure_ids():
        return None
    pick = _filtered(view, name)
    try:
        one = picks.asked(view.release, pick, view.lang, address.site(PAGES))
    except AskError:
        st.info(view.say("press.empty"), icon=":material/filter_alt_off:")
        return None
    st.subheader(one.title, anchor=name)
    with st.container(key="said"):
        st.markdown(one.sentence)
    takeaway.show(one)
    _add(view, pick)
    return pick


def _filtered(view: View, name: str) -> Pick:
    """The pick of the figure and the filters below it."""
    if name in CROSSES:
        cross = CROSSES[name]
        when = view.period()
        codes = {dimension: tuple(view.codes(dimension)) for dimension in (cross.rows, cross.columns)}
        return Pick(name, when, codes)
    first, last = view.years()
    when = str(first) if first == last else f"{first}-{last}"
    if FIGURES[name].codes:
        return Pick(name, when)
    dimension = FIGURES[name].dimension
    return Pick(name, when, {dimension: tuple(view.codes(dimension))})


# Ready to quote


def ready(view: View) -> None:
    """The headline figures of the latest year, each a sentence, and the claims of the city's press release."""
    last = view.release.last_year
    st.subheader(view.say("press.ready"), anchor="ready")
    st.markdown(f"**{view.say('press.claims')}**")
    with st.container(key="claims"):
        known = {key: pick for key, pick in CLAIMS.items() if picks.read(view.release, pick.written)}
        _links(*((pick, view.say(f"press.claim.{key}")) for key, pick in known.items()))
    st.markdown(f"**{view.say('press.latest', year=last, version=view.release.version)}**")
    answers = [answer(view.release, name, view.lang, first_year=last, last_year=last) for name in HEADLINES]
    quotes = [(one.id, quote) for one in answers for quote in one.quotes]
    with st.container(key="ready"):
        columns = st.columns(len(quotes) // 2) + st.columns(len(quotes) // 2)
    for column, (name, quote) in zip(columns, quotes, strict=True):
        with column.container(border=True, height="stretch"):
            st.markdown(quote)
            _links((Pick(name, str(last)), view.say("press.open")))


# Earlier statements


def statements(view: View) -> None:
    """Every earlier public statement with what the release says of it."""
    st.subheader(view.say("statement.title"), anchor="statements")
    st.markdown(view.say("statement.lead", version=view.release.version))
    every = said.every(view.release, view.lang)
    for kind in said.VERDICTS:
        mine = [one for one in every if one.verdict.kind == kind]
        if mine:
            title = view.say(f"statement.{kind}", number=len(mine))
            with st.expander(title, expanded=kind in OPENED, icon=ICONS[kind], key=f"statements_{kind}"):
                for one in mine:
                    _statement(view, one)


def _statement(view: View, one: Checked) -> None:
    it = one.statement
    source = f"[{_plain(it.source)}]({it.url})" if it.url else _plain(it.source)
    by = view.say(
        "statement.by_derived" if it.derived else "statement.by",
        who=it.who,
        date=locale.day(it.said_on, view.lang),
        source=source,
    )
    with st.container(border=True, gap="small"):
        st.markdown(f"**{it.words}**  \n{one.words}")
        st.caption(f"{by} {view.say('statement.note', note=it.note)}" if it.note else by)
        if one.answer:
            codes = one.answer.asked["codes"]
            alone = FIGURES[one.answer.id].codes
            pick = Pick(one.answer.id, one.answer.period, {} if alone else {FIGURES[one.answer.id].dimension: codes})
            _links((pick, view.say("statement.see")))


# Briefings


def briefing(view: View, chosen: Pick | None) -> None:
    """Figures picked for a briefing, which is taken away as PDF or Word in either language."""
    st.subheader(view.say("briefing.title"), anchor="briefing")
    st.markdown(view.say("briefing.lead"))
    mine = _briefed(view)
    here = [chosen.written] if chosen else []
    offered = list(dict.fromkeys([*mine, *here, *(Pick(name).written for name in figure_ids())]))
    key = view.held("briefing", mine)

    def keep() -> None:
        address.put("briefing", ",".join(st.session_state[key]), "")

    st.multiselect(
        view.say("briefing.pick"),
        offered,
        default=mine,
        format_func=lambda written: _words(view, written),
        placeholder=view.say("filters.placeholder"),
        key=key,
        on_change=keep,
    )
    if not mine:
        st.caption(view.say("briefing.empty"))
        return
    with st.container(horizontal=True, key="briefing_files"):
        for form in briefings.FORMS:
            for lang in ("da", "en"):
                st.download_button(
                    view.say(f"briefing.{form.key}_{lang}"),
                    data=lambda form=form, lang=lang: form.make(_answers(view, mine, lang)),
                    file_name=f"vink-{view.say('briefing.file')}-{view.release.version}-{lang}.{form.key}",
                    mime=form.mime,
                    icon=":material/download:",
                    key=f"briefing_{form.key}_{lang}",
                    on_click="ignore",
                )


def _briefed(view: View) -> list[str]:
    """The figures of the briefing that the address names, as far as this release has them."""
    written = dict.fromkeys(st.query_params.get("briefing", "").split(","))
    return [one for one in written if picks.read(view.release, one)]


def _words(view: View, written: str) -> str:
    pick = picks.read(view.release, written)
    return picks.named(view.release, pick, view.lang) if pick else written


def _answers(view: View, mine: Sequence[str], lang: str) -> list[Answer]:
    found = [picks.read(view.release, written) for written in mine]
    return [picks.asked(view.release, pick, lang, address.site(PAGES)) for pick in found if pick]


def _add(view: View, pick: Pick) -> None:
    """The button that puts the chosen figure into the briefing."""
    mine = _briefed(view)
    there = pick.written in mine
    st.button(
        view.say("briefing.added" if there else "briefing.add"),
        icon=":material/check:" if there else ":material/add:",
        disabled=there,
        key="briefing_add",
        on_click=lambda: address.put("briefing", ",".join([*mine, pick.written]), ""),
    )
