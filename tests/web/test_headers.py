"""What every answer says to the browser, and that no cookie is set which nobody needs."""

import re

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp

from tests import apart
from tests.browser.driver import Server
from tests.web.talk import Answer, ask, send
from ui.page import PAGES
from web import assets
from web import headers as web_headers
from web.headers import Headers

EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
# Pages, redirects, Streamlit's own addresses, the API's answers and refusals, and what is not on the list.
ADDRESSES = {
    "/": 200,
    "/research?sql=select+1": 200,
    "/press/": 308,
    "/_stcore/health": 200,
    "/_stcore/host-config": 200,
    "/api": 308,
    "/api/v1/": 200,
    "/api/v1/figures/grounded_by_year.svg": 200,
    "/api/v1/figures/nothing.svg": 404,
    "/nothing": 404,
    "/media/0123456789abcdef0123456789abcdef.csv": 404,
}


def policy(answer: Answer) -> dict[str, list[str]]:
    """The Content-Security-Policy: directive to sources."""
    parts = (part.split() for part in answer.headers["content-security-policy"].split(";") if part.strip())
    return {name: sources for name, *sources in parts}


@pytest.mark.parametrize("path", [*ADDRESSES, "script", "static"])
def test_every_answer_has_the_headers_and_sets_no_cookie(site: Server, path: str):
    static = re.findall(r'"(/static/[^"]+\.css)"', ask(site, "/").body.decode())[0]
    path = {"script": assets.address(assets.SCRIPT), "static": static}.get(path, path)
    got = ask(site, path)
    assert got.status == ADDRESSES.get(path, 200)
    assert {name: got.headers[name] for name in EVERYWHERE} == EVERYWHERE
    assert "camera=()" in got.headers["permissions-policy"]
    its = policy(got)
    assert its["default-src"] == ["'none'"]
    for sources in its.values():
        assert not {"*", "'unsafe-eval'", "'wasm-unsafe-eval'", "http:", "https:"} & set(sources)
        assert not [source for source in sources if "//" in source]
    assert "'unsafe-inline'" not in its.get("script-src", [])
    assert got.headers["set-cookie"] is None
    assert got.headers["strict-transport-security"] is None
    assert not re.search(r"\d", got.headers["server"] or "")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_holds_no_inline_script_and_no_handler(site: Server, page: str):
    body = ask(site, f"/{page}").body.decode()
    scripts = re.findall(r"<script\b([^>]*)>(.*?)</script>", body, re.DOTALL)
    assert scripts
    assert all("src=" in attributes and not inside.strip() for attributes, inside in scripts)
    assert not re.search(r"<[^>]+\son\w+\s*=", body)
    assert policy(ask(site, f"/{page}"))["script-src"] == ["'self'"]


@pytest.mark.parametrize("path", ["/", "/api/v1/", "/nothing"])
def test_a_browser_that_came_over_https_is_told_to_stay_there(site: Server, path: str):
    got = ask(site, path, x_forwarded_proto="https")
    assert got.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


def test_what_is_no_http_gets_a_short_refusal(site: Server):
    got = send(site, b"\x00\xff\r\n\r\n")
    assert (got.status, got.body) == (400, b"Invalid HTTP request received.")


# What the application answers, made up


def asked(application: ASGIApp, address: str = "http://vink.example/", **headers: str) -> httpx.Response:
    """What comes of a request to an application behind the headers."""

    async def one() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(Headers(application))) as client:
            return await client.get(address, headers={name.replace("_", "-"): said for name, said in headers.items()})

    return apart.run(one())


def answering(*cookies: str, **headers: str) -> ASGIApp:
    async def application(scope, receive, send):
        answer = PlainTextResponse("here", headers=headers)
        for cookie in cookies:
            answer.headers.append("Set-Cookie", cookie)
        await answer(scope, receive, send)

    return application


def test_a_stricter_policy_of_an_address_is_kept():
    got = asked(answering(**{"Content-Security-Policy": "default-src 'none'; sandbox"}))
    assert got.headers.get_list("content-security-policy") == ["default-src 'none'; sandbox"]


@pytest.mark.parametrize("seen", ["scheme", "proxy"])
def test_every_cookie_is_closed_as_far_as_it_can_be(seen: str):
    application = answering("_streamlit_user=a; Path=/", "_streamlit_xsrf=b; Path=/; SameSite=Strict")
    address, said = ("https://vink.example/", "") if seen == "scheme" else ("http://vink.example/", "https")
    assert asked(application, address, x_forwarded_proto=said).headers.get_list("set-cookie") == [
        "_streamlit_user=a; Path=/; Secure; SameSite=Lax; HttpOnly",
        "_streamlit_xsrf=b; Path=/; SameSite=Strict; Secure",
    ]
    assert asked(application).headers.get_list("set-cookie")[0] == ("_streamlit_user=a; Path=/; SameSite=Lax; HttpOnly")


def test_where_the_way_back_from_the_sign_in_is_encrypted_the_site_is(monkeypatch: pytest.MonkeyPatch):
    """Whatever the proxy in front says of it."""
    monkeypatch.setattr(web_headers.doors, "settings", object)
    for origin, safe in (("https://vink.example", True), ("http://localhost:8501", False), (None, False)):
        monkeypatch.setattr(web_headers, "get_origin_from_redirect_uri", lambda origin=origin: origin)
        got = asked(answering("_streamlit_user=a; Path=/"))
        assert ("; Secure" in got.headers["set-cookie"], "strict-transport-security" in got.headers) == (safe, safe)


def test_a_fault_of_the_application_is_told_in_both_languages_and_without_its_words(caplog: pytest.LogCaptureFixture):
    async def broken(scope, receive, send):
        raise RuntimeError("a secret")

    got = asked(broken, "http://vink.example/ideology?years=2019")
    assert got.status_code == 500
    assert "Noget gik galt hos os" in got.text
    assert "Something went wrong on our side" in got.text
    assert "secret" not in got.text
    assert got.headers["x-frame-options"] == "DENY"
    assert [record.getMessage() for record in caplog.records] == ["A request could not be answered"]


def test_an_answer_that_breaks_off_stays_broken():
    """Nothing may be added to half an answer: the reader must see that something is missing."""

    async def half(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        asked(half)
