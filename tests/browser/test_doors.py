"""Sign-in, roles and embargo in Chromium, against a real provider of OpenID Connect in a process of its own."""

import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, decode_signed_value
from websockets.sync.client import connect

from tests.browser.axe import assert_accessible_at_any_width
from tests.browser.driver import Server, serve, settle
from tests.web.client import Client
from ui.text import text

pytestmark = pytest.mark.browser

COOKIE, XSRF = "_streamlit_user", "_streamlit_xsrf"
SECRET = "a secret of this test alone, long enough"
PEOPLE = {
    "u-stew": {"name": "Stine Steward", "groups": ["g-stew"]},
    "u-press": {"name": "Pia Presse", "groups": ["g-press", "g-other"]},
    "u-lead": {"name": "Lone Leder", "groups": ["g-lead"]},
    "u-none": {"name": "Nina Ingen", "groups": ["g-other"]},
}
FIGURE = "/figures/referrals_by_year.csv?lang=en"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The provider's address."""
    port, log = free_port(), tmp_path_factory.mktemp("provider") / "log"
    people = [word for sub, its in PEOPLE.items() for word in ("--user-claims", json.dumps({"sub": sub} | its))]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *people],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        url, deadline = f"http://127.0.0.1:{port}", time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{url}/.well-known/openid-configuration", timeout=2).close()
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)


@pytest.fixture(scope="module")
def site(provider: str, embargoed_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with sign-in on, over 2020.1, which is public, and 2020.3, which is under embargo until 2099."""
    home = tmp_path_factory.mktemp("doors")
    secrets = home / "secrets.toml"
    secrets.write_text(
        f"""
[auth]
redirect_uri = "http://127.0.0.1:{{port}}/oauth2callback"
cookie_secret = "{SECRET}"
client_id = "vink"
client_secret = "s"
server_metadata_url = "{provider}/.well-known/openid-configuration"
[doors]
contact = "vink@example.dk"
[doors.groups]
leadership = ["g-lead"]
press = ["g-press"]
research = ["g-res"]
steward = ["g-stew"]
""",
        "utf-8",
    )
    options = ["--secrets.files", str(secrets)]
    with serve(embargoed_folder, home / "log", options, {"VINK_STATE": str(home / "state")}) as running:
        yield running
    told = running.told()
    assert "Traceback" not in told, told
    named = [word for sub, its in PEOPLE.items() for word in (sub, *str(its["name"]).split()) if word in told]
    assert not named, told


Browse = Callable[..., BrowserContext]


@pytest.fixture
def browse(chromium: Browser, site: Server) -> Iterator[Browse]:
    """A browser of somebody's own, with the cookies that it is given."""
    with ExitStack() as stack:

        def start(**cookies: str) -> BrowserContext:
            context = chromium.new_context(base_url=site.url, viewport={"width": 1280, "height": 900})
            stack.callback(context.close)
            # The provider's page asks another host for its looks: nothing here leaves the machine.
            context.route(re.compile(r"^https://"), lambda route: route.abort())
            context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in cookies.items()])
            return context

        yield start


def visit(browser: BrowserContext, path: str) -> Page:
    page = browser.new_page()
    page.goto(path)
    settle(page)
    return page


def sign_in(browser: BrowserContext, who: str, path: str = "/overview?lang=en") -> Page:
    """From the page that was asked for, by the provider's, and back."""
    page = visit(browser, path)
    assert heading(page) == text("doors.sign_in_title", "en")
    page.get_by_role("button", name=text("doors.sign_in", "en")).click()
    page.get_by_role("button", name=who, exact=True).click()
    page.get_by_role("button", name=text("doors.sign_out", "en")).wait_for()
    settle(page)
    return page


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def words(page: Page) -> str:
    return page.locator("body").inner_text()


def menu(page: Page) -> list[str]:
    return page.locator(".st-key-menu a").all_inner_texts()


def names(browser: BrowserContext) -> dict[str, str]:
    return {one.get("name", ""): one.get("value", "") for one in browser.cookies()}


def cookie_of(browser: BrowserContext) -> str:
    return names(browser)[COOKIE]


def status(site: Server, path: str, cookie: str | None) -> int:
    """What a program gets that has the cookie."""
    return Client(site.url).get(path, **({"cookie": f"{COOKIE}={cookie}"} if cookie else {})).status


def media(site: Server, path: str, cookie: str | None) -> int:
    request = urllib.request.Request(site.url + path, headers={"Cookie": f"{COOKIE}={cookie}"} if cookie else {})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


def streamed(site: Server, cookie: str | None) -> str:
    """All that a whole run of the page sends over a websocket to a program that has the cookie."""
    token = "2|00000000|00000000000000000000000000000001|1"  # the site only compares it with its cookie
    cookies = f"{XSRF}={token}" + (f"; {COOKIE}={cookie}" if cookie else "")
    said = ""
    with connect(
        site.url.replace("http", "ws") + "/_stcore/stream",
        origin=site.url,  # type: ignore[arg-type]
        subprotocols=["streamlit", token],  # type: ignore[list-item]
        additional_headers={"Cookie": cookies},
        max_size=None,
        compression=None,
    ) as wire:
        wire.send(BackMsg(rerun_script=ClientState(query_string="lang=en")).SerializeToString())
        while True:
            message = ForwardMsg.FromString(wire.recv(timeout=60))  # type: ignore[arg-type]
            said += str(message)
            if message.WhichOneof("type") == "script_finished":
                return said


def changed(cookie: str, **claims: Any) -> str:
    """The cookie with other claims, signed as the server would: to make one that has expired."""
    told = json.loads(decode_signed_value(SECRET, COOKIE, cookie) or b"")
    return create_signed_value(SECRET, COOKIE, json.dumps(told | claims)).decode()


def test_in_a_file_and_out_and_a_copied_cookie_opens_nothing_afterwards(site: Server, browse: Browse):
    mine, other = browse(), browse()
    page = sign_in(mine, "u-press", "/press?lang=en")
    assert heading(page) == text("press.title", "en")  # the page that was asked for
    assert page.url.endswith("/press?lang=en")
    assert "Signed in: Pia Presse" in words(page)
    assert menu(page) == [text(f"nav.{name}", "en") for name in ("overview", "ideology", "resources", "outcome")] + [
        text("nav.press", "en"),
        text("nav.method", "en"),
    ]
    page.goto("/research?lang=en")
    settle(page)
    assert heading(page) == text("doors.closed_title", "en", page=text("nav.research", "en"))
    assert "vink@example.dk" in words(page)

    page.goto("/ideology?lang=en")
    settle(page)
    page.get_by_role("button", name=text("take.menu", "en")).first.click()
    with page.expect_download() as download:
        page.get_by_role("button", name=text("take.csv", "en"), exact=True).first.click()
    assert download.value.suggested_filename.endswith("-2020.1-en.csv")
    path, cookie = download.value.url.removeprefix(site.url), cookie_of(mine)
    assert path.startswith("/media/")
    assert media(site, path, cookie) == 200  # a copy of the cookie, while it holds
    sign_in(other, "u-stew")
    assert [media(site, path, who) for who in (cookie_of(other), None)] == [403, 401]
    assert (status(site, FIGURE, cookie), status(site, FIGURE, None)) == (200, 401)
    assert "2020.1" in streamed(site, cookie)

    page.keyboard.press("Escape")
    tab = visit(mine, "/outcome?lang=en")
    tab.get_by_role("button", name=text("doors.sign_out", "en")).click()
    tab.wait_for_url("**/oauth2/end_session?**")
    tab.get_by_role("button", name="End session").click()
    tab.get_by_role("heading", level=1, name=text("doors.sign_in_title", "da")).wait_for()
    assert COOKIE not in names(mine)
    # The copy is replayed: as a program, and in a browser of its own.
    assert (media(site, path, cookie), status(site, FIGURE, cookie)) == (401, 401)
    assert "2020.1" not in streamed(site, cookie)
    assert heading(visit(browse(**{COOKIE: cookie}), "/overview?lang=en")) == text("doors.sign_in_title", "en")
    # The page that was open all the while ends at its next run.
    page.get_by_role("link", name=text("nav.outcome", "en")).click()
    page.get_by_role("heading", level=1, name=text("doors.sign_in_title", "en")).wait_for()
    assert menu(page) == []


def test_who_changes_the_language_before_the_sign_in_finds_it_changed_afterwards(browse: Browse):
    page = visit(browse(), "/ideology?years=2018-2019")
    assert_accessible_at_any_width(page, "sign-in in Danish")
    page.locator(".st-key-language").get_by_role("link", name=text("site.other_language", "da")).click()
    page.get_by_role("heading", level=1, name=text("doors.sign_in_title", "en")).wait_for()
    settle(page)
    assert_accessible_at_any_width(page, "sign-in in English")
    page.get_by_role("button", name=text("doors.sign_in", "en")).click()
    page.get_by_role("button", name="u-stew", exact=True).click()
    page.get_by_role("button", name=text("doors.sign_out", "en")).wait_for()
    settle(page)
    assert heading(page) == text("ideology.title", "en")
    assert page.url.endswith("/ideology?years=2018-2019&lang=en")


def test_the_pages_of_who_may_not_come_in_are_accessible(browse: Browse):
    mine = browse()
    for who, lang, path, title in (
        ("u-press", "en", "/research", text("doors.closed_title", "en", page=text("nav.research", "en"))),
        ("u-press", "da", "/research", text("doors.closed_title", "da", page=text("nav.research", "da"))),
        ("u-none", "en", "/overview", text("doors.no_role_title", "en")),
        ("u-none", "da", "/overview", text("doors.no_role_title", "da")),
    ):
        mine.clear_cookies()
        page = sign_in(mine, who)
        page.goto(f"{path}?lang={lang}")
        settle(page)
        assert heading(page) == title
        assert_accessible_at_any_width(page, f"{title} in {lang}")


def test_an_expired_and_a_forged_cookie_open_nothing(site: Server, browse: Browse):
    mine = browse()
    sign_in(mine, "u-stew")
    cookie, now = cookie_of(mine), int(time.time())
    told = decode_signed_value(SECRET, COOKIE, cookie) or b""
    forged = create_signed_value("another secret, as long as the server's", COOKIE, told)
    bad = {
        "expired": changed(cookie, iat=now - 7200, exp=now - 3600),
        "older than a sign-in may be": changed(cookie, iat=now - 9 * 3600, exp=now + 3600),
        "forged": forged.decode(),
        "changed": cookie[:20] + ("A" if cookie[20] != "A" else "B") + cookie[21:],
    }
    assert changed(cookie) != cookie and status(site, FIGURE, changed(cookie)) == 200  # it is the claims that count
    for case, value in bad.items():
        assert status(site, FIGURE, value) == 401, case
        assert media(site, f"/media/{'0' * 32}.csv", value) == 401, case
        sent = streamed(site, value)
        assert text("doors.sign_in_title", "en") in sent, case
        assert "2020.1" not in sent and "2020.3" not in sent, case
    for case in ("expired", "forged"):
        page = visit(browse(**{COOKIE: bad[case]}), "/overview?lang=en")
        assert heading(page) == text("doors.sign_in_title", "en"), case
        expect(page.get_by_text(text("doors.over", "en"))).to_have_count(int(case == "expired"))


def test_a_page_that_is_open_when_the_sign_in_expires_ends_at_its_next_run(site: Server, browse: Browse):
    mine = browse()
    sign_in(mine, "u-lead")
    until = time.time() + 20
    mine.add_cookies([{"name": COOKIE, "value": changed(cookie_of(mine), exp=until), "url": site.url}])
    page = visit(mine, "/outcome?lang=en")
    assert heading(page) == text("outcome.title", "en")
    page.wait_for_timeout(max(0.0, until - time.time()) * 1000)
    page.get_by_role("link", name=text("nav.ideology", "en")).click()
    page.get_by_role("heading", level=1, name=text("doors.sign_in_title", "en")).wait_for()
    assert page.get_by_text(text("doors.over", "en")).is_visible()


def test_somebody_in_the_wrong_group_is_told_so_and_gets_nothing(site: Server, browse: Browse):
    mine = browse()
    page = sign_in(mine, "u-none")
    assert heading(page) == text("doors.no_role_title", "en")
    assert (menu(page), "vink@example.dk" in words(page)) == ([], True)
    cookie = cookie_of(mine)
    assert (status(site, FIGURE, cookie), media(site, f"/media/{'0' * 32}.csv", cookie)) == (403, 403)
    assert "2020.1" not in streamed(site, cookie)


def test_until_its_time_a_release_is_there_for_the_named_roles_alone(site: Server, browse: Browse):
    """46 referrals in 2019 under embargo, 35 in the public release."""
    steward, press = browse(), browse()
    page = sign_in(steward, "u-stew", "/ideology?lang=en")
    mark = "EMBARGO until 1 March 2099 at 06:00 Copenhagen time – must not be quoted or passed on"
    assert "Embargo until 1 March 2099 at 06:00 Copenhagen time." in words(page)
    assert "Release 2020.3, figures for 2018-2019." in words(page)
    assert page.locator("[class*=_quote] pre").first.inner_text().startswith(mark)
    got = Client(site.url).get(FIGURE, cookie=f"{COOKIE}={cookie_of(steward)}")
    assert (got.headers["cache-control"], mark in got.body.decode()) == ("no-store", True)

    theirs = sign_in(press, "u-press", "/ideology?lang=en")
    assert "Release 2020.1, figures for 2018-2019." in words(theirs)
    assert "embargo" not in words(theirs).lower()
    theirs.goto("/ideology?lang=en&release=2020.3")
    settle(theirs)
    assert heading(theirs) == text("problems.missing_title", "en")
    client, cookie = Client(site.url), f"{COOKIE}={cookie_of(press)}"
    assert client.get(f"{FIGURE}&release=2020.3", cookie=cookie).status == 404
    assert [one["version"] for one in client.get("/releases", cookie=cookie).json()["releases"]] == ["2020.1"]
    assert "2020.3" not in streamed(site, cookie_of(press))
    theirs.goto("/method?lang=en")
    settle(theirs)
    assert "2020.3" not in theirs.content()
    # Leadership sees it on its pages, and has no addresses for programs.
    lead = browse()
    assert "Release 2020.3, figures for 2018-2019." in words(sign_in(lead, "u-lead"))
    assert status(site, FIGURE, cookie_of(lead)) == 403
