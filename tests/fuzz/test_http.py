"""Anything for a path and a query string, over HTTP: no fault, no hang, nothing of it comes back unescaped."""

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.browser.driver import Server
from tests.fuzz.bounds import BOUNDED
from tests.web.talk import Answer, ask, send
from ui.page import PAGES
from web.api import ROOT

NAMES = ("lang", "release", "years", "first_year", "last_year", "codes", "period", "row_codes", "q", "sql", "rows")
ROUTES = [f"/{page}" for page in PAGES] + [
    f"{ROOT}/{route}" for route in ("", "figures", "releases", "codes", "openapi.json", "figures/grounded_by_year.csv")
]
NASTY = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "../../../../etc/passwd",
    "..\\..\\secrets.toml",
    "' or 1=1 --",
    "{{7*7}}${7*7}",
    "%s%n%x",
    "2016-2019\0",
    "９９９９-９９９９",
    "9" * 400,
    "\u202egnp.exe",
    "\ud7ff\ue000\U0010ffff",
    "a\r\nSet-Cookie: a=b",
]
LINE = st.binary(min_size=1, max_size=60).map(lambda raw: re.sub(rb"[\x00-\x20\x7f]", b"~", raw))
VALUE = st.one_of(st.sampled_from(NASTY), st.text(max_size=40))


def encoded(text: str) -> bytes:
    """Every byte of the text as %XX."""
    return b"".join(b"%%%02X" % byte for byte in text.encode("utf-8", "surrogatepass"))


QUERY = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(NAMES), VALUE).map(lambda pair: pair[0].encode() + b"=" + encoded(pair[1])),
        LINE,  # bytes as they come: broken %, repeated =, no text in any encoding
        st.sampled_from([b"", b"=", b"%", b"%zz", b"lang", b"lang=en", b"years=2016-2019", b"codes=none"]),
    ),
    max_size=6,
).map(b"&".join)


def unharmed(got: Answer) -> None:
    """What holds for each answer, whatever was asked."""
    assert got.status < 500, got.status
    assert got.headers["x-content-type-options"] == "nosniff" or got.body == b"Invalid HTTP request received."
    assert got.headers["set-cookie"] is None
    kind = got.headers["content-type"] or ""
    if kind.startswith("text/html"):
        for evil in (b"<script>alert", b"onerror=", b"<img"):
            assert evil not in got.body
    for leak in (b"Traceback", b"site-packages", b"/home/", b"/root/", b'File "'):
        assert leak not in got.body


@settings(BOUNDED, max_examples=120)
@given(route=st.sampled_from(ROUTES), query=QUERY)
@example(route="/overview", query=b"lang=" + encoded(NASTY[0]))
@example(route=f"{ROOT}/", query=b"release=" + encoded(NASTY[0]))
@example(route=f"{ROOT}/figures/grounded_by_year.csv", query=b"first_year=%00")
@example(route=f"{ROOT}/figures/grounded_by_year.csv", query=b"lang=en&lang=da")
@example(route=f"{ROOT}/codes", query=b"release=..%2F..%2Fetc")
@example(route="/research", query=b"sql=" + b"x" * 20_000)
def test_any_query_string_is_answered(target: Server, route: str, query: bytes):
    got = ask(target, route.encode() + b"?" + query)
    unharmed(got)
    if not route.startswith("/api"):
        assert got.status in (200, 400)


@settings(BOUNDED, max_examples=120)
@given(path=st.one_of(LINE, st.text(max_size=30).map(encoded), st.sampled_from(NASTY).map(encoded)))
@example(path=b"%2e%2e/%2e%2e/etc/passwd")
@example(path=b"static/%2e%2e/%2e%2e/index.html")
@example(path=b"media/%2e%2e%2fapp.py")
@example(path=b"api/v1/figures/" + encoded("../../app.py"))
@example(path=b"vink/" + encoded("../app.py"))
@example(path=b"x" * 60_000)
def test_any_path_is_answered_and_no_file_is_handed_out(target: Server, path: bytes):
    got = ask(target, b"/" + path)
    unharmed(got)
    assert b"root:" not in got.body
    assert b"import streamlit" not in got.body


@settings(BOUNDED, max_examples=40)
@given(raw=st.binary(max_size=400))
@example(raw=b"GET / HTTP/1.1\r\n")
@example(raw=b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1")
@example(raw=b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 4")
@example(raw=b"GET / HTTP/9.9\r\nHost: localhost")
def test_anything_that_is_no_request_is_refused(target: Server, raw: bytes):
    try:
        unharmed(send(target, raw + b"\r\nConnection: close\r\n\r\n"))
    except (ConnectionError, ValueError, OSError) as cut:  # the line was cut without an answer
        assert not isinstance(cut, TimeoutError)
