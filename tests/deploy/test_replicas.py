"""nginx before two replicas, as deploy/ has it: what a visitor gets, and what happens when a replica dies."""

import gzip
import http.client
import os
import re
import signal
import time
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.driver import settle
from tests.deploy.proxy import Site, proxied
from ui.text import text
from web import crowd

pytestmark = pytest.mark.browser
PATH = "/ideology?lang=en&years=2016-2019&ideology=right_wing,left_wing"


@pytest.fixture(scope="module")
def site(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with proxied(small_folder, tmp_path_factory.mktemp("proxied")) as running:
        yield running


def get(site: Site, path: str, method: str = "GET", body: bytes | None = None, **headers: str):
    """One answer over TLS: status, headers, body."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPSConnection(urlsplit(site.https).netloc, timeout=30, context=site.trusting())
    try:
        connection.request(method, path, body, named)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def test_plain_http_leads_to_https_at_the_same_address(site: Site):
    connection = http.client.HTTPConnection(urlsplit(site.http).netloc, timeout=30)
    connection.request("GET", PATH, headers={"Host": "elsewhere.example"})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["location"]) == (308, f"https://localhost{PATH}")
    connection.close()


def test_a_page_comes_with_each_header_once_and_a_cookie_that_only_https_carries(site: Site):
    status, headers, _ = get(site, "/overview", accept="text/html")
    assert status == 200
    for name in ("Strict-Transport-Security", "X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options"):
        assert len(headers.get_all(name, [])) == 1, name
    assert "max-age=31536000" in headers["strict-transport-security"]
    cookies = headers.get_all("set-cookie", [])
    assert [cookie for cookie in cookies if "; secure" not in cookie.lower()] == []
    affinity = SimpleCookie(next(cookie for cookie in cookies if cookie.startswith("vink_replica=")))["vink_replica"]
    assert affinity.value in site.replicas and affinity["httponly"] and affinity["samesite"] == "Lax"
    assert headers["server"] == "nginx"


def test_a_visitor_stays_with_the_replica_that_the_cookie_names_and_new_ones_are_shared_out(site: Site):
    for name in site.replicas:
        for _ in range(3):
            _, headers, _ = get(site, "/overview", accept="text/html", cookie=f"vink_replica={name}")
            assert "vink_replica" not in (headers["set-cookie"] or "")  # it is the right one already
    new = {re.findall("vink_replica=(\\w+)", str(get(site, "/", accept="text/html")[1]))[0] for _ in range(40)}
    assert new == set(site.replicas)
    _, headers, _ = get(site, "/overview", accept="text/html", cookie="vink_replica=http://elsewhere.example/")
    assert re.search("vink_replica=(one|two);", headers["set-cookie"])


def test_scripts_come_packed_and_their_bytes_are_the_same(site: Site):
    script = re.findall(rb'src="(/vink/frontend[^"]+/main.js)"', get(site, "/overview")[2])[0].decode()
    _, headers, packed = get(site, script, accept_encoding="gzip")
    _, _, plain = get(site, script)
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed) == plain
    assert len(packed) * 2 < len(plain)


def test_nothing_can_be_uploaded_and_what_is_for_machines_is_closed(site: Site):
    assert get(site, "/api/v1/figures", "POST", b"x" * 2000)[0] == 413
    for path in ("/readyz", "/_stcore/metrics", "/_stcore/agent/sessions", "/_stcore/upload_file/a/b"):
        assert get(site, path)[0] == 404
    assert get(site, "/healthz")[::2] == (200, b'{"status":"ok"}')


def test_who_asks_for_too_many_files_is_told_to_wait_and_the_pages_are_served_meanwhile(site: Site):
    """10 a second and 60 at once are let through: of 150 at once most pass neither."""
    connection = http.client.HTTPSConnection(urlsplit(site.https).netloc, timeout=30, context=site.trusting())
    got = []
    for _ in range(150):
        connection.request("GET", "/api/v1/nothing")
        answer = connection.getresponse()
        answer.read()
        got.append(answer.status)
    connection.close()
    assert got[:60] == [404] * 60
    assert 429 in got[60:]
    assert get(site, "/overview")[0] == 200


def test_the_log_says_what_was_asked_and_not_by_whom_nor_with_which_filters(site: Site):
    get(site, "/outcome?years=2015-2016", user_agent="somebody", referer="https://example.org/from")
    logged = site.log.read_text("utf-8")
    assert re.search(r"GET /outcome 200 \d+", logged)
    for secret in ("127.0.0.1", "years=", "somebody", "example.org", "?"):
        assert secret not in logged


def test_another_name_than_ours_is_not_answered(site: Site):
    with pytest.raises(OSError):
        connection = http.client.HTTPSConnection("127.0.0.1", urlsplit(site.https).port, context=site.trusting())
        connection.request("GET", "/overview")


def shown(page: Page) -> tuple[str, list[str], list[str]]:
    """Title, chosen codes, and every number in the page's tables' text alternative."""
    chosen = page.locator("[data-testid=stButtonGroup] [aria-pressed=true]").all_inner_texts()
    charts = [chart.get_attribute("aria-label") or "" for chart in page.locator("[role=graphics-document]").all()]
    return page.locator("h1").inner_text(), chosen, charts


def replica_of(page: Page) -> str:
    return next(found.get("value", "") for found in page.context.cookies() if found.get("name") == "vink_replica")


def test_the_page_for_when_the_site_is_away_has_the_words_of_the_texts():
    file = Path(__file__).parents[2] / "deploy" / "nginx" / "pages" / "vink-away.html"
    assert file.read_text("utf-8") == crowd.page("away")
    assert all(text("busy.away_title", lang) in crowd.page("away") for lang in ("da", "en"))


def test_a_replica_that_is_killed_in_mid_session_takes_nothing_with_it(chromium: Browser, site: Site):
    """The visitor is told, is taken over by the other replica, and sees the same page with the same filters.

    Stands last: it leaves no replica of the site alive.
    """
    context = chromium.new_context(base_url=site.https, ignore_https_errors=True)
    page = context.new_page()
    page.goto("/ideology?lang=en")
    settle(page)
    page.get_by_role("button", name="Left-wing extremism", exact=True).click()
    page.wait_for_url(lambda url: "ideology=" in url, timeout=60_000)
    settle(page)
    before, address = shown(page), page.url
    assert "ideology=" in address and before[1]

    # A run that takes long is told, and no longer when it has ended.
    state = "state => { document.querySelector('[data-testid=stApp]').dataset.testScriptState = state }"
    slow = page.get_by_role("status").filter(has_text=text("busy.slow", "en"))
    page.evaluate(state, "running")
    slow.wait_for()
    page.evaluate(state, "notRunning")
    slow.wait_for(state="detached")

    mine = replica_of(page)
    other = next(name for name in site.replicas if name != mine)
    os.kill(site.replicas[mine].pid, signal.SIGKILL)
    until = time.monotonic() + 60
    while replica_of(page) != other and time.monotonic() < until:
        page.wait_for_timeout(50)
    assert replica_of(page) == other  # the new connection brought the cookie
    settle(page)
    assert (shown(page), page.url) == (before, address)

    # The page goes on. This choice is the first that the new replica hears of.
    page.get_by_role("button", name="Left-wing extremism", exact=True).click()
    page.wait_for_url(lambda url: url != address, timeout=60_000)
    settle(page)
    assert "Left-wing extremism" in shown(page)[1]

    # The other one dies too. Who comes now is told that the site is away.
    os.kill(site.replicas[other].pid, signal.SIGKILL)
    page.get_by_role("status").filter(has_text=text("busy.lost", "en")).wait_for(timeout=60_000)
    assert "vink-waiting" in page.content() and shown(page)[0]  # and the page that is there stays
    status, headers, body = get(site, "/overview")
    assert status == 502 and headers["x-content-type-options"] == "nosniff"
    assert body.decode() == crowd.page("away")
    context.close()
