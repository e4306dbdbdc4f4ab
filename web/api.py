"""The HTTP API: figures as files, and the lists of figures, releases and codes, under /api/v1/."""

import json
import logging
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

import anyio
import anyio.to_thread
from anyio import CapacityLimiter
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

import queries
from queries import DamagedReleaseError, Release
from ui import address, answer, caution
from ui.answer import Answer
from ui.figure import FIGURES, figure_ids
from ui.text import label, text
from web import asked, gate, index, openapi
from web.files import BY_KEY, Kept, media_type
from web.problems import Problem
from web.reply import Reply, body, response

ROOT = "/api/v1"
DRAWING, READING = 2, 4  # threads at a time
LONGEST_QUEUE = 64  # requests that wait for a thread
HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?")
LOG = logging.getLogger("vink")
Handler = Callable[[Request], Reply]


def allowed(request: Request) -> bool:
    """Whether whoever sent the request may read: every address asks here, whatever stands before it."""
    return gate.refusal(request) is None


def routes() -> list[BaseRoute]:
    """The routes that stand beside the pages. All below /api is answered here, so nothing there becomes a page."""
    kept = Kept()
    read, draw = Threads(READING), Threads(DRAWING)
    served: list[BaseRoute] = [
        Route("/v1/", _endpoint(_index, read)),
        Route("/v1/openapi.json", _endpoint(_openapi, read)),
        Route("/v1/figures", _endpoint(_figures, read)),
        Route("/v1/figures/{file}", _endpoint(partial(_file, kept), draw)),
        Route("/v1/releases", _endpoint(_releases, read)),
        Route("/v1/codes", _endpoint(_codes, read)),
        *(Route(path, _home) for path in ("/", "/v1")),
    ]
    handlers: Mapping[Any, Any] = {HTTPException: _http_problem, Problem: _problem, Exception: _our_fault}
    api = Starlette(routes=served, exception_handlers=handlers)
    api.router.redirect_slashes = False
    return [Route("/api", _home), Mount("/api", app=api)]


class Threads:
    """A few threads, and the requests that wait for one. Whoever would wait behind too many others is sent away."""

    def __init__(self, most: int) -> None:
        self.limiter = CapacityLimiter(most)
        self.most, self.within = most, 0

    async def run(self, handler: Handler, request: Request) -> Reply:
        """What the handler returns. Problem 503 where the queue is too long."""
        if self.within >= self.most + LONGEST_QUEUE:
            raise Problem(503, "busy", headers={"Retry-After": "5"})
        self.within += 1  # counted here, in the loop: the limiter counts only after others had their turn
        try:
            return await anyio.to_thread.run_sync(handler, request, limiter=self.limiter)
        finally:
            self.within -= 1


def _endpoint(handler: Handler, threads: Threads) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        if not allowed(request):
            raise Problem(401, "sign_in")
        asked.short_enough(request)
        return response(await threads.run(handler, request), request)

    return endpoint


async def _home(request: Request) -> Response:
    query = request.url.query
    return RedirectResponse(f"{ROOT}/?{query}" if query else f"{ROOT}/", status_code=308)


# Problems


async def _problem(request: Request, problem: Problem) -> Response:
    return problem.response(address.spoken(request.query_params))


async def _http_problem(request: Request, error: HTTPException) -> Response:
    key = {404: "no_such_address", 405: "method"}.get(error.status_code, "other")
    problem = Problem(error.status_code, key, values={"root": ROOT}, headers=dict(error.headers or {}))
    return problem.response(address.spoken(request.query_params))


async def _our_fault(request: Request, error: Exception) -> Response:
    LOG.error("an address of the API could not be answered", exc_info=error)  # not which one: it may hold a search word
    return Problem(500, "our_fault").response(address.spoken(request.query_params))


# Files


def _file(kept: Kept, request: Request) -> Reply:
    name, _, form = request.path_params["file"].rpartition(".")
    figure = asked.figure(name or form)
    if not name or form not in BY_KEY:
        raise Problem(404, "no_such_form", parameter="form", value=form if name else "", allowed=[*BY_KEY])
    # The release first: what the filters may be depends on it.
    given = asked.parameters(request, (*asked.COMMON, *asked.names(figure)))
    lang, release = asked.language(given), asked.release(given, embargoed=gate.sees_embargo(request))
    chosen = asked.filters(given, asked.choices(release, figure))
    one = asked.answered(release, figure, lang, site(request), chosen)
    path = f"{ROOT}/figures/{figure}.{form}"
    links = {
        "canonical": _address(path, changed(one) | {"lang": lang, "release": release.version}),
        "latest-version": _address(path, changed(one) | {"lang": lang}),
    }
    return Reply(
        kept.file(one, form),
        media_type(form),
        lang,
        lasting="release" in given,
        headers=_kept_nowhere(release)
        | {
            "Link": ", ".join(f'<{link}>; rel="{rel}"' for rel, link in links.items()),
            "Content-Disposition": _disposition(f"{one.file_name}.{form}", shown=form in ("json", "svg", "png")),
        },
    )


def _kept_nowhere(release: Release) -> dict[str, str]:
    """Under embargo no cache may keep an answer, not even the reader's own."""
    return {"Cache-Control": "no-store"} if release.embargoed else {}


def changed(one: Answer) -> dict[str, str]:
    """The filters of an answer as parameters, in their own order; those that are as if nothing was asked stay out."""
    plain = answer.answer(one.release, one.id, one.lang).asked
    return {
        name: ",".join(value) if isinstance(value, tuple) else str(value)
        for name, value in one.asked.items()
        if value != plain[name]
    }


def _address(path: str, parameters: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(parameters, safe=',')}"


def _disposition(name: str, *, shown: bool) -> str:
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    full = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return f'{"inline" if shown else "attachment"}; filename="{plain}"{full}'


def site(request: Request) -> str:
    """Where links to the pages begin. Empty where the host's name can't be one: it goes into files."""
    host = request.headers.get("host", "")
    return f"{request.url.scheme}://{host}" if HOST.fullmatch(host) else ""


# Lists


def _listed(request: Request) -> tuple[str, Release]:
    given = asked.parameters(request, asked.COMMON)
    return asked.language(given), asked.release(given, embargoed=gate.sees_embargo(request))


def _json(found: object, lang: str, release: Release | None = None) -> Reply:
    content = json.dumps(found, ensure_ascii=False, indent=1).encode()
    kept = _kept_nowhere(release) if release else {}
    return Reply(body(content, release.version if release else ""), "application/json", lang, headers=kept)


def _about(release: Release, lang: str) -> dict[str, object]:
    """What every list says of its release; while it must not be quoted, with the mark."""
    mark = caution.mark(release, lang)
    marked: dict[str, object] = {"mark": mark} if mark else {}
    return marked | {
        "version": release.version,
        "kind": release.kind,
        "created": release.created,
        "first_year": release.first_year,
        "last_year": release.last_year,
        "threshold": release.threshold,
        "source": text("site.source_line", lang, version=release.version),
    }


def _figures(request: Request) -> Reply:
    lang, release = _listed(request)
    pinned = {"release": release.version} if "release" in request.query_params else {}
    found = [
        {
            "id": figure,
            "title": answer.title_of(release, figure, lang),
            "form": FIGURES[figure].form if figure in FIGURES else "cross",
            "filters": {
                name: {"choose": choice.kind, "allowed": choice.allowed}
                for name, choice in asked.choices(release, figure).items()
            },
            "files": {
                form: site(request) + _address(f"{ROOT}/figures/{figure}.{form}", {"lang": lang} | pinned)
                for form in BY_KEY
            },
        }
        for figure in figure_ids()
    ]
    return _json({"release": _about(release, lang), "figures": found}, lang, release)


def _releases(request: Request) -> Reply:
    lang = asked.language(asked.parameters(request, ("lang",)))
    sees = gate.sees_embargo(request)
    listed = [_one_release(version, lang, embargoed=sees) for version in queries.versions(embargoed=sees)]
    reply = _json({"releases": listed}, lang)
    # Who sees more than others is never given an answer that a cache may keep.
    return replace(reply, headers={"Cache-Control": "no-store"}) if sees else reply


def _one_release(version: str, lang: str, *, embargoed: bool) -> dict[str, object]:
    current = False
    with suppress(DamagedReleaseError, queries.NoReleaseError):  # then none is the current one
        current = queries.current(embargoed=embargoed) == version
    try:
        opened = queries.open_release(version, embargoed=embargoed)
        return _about(opened, lang) | {"current": current, "readable": True}
    except DamagedReleaseError as problem:
        words = Problem(503, problem.reason, values={"version": version}).words(lang)
        return {"version": version, "current": current, "readable": False, "problem": words}


def _codes(request: Request) -> Reply:
    lang, release = _listed(request)
    found: dict[str, list[dict[str, object]]] = {}
    for row in queries.ask(release, "codes_in_order").iter_rows(named=True):
        found.setdefault(row["dimension"], []).append(
            {
                "code": row["code"],
                "label": label(row["dimension"], row["code"], lang),
                "first_year": row["first_year"],
                "last_year": row["last_year"],
                "group": row["in_group"],
            }
        )
    dimensions = [
        {"dimension": name, "label": text(f"codes.{name}.name", lang), "codes": codes} for name, codes in found.items()
    ]
    return _json({"release": _about(release, lang), "dimensions": dimensions}, lang, release)


def _openapi(request: Request) -> Reply:
    lang, release = _listed(request)
    return _json(openapi.described(release, lang), lang, release)


# For people


def _index(request: Request) -> Reply:
    given = asked.parameters(request, asked.COMMON)
    lang = asked.language(given)
    try:
        release = asked.release(given, embargoed=gate.sees_embargo(request))
    except Problem as problem:
        if problem.status != 503:
            raise
        page = index.problem_page(problem.words(lang), lang)
        return Reply(
            body(page.encode()),
            "text/html; charset=utf-8",
            lang,
            status=503,
            policy=index.POLICY,
            headers={"Cache-Control": "no-store"} | problem.headers,
        )
    sees = gate.sees_embargo(request)
    page = index.page(release, lang, site(request), pinned="release" in given, embargoed=sees)
    whole = body(page.encode(), release.version)
    kept = {"Cache-Control": "no-store"} if sees else {}
    return Reply(whole, "text/html; charset=utf-8", lang, policy=index.POLICY, headers=kept)
