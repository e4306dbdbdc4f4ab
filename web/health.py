"""Health: two addresses where machines ask whether the site works, and whether visitors can be sent here.

`/healthz` lets the current release answer a question. `/readyz` reads its files again besides, and holds each against
the manifest. Both answer 200, or 503 with the reason in one word, and say nothing else.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

import anyio
import anyio.to_thread
import duckdb
from anyio import CapacityLimiter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

import queries
from queries import DamagedReleaseError, NoReleaseError, NothingPublicError

READ_AGAIN = 60.0  # seconds: how long the hashes of a release are taken for granted
LONGEST = 5.0  # seconds until an answer comes too late
LOG = logging.getLogger("vink")
Check = Callable[[], None]


class UnwellError(Exception):
    """Why visitors should not be sent here, in one word."""


def routes() -> list[BaseRoute]:
    """The two addresses."""
    files = Files()
    return [Route("/healthz", _endpoint(answers)), Route("/readyz", _endpoint(files.check))]


def _endpoint(check: Check) -> Callable[[Request], object]:
    alone = CapacityLimiter(1)  # a thread of its own: whatever else the site does, it can be asked how it is

    async def endpoint(_: Request) -> Response:
        try:
            with anyio.fail_after(LONGEST):
                await anyio.to_thread.run_sync(check, limiter=alone, abandon_on_cancel=True)
        except UnwellError as reason:
            return _said(503, str(reason))
        except TimeoutError:
            return _said(503, "too_slow")
        except Exception:
            LOG.exception("the site could not be asked how it is")
            return _said(503, "our_fault")
        return _said(200, "")

    return endpoint


def _said(status: int, reason: str) -> Response:
    body = {"status": "unavailable", "reason": reason} if reason else {"status": "ok"}
    return JSONResponse(body, status, {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})


def answers() -> None:
    """Let the current release count its tables. Raises UnwellError where it can't."""
    with told_in_a_word():
        # Asked of the file itself: `queries.ask` would remember the answer.
        connection = queries.open_release(queries.current()).connection
        if connection.cursor().execute("select count(*) from tables").fetchone() in (None, (0,)):
            raise UnwellError("unreadable")


@contextmanager
def told_in_a_word() -> Iterator[None]:
    """What is wrong with a release becomes an UnwellError. That all are under embargo still is nothing wrong."""
    try:
        yield
    except NothingPublicError:
        return  # the pages say so, and some may see more
    except DamagedReleaseError as problem:
        raise UnwellError(problem.reason) from problem
    except NoReleaseError as problem:
        raise UnwellError("no_release" if problem.version is None else "missing") from problem
    except duckdb.Error as problem:
        raise UnwellError("unreadable") from problem


class Files:
    """Whether the files of the current release are still those that the build wrote."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock, self.lock = clock, Lock()
        self.whole: dict[str, float] = {}  # version: when all its files were last found whole

    def check(self) -> None:
        """Raises UnwellError where any file is missing or changed, or the release can't answer."""
        with self.lock, told_in_a_word():
            version = queries.current()
            if self.clock() - self.whole.get(version, float("-inf")) >= READ_AGAIN:
                self.whole.clear()
                queries.check(version)
                self.whole[version] = self.clock()
        answers()
