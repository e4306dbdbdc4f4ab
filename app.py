"""The ASGI app that `streamlit run app.py` serves."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st

from ui import charts, frame, text
from web import first, quiet, site

quiet.install()


@asynccontextmanager
async def ready(_: Any) -> AsyncIterator[None]:
    """Load what every page needs before the first visitor, and take it out of the garbage collector's sight.

    Streamlit collects all garbage after every run of a page. Looking through the modules, which live as long as the
    process, took four fifths of a rerun's time.
    """
    text.words()
    charts.prepare()
    gc.collect()
    gc.freeze()
    first.warm()
    yield


app = st.App(
    "pages/start.py",
    routes=site.routes(),
    middleware=site.middleware(),
    lifespan=ready,
    on_script_error=frame.failed,
)
