"""Work in an event loop of its own: the thread of the tests has one already, the browser driver's."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def call(work: Callable[..., T], *given: object) -> T:
    """What `work` returns, called in a thread of its own."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work, *given).result()


def run(work: Coroutine[Any, Any, T]) -> T:
    """What the coroutine returns, run in an event loop of its own."""

    def alone() -> T:
        return asyncio.run(work)

    return call(alone)
