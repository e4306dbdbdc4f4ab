"""The top of a page as the shell carries it: seen before Streamlit has started, and read where there is no JavaScript.

What it says comes from the same code as the page. It never holds the page up: what isn't drawn in time is left out.
"""

import asyncio
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.requests import Request

import queries
from queries import DamagedReleaseError, NoReleaseError
from ui import address, takeaway
from ui.address import PAGES
from ui.answer import Answer, AskError, answer
from ui.doors import Reader
from ui.figure import CHOSEN, first_of
from ui.page import View
from ui.text import LANGUAGES
from web import api, gate
from web.asked import LONGEST_QUERY
from web.first_drawing import Drawing, drawn
from web.first_page import Shown, problem_page, written
from web.reply import Body, body

PATIENCE = 1.0  # seconds that a reader waits for a chart that nobody has asked for before
DRAWING, READING = 2, 4  # threads at a time
LONGEST_QUEUE = 16  # charts that wait for a thread
KEPT = 96  # charts; a large one takes 100 KB
LOG = logging.getLogger("vink")


async def fragment(request: Request) -> str:
    """The top of the page that the request asks for, as HTML; "" where there is nothing that this reader may see."""
    page, reader = request.url.path.strip("/") or PAGES[0], gate.reader(request)
    if reader is None or page not in reader.pages or len(request.scope["query_string"]) > LONGEST_QUERY:
        return ""
    try:
        query = dict(request.query_params)
        shown = await anyio.to_thread.run_sync(_read, page, query, api.site(request), reader, limiter=_reading)
        if isinstance(shown, str):
            return shown
        return written(shown, await _in_time(shown.one) if shown.one else None)
    except Exception:
        LOG.exception("the top of %s could not be put into the shell", request.url.path)
        return ""


@lru_cache(maxsize=64)
def packed(document: str) -> Body:
    """A whole document's bytes, packed and tagged once."""
    return body(document.encode())


def warm() -> None:
    """Draw what every page of the current release begins with, before anybody asks. Returns at once."""
    _warming.submit(_warm)


def _warm() -> None:
    try:
        release = queries.open_release(queries.current())
    except (NoReleaseError, DamagedReleaseError):
        return  # the page says it
    for lang in LANGUAGES:
        for page in PAGES:
            one = _first(View(page, release, lang), {}, "")
            asked = _drawings.ask(one) if one else None
            if asked:
                asked.result()  # one after the other: a reader comes first


# What the address asks for


def _read(page: str, query: Mapping[str, str], site: str, reader: Reader) -> Shown | str:
    """What the page shows at its top. Where there is no release to show, the words of the problem."""
    lang = address.spoken(query)
    try:
        version = query.get("release") or queries.current(embargoed=reader.embargo)
        release = queries.open_release(version, embargoed=reader.embargo)
    except DamagedReleaseError as problem:
        return problem_page(page, query, lang, problem.reason, problem.version, reader)
    except NoReleaseError as problem:
        return problem_page(page, query, lang, "missing", problem.version, reader) if problem.version else ""
    view = View(page, release, lang)
    return Shown(
        view,
        query,
        reader,
        years=view.asked_years(query),
        dimension=CHOSEN.get(page),
        one=_first(view, query, site),
        newer=takeaway.newer_than(release, linked="release" in query, embargoed=reader.embargo),
    )


def _first(view: View, query: Mapping[str, str], site: str) -> Answer | None:
    """The answer of the page's first figure to the address; None where there is none, or nothing was chosen."""
    name = first_of(view.name)
    if name is None:
        return None
    years = view.asked_years(query)
    dimension = CHOSEN.get(view.name)
    codes = view.asked_codes(dimension, query) if dimension else None
    try:
        return answer(
            view.release,
            name,
            view.lang,
            first_year=years[0],
            last_year=years[1],
            codes=codes,
            page=view.name,
            site=site,
        )
    except AskError:
        if codes is None:
            raise
        return None


# Charts


async def _in_time(one: Answer) -> tuple[Drawing, ...] | None:
    """The chart at every width; None where it takes too long, or too many others wait."""
    asked = _drawings.ask(one)
    if asked is None:
        LOG.warning("%s was not drawn for the shell: too many others wait", one.id)
        return None
    try:
        return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(asked)), PATIENCE)
    except TimeoutError:
        LOG.warning("%s was not drawn for the shell in time", one.id)
        return None


class Drawings:
    """Charts drawn once an address by a few threads, those that were asked for last, up to `most`."""

    def __init__(self, draw: Callable[[Answer], tuple[Drawing, ...]], most: int = KEPT) -> None:
        self._draw, self._most = draw, most
        self._threads = ThreadPoolExecutor(DRAWING, thread_name_prefix="vink-first")
        self._made: OrderedDict[Hashable, Future[tuple[Drawing, ...] | None]] = OrderedDict()
        self._lock = threading.Lock()

    def ask(self, one: Answer) -> Future[tuple[Drawing, ...] | None] | None:
        """The charts of an answer, now or later; None where the queue is long or they can't be drawn."""
        key = (one.release, one.id, one.lang, tuple(sorted(one.asked.items())))
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
            if _unfinished(self._made.values()) >= DRAWING + LONGEST_QUEUE:
                return None
            self._made[key] = self._threads.submit(self._try, key, one)
            for old in [name for name, future in self._made.items() if future.done()][: -self._most]:
                del self._made[old]
            return self._made[key]

    def _try(self, key: Hashable, one: Answer) -> tuple[Drawing, ...] | None:
        try:
            return self._draw(one)
        except Exception:
            LOG.exception("%s could not be drawn for the shell", one.id)
            with self._lock:
                self._made.pop(key, None)  # the next reader may have more luck
            return None


def _unfinished(futures: Iterable[Future]) -> int:
    return sum(not future.done() for future in futures)


_drawings = Drawings(drawn)
_reading = CapacityLimiter(READING)
_warming = ThreadPoolExecutor(1, thread_name_prefix="vink-warm")
