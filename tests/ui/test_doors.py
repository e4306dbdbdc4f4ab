"""Who the reader is, what is open to them, until when; and what they see in place of a page that isn't."""

import datetime as dt
import logging
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ui import doors, signed_out
from ui.address import FOOT_PAGES
from ui.doors import DoorsError, Settings
from ui.text import text

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "deploy" / "secrets.example.toml"
NOON = 1_800_000_000.0
SECRET = "0123456789abcdef" * 4
AUTH = {
    "redirect_uri": "https://vink.example/oauth2callback",
    "cookie_secret": SECRET,
    "client_id": "vink",
    "client_secret": "s",
    "server_metadata_url": "https://provider.example/.well-known/openid-configuration",
}
GROUPS = {"leadership": ["g-lead"], "press": ["g-press"], "research": ["g-res"], "steward": ["g-stew"]}
DOORS: dict[str, Any] = {"groups": GROUPS, "lifetime_minutes": 60, "contact": "vink@example.dk"}


def claims(**changed: object) -> dict[str, Any]:
    """What a provider says of somebody in the press office who signed in at noon; its token lasts two hours."""
    plain = {"is_logged_in": True, "iss": "https://provider.example", "sub": "u-17", "name": "Pia *Presse*"}
    return plain | {"groups": ["g-press"], "iat": int(NOON), "exp": int(NOON) + 7200, "nonce": "n1"} | changed


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """Sign-in is on, and it is noon."""
    found = doors.read(AUTH, DOORS, doors.load_roles())
    monkeypatch.setattr(doors, "settings", lambda: found)
    monkeypatch.setattr(doors, "get_cookie_secret", lambda: SECRET)
    monkeypatch.setattr(doors, "now", lambda: NOON)
    monkeypatch.setenv("VINK_STATE", str(tmp_path / "state"))
    signed_out.prepare()
    return found


# The configuration


def test_the_example_configuration_is_one_as_soon_as_its_secret_is_changed():
    told = tomllib.loads(EXAMPLE.read_text("utf-8"))
    with pytest.raises(DoorsError, match="cookie_secret"):
        doors.read(told["auth"], told["doors"], doors.load_roles())
    found = doors.read(told["auth"] | {"cookie_secret": SECRET}, told["doors"], doors.load_roles())
    assert set(found.groups) == {"leadership", "press", "research", "steward"}
    assert (found.group_claim, found.lifetime) == ("groups", dt.timedelta(hours=8))


HALF: dict[str, tuple[dict[str, Any] | None, dict[str, Any] | None, str]] = {
    "doors without auth": (None, DOORS, r"no \[auth\]"),
    "auth without doors": (AUTH, None, r"no \[doors.groups\]"),
    "auth without groups": (AUTH, DOORS | {"groups": {}}, r"no \[doors.groups\]"),
    "a short secret": (AUTH | {"cookie_secret": "secret"}, DOORS, "at least 32"),
    "no client": ({k: v for k, v in AUTH.items() if k != "client_id"}, DOORS, "lacks client_id"),
    "another way back": (AUTH | {"redirect_uri": "https://vink.example/"}, DOORS, "oauth2callback"),
    "an unknown role": (AUTH, DOORS | {"groups": {"boss": ["g"]}}, "no role 'boss'. There are: leadership"),
    "a group that is no list": (AUTH, DOORS | {"groups": {"press": "g-press"}}, "press of .* is a list"),
    "an empty group": (AUTH, DOORS | {"groups": {"press": [""]}}, "press of .* is a list"),
    "an unknown key": (AUTH, DOORS | {"group_clam": "groups"}, "knows no 'group_clam'"),
    "a lifetime of a month": (AUTH, DOORS | {"lifetime_minutes": 43200}, "not 43200"),
    "a lifetime of nothing": (AUTH, DOORS | {"lifetime_minutes": 0}, "not 0"),
}


@pytest.mark.parametrize("case", HALF)
def test_half_a_configuration_names_what_is_missing_or_unknown(case: str):
    auth, its, said = HALF[case]
    with pytest.raises(DoorsError, match=said):
        doors.read(auth, its, doors.load_roles())


RULES = {
    "an unknown page": ('"method"]\napi = []', '"methods"]\napi = []', "names 'methods'. There are: overview"),
    "an unknown address": ("api = []", 'api = ["everything"]', "names 'everything'. There are: index"),
    "an unknown role": ("[press]", "[pres]", "look at 'pres'"),
    "no word on embargo": ("embargo = true\n\n# Answers", "\n# Answers", r"\[leadership\] has pages, api and embargo"),
}


@pytest.mark.parametrize("case", RULES)
def test_what_a_role_opens_is_refused_where_it_names_what_there_is_not(case: str, tmp_path: Path):
    old, new, said = RULES[case]
    rules = doors.RULES.read_text("utf-8")
    assert old in rules
    (tmp_path / "doors.toml").write_text(rules.replace(old, new, 1), "utf-8")
    with pytest.raises(DoorsError, match=said):
        doors.load_roles(tmp_path / "doors.toml")


def test_only_leadership_and_the_steward_see_what_is_under_embargo():
    assert {name for name, role in doors.load_roles().items() if role.embargo} == {"leadership", "steward"}


def test_sign_in_is_off_where_nothing_turns_it_on():
    assert doors.settings() is None
    found = doors.here()
    assert found is not None
    assert (len(found.pages), found.embargo) == (7, False)


# Who the reader is


def test_a_group_gives_its_role_and_two_groups_give_what_either_opens(settings: Settings):
    press, both = doors.reader(claims()), doors.reader(claims(groups=["g-press", "g-lead", "other"]))
    assert press is not None
    assert both is not None
    assert ("press" in press.pages, "research" in press.pages, press.embargo) == (True, False, False)
    assert ("press" in both.pages, both.embargo, "figures" in both.api) == (True, True, True)


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("groups", {"groups": "g-press"}),
        ("realm_access.roles", {"realm_access": {"roles": ["g-press"]}}),
        ("https://city/groups", {"https://city/groups": ["g-press"]}),
    ],
)
def test_providers_write_groups_in_several_ways(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, claim: str, said: dict[str, Any]
):
    changed = doors.read(AUTH, DOORS | {"group_claim": claim}, doors.load_roles())
    monkeypatch.setattr(doors, "settings", lambda: changed)
    found = doors.reader(claims(groups=[]) | said)
    assert found is not None
    assert "press" in found.pages


@pytest.mark.parametrize("groups", [[], None, "x", ["G-PRESS"], [["g-press"]], {"g-press": 1}, 17])
def test_whoever_is_in_no_group_has_no_role(settings: Settings, groups: object):
    found = doors.reader(claims(groups=groups))
    assert found is not None
    assert (found.placed, found.pages, found.api, found.embargo) == (False, (), frozenset(), False)


def test_too_many_groups_for_the_token_give_no_role_and_a_line_in_the_log_that_names_nobody(
    settings: Settings, caplog: pytest.LogCaptureFixture
):
    """Entra ID leaves `groups` out above 200 of them, and says where they could be asked for instead."""
    over = claims(groups=None, _claim_names={"groups": "src1"}, _claim_sources={"src1": {"endpoint": "https://x"}})
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            found = doors.reader(over)
            assert found is not None
            assert not found.placed
    assert len(caplog.records) == 1
    assert "too many for the token" in caplog.text
    assert not [word for word in ("Pia", "Presse", "u-17") if word in caplog.text]


NOBODY: dict[str, dict[str, Any]] = {
    "not signed in": {"is_logged_in": False},
    "a word for yes": {"is_logged_in": "yes"},
    "no subject": {"sub": ""},
    "the token has ended": {"iat": NOON - 600, "exp": NOON},
    "our own lifetime has ended": {"iat": NOON - 3600},
    "issued in the future": {"iat": NOON + 301, "exp": NOON + 7200},
    "no end": {"exp": None},
    "no beginning": {"iat": None},
    "an end in words": {"exp": "2099-01-01"},
    "an end that is true": {"exp": True},
}


@pytest.mark.parametrize("case", NOBODY)
def test_a_sign_in_that_does_not_hold_is_nobodys(settings: Settings, case: str):
    assert doors.reader(claims()) is not None
    assert doors.reader(claims(**NOBODY[case])) is None


def test_a_clock_that_is_set_back_brings_no_ended_sign_in_to_life(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    doors.end(claims())
    for shift in (0, -1800, 1800):
        monkeypatch.setattr(doors, "now", lambda shift=shift: NOON + shift)
        assert doors.reader(claims()) is None


def test_a_sign_in_that_was_ended_is_over_on_every_server_and_a_new_one_holds(settings: Settings, tmp_path: Path):
    """Another server is another process that shares the folder and nothing else, so only the folder is looked at."""
    doors.end(claims())
    assert doors.reader(claims()) is None
    assert doors.reader(claims(iat=int(NOON) + 60, nonce="n2")) is not None
    assert [path.name for path in (tmp_path / "state" / "signed-out").iterdir()] == [doors.mark_of(claims())]
    shutil.rmtree(tmp_path / "state")
    signed_out.prepare()
    assert doors.reader(claims()) is not None  # so it was the folder


def test_where_the_folder_of_ended_sign_ins_is_gone_nobody_is_signed_in(settings: Settings, tmp_path: Path):
    shutil.rmtree(tmp_path / "state")
    assert doors.reader(claims()) is None


def test_a_server_that_cannot_write_down_a_sign_out_does_not_start(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("VINK_STATE", str(tmp_path / "file"))
    with pytest.raises(signed_out.StateError, match="VINK_STATE"):
        signed_out.prepare()


def test_ended_sign_ins_are_forgotten_a_day_after_they_would_be_over_anyway(settings: Settings, tmp_path: Path):
    now, day = dt.datetime.now(dt.UTC).timestamp(), 86400
    place = tmp_path / "state" / "signed-out"
    for name, until in (("a" * 64, now - day - 60), ("b" * 64, now - day + 3600), ("c" * 64, now + 60)):
        (place / name).write_text(f"{until:.0f}")
    (place / "readme").write_text("mine")
    signed_out.end("d" * 64, now + 60)
    assert sorted(path.name for path in place.iterdir()) == ["b" * 64, "c" * 64, "d" * 64, "readme"]


def test_what_is_kept_of_a_sign_in_names_nobody(settings: Settings, tmp_path: Path):
    doors.end(claims(email="pia@example.dk"))
    (file,) = (tmp_path / "state" / "signed-out").iterdir()
    kept = file.name + file.read_text("utf-8")
    assert not [word for word in ("Pia", "pia", "u-17", "example") if word in kept]
    assert file.read_text("utf-8").strip() == str(int(NOON) + 3600)


# What they see


def run(monkeypatch: pytest.MonkeyPatch, folder: Path, user: dict[str, Any], page: str = "", **query: str) -> AppTest:
    monkeypatch.setenv("VINK_RELEASES", str(folder))
    app = AppTest.from_file(str(ROOT / "pages" / "start.py"), default_timeout=60)
    app.user = user
    for name, value in {"lang": "en", **query}.items():
        app.query_params[name] = value
    app.run()
    if page:
        app.switch_page(f"{page}.py").run()
    assert not app.exception, app.exception
    return app


def whole(app: AppTest) -> str:
    """All that the browser is sent."""
    return str(app._tree)


def menu(app: AppTest) -> list[str]:
    """The pages in the menu; those linked below every page are open to everybody."""
    return [link.proto.page for link in app.get("page_link") if link.proto.page not in FOOT_PAGES]


def test_whoever_is_not_signed_in_gets_the_sign_in_and_nothing_of_the_release(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, small_folder: Path
):
    app = run(monkeypatch, small_folder, {"is_logged_in": False})
    assert [title.value for title in app.title] == [text("doors.sign_in_title", "en")]
    assert [button.key for button in app.button] == ["sign_in"]
    assert menu(app) == []
    assert "2020.1" not in whole(app)
    assert "2020.1" in whole(run(monkeypatch, small_folder, claims()))


def test_the_menu_shows_the_open_pages_and_a_link_to_another_says_whom_to_ask(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, small_folder: Path
):
    app = run(monkeypatch, small_folder, claims())
    assert menu(app) == ["", "ideology", "resources", "outcome", "press", "method"]
    app.switch_page("research.py").run()
    assert [title.value for title in app.title] == ["The page “Research” is not open to you"]
    assert "vink@example.dk" in app.info[0].value
    assert "2020.1" not in whole(app)


def test_whoever_is_in_no_group_gets_a_page_that_says_so_with_the_way_out(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, small_folder: Path
):
    app = run(monkeypatch, small_folder, claims(groups=["others"]))
    assert [title.value for title in app.title] == [text("doors.no_role_title", "en")]
    assert "vink@example.dk" in app.info[0].value
    assert "sign_out" in [button.key for button in app.button]
    assert (menu(app), "2020.1" in whole(app)) == ([], False)


def test_a_name_stands_on_the_screen_as_it_is_and_in_no_log(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, small_folder: Path, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.DEBUG):
        app = run(monkeypatch, small_folder, claims())
    assert [element.value for element in app.text] == ["Signed in: Pia *Presse*"]
    assert not [word for word in ("Pia", "u-17") if word in caplog.text]


@pytest.mark.parametrize("how", ["expired", "ended"])
def test_an_open_page_ends_at_its_next_run(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, small_folder: Path, how: str
):
    app = run(monkeypatch, small_folder, claims())
    assert app.title[0].value == text("overview.title", "en")
    if how == "expired":
        monkeypatch.setattr(doors, "now", lambda: NOON + 3600)
    else:
        doors.end(claims())
    app.run()
    assert [title.value for title in app.title] == [text("doors.sign_in_title", "en")]
    assert app.warning[0].value == text("doors.over", "en")
    assert "2020.1" not in whole(app)
