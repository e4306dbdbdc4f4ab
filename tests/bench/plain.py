"""The same pages as Streamlit serves them by itself, without what `web/site.py` adds: what `paint.py` compares with."""

import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from app import ready  # noqa: E402
from web import site  # noqa: E402

app = st.App(ROOT / "pages" / "start.py", routes=site.routes(), lifespan=ready)
