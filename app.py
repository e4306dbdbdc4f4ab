"""The ASGI app that `streamlit run app.py` serves."""

import streamlit as st

app = st.App("pages/start.py")
