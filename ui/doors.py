"""Doors: who the reader is, and which pages, addresses and releases are open to them. The only place that says so.

Sign-in is Streamlit's own (st.login, OpenID Connect). It hands on the claims that the provider made, in a signed cookie
that lives for a month, and checks nothing more. What a claim opens, and until when, is said here. Off unless
.streamlit/secrets.toml turns it on; half turned on, the server doesn't start.
"""

import datetime as dt
import hmac
import json
import logging
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit import config
from streamlit.auth_util import get_origin_from_redirect_uri, validate_auth_credentials
from streamlit.errors import StreamlitAuthError
from streamlit.runtime.secrets import secrets_singleton
from streamlit.web.server.server_util import get_cookie_secret

from ui import signed_out
from ui.address import PAGES

RULES = Path(__file__).with_name("doors.toml")
ROLES = ("leadership", "press", "research", "steward")
API = ("index", "openapi", "figures", "releases", "codes")
KEYS = {"group_claim", "lifetime_minutes", "contact", "groups"}
LIFETIME = 480  # minutes, where the configuration says nothing
LONGEST_LIFETIME = 24 * 60
SHORTEST_SECRET = 32  # characters: whoever guesses it can sign in as anybody
SKEW = 300  # seconds that the provider's clock may be ahead of ours
# What tells one sign-in from any other, also of the same person.
SIGN_IN = ("iss", "sub", "aud", "iat", "exp", "nonce", "sid", "jti", "uti", "at_hash")
LOG = logging.getLogger("vink")


class DoorsError(ValueError):
    """The configuration of sign-in can't be meant so; the message says what and where. The server must not start."""


@dataclass(frozen=True)
class Role:
    """What one role opens."""

    pages: frozenset[str]
    api: frozenset[str]
    embargo: bool


@dataclass(frozen=True)
class Settings:
    """Sign-in as it is configured. groups: which groups of the provider have which role."""

    group_claim: str
    lifetime: dt.timedelta
    groups: Mapping[str, frozenset[str]]
    roles: Mapping[str, Role]
    contact: str = ""


@dataclass(frozen=True)
class Reader:
    """Somebody who signed in, or anybody where sign-in is off.

    name: for the reader's own screen, never for a log. mark: tells this sign-in from all others and names nobody.
    """

    pages: tuple[str, ...]
    api: frozenset[str]
    embargo: bool
    name: str = ""
    mark: str = ""

    @property
    def placed(self) -> bool:
        """Whether any role is theirs."""
        return bool(self.pages)


ANYBODY = Reader(PAGES, frozenset(API), embargo=False)


# The configuration


@cache
def settings() -> Settings | None:
    """Sign-in as it is configured; None where it is off. Raises DoorsError where it is neither on nor off."""
    loaded = secrets_singleton.load_if_toml_exists()
    there = [path for path in config.get_option("secrets.files") if Path(path).exists()]
    if there and not loaded:
        raise DoorsError(f"{there[0]} can't be read as TOML, so nobody can tell whether sign-in is meant to be on.")
    if config.is_manually_set("secrets.files") and not there:
        raise DoorsError(
            f"There is no file {', '.join(config.get_option('secrets.files'))}, as secrets.files asks for."
        )
    auth, doors = ((secrets_singleton.get(name) if loaded else None) for name in ("auth", "doors"))
    if auth is None and doors is None:
        if os.environ.get("VINK_DOORS", "").lower() == "on":
            raise DoorsError("VINK_DOORS is on, but .streamlit/secrets.toml has no [auth] and no [doors].")
        return None
    return read(_plain(auth), _plain(doors), load_roles())


def _plain(section: Any) -> dict[str, Any] | None:
    return None if section is None else dict(section.to_dict() if hasattr(section, "to_dict") else section)


def read(auth: Mapping[str, Any] | None, doors: Mapping[str, Any] | None, roles: Mapping[str, Role]) -> Settings:
    """The settings that two sections of secrets.toml make. Raises DoorsError for whatever is missing or unknown."""
    if auth is None:
        raise DoorsError("secrets.toml has [doors] but no [auth]: nobody could sign in. See docs/access.md.")
    if doors is None or not doors.get("groups"):
        raise DoorsError("secrets.toml has [auth] but no [doors.groups]: nobody would have a role. See docs/access.md.")
    if unknown := sorted(set(doors) - KEYS):
        raise DoorsError(f"secrets.toml: [doors] knows no {unknown[0]!r}. It knows: {', '.join(sorted(KEYS))}.")
    _check_auth(auth)
    claim, contact = doors.get("group_claim", "groups"), doors.get("contact", "")
    if not (isinstance(claim, str) and claim and isinstance(contact, str)):
        raise DoorsError("secrets.toml: group_claim and contact of [doors] are words.")
    lasts = doors.get("lifetime_minutes", LIFETIME)
    if isinstance(lasts, bool) or not isinstance(lasts, int | float) or not 0 < lasts <= LONGEST_LIFETIME:
        raise DoorsError(
            f"secrets.toml: lifetime_minutes of [doors] is a number up to {LONGEST_LIFETIME}, not {lasts!r}."
        )
    groups = {role: _groups(role, found, roles) for role, found in dict(doors["groups"]).items()}
    return Settings(claim, dt.timedelta(minutes=lasts), groups, roles, contact)


def _check_auth(auth: Mapping[str, Any]) -> None:
    secret = auth.get("cookie_secret")
    if not isinstance(secret, str) or len(secret) < SHORTEST_SECRET:
        raise DoorsError(
            f"secrets.toml: cookie_secret of [auth] needs at least {SHORTEST_SECRET} random characters, such as "
            "`openssl rand -hex 32` prints: whoever guesses it can sign in as anybody."
        )
    for key in ("redirect_uri", "client_id", "client_secret", "server_metadata_url"):
        if not isinstance(auth.get(key), str) or not auth[key]:
            raise DoorsError(f"secrets.toml: [auth] lacks {key}. See docs/access.md.")
    if not auth["redirect_uri"].endswith("/oauth2callback"):
        raise DoorsError("secrets.toml: redirect_uri of [auth] must end with /oauth2callback.")


def _groups(role: str, found: Any, roles: Mapping[str, Role]) -> frozenset[str]:
    if role not in roles:
        raise DoorsError(f"secrets.toml: [doors.groups] knows no role {role!r}. There are: {', '.join(roles)}.")
    if not isinstance(found, list | tuple) or not found or not all(isinstance(one, str) and one for one in found):
        raise DoorsError(f'secrets.toml: {role} of [doors.groups] is a list of groups, such as ["group-id"].')
    return frozenset(found)


def load_roles(path: Path = RULES) -> dict[str, Role]:
    """What each role opens. Raises DoorsError for a role, a page, an address or a key that there isn't."""
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    if set(told) != set(ROLES):
        odd = sorted(set(told) ^ set(ROLES))[0]
        raise DoorsError(f"{path.name}: the roles are {', '.join(ROLES)}, each once; look at {odd!r}.")
    return {name: _role(path.name, name, told[name]) for name in ROLES}


def _role(file: str, name: str, told: Mapping[str, Any]) -> Role:
    if set(told) != {"pages", "api", "embargo"} or not isinstance(told["embargo"], bool):
        raise DoorsError(f"{file}: [{name}] has pages, api and embargo (true or false), and nothing else.")
    for key, known in (("pages", PAGES), ("api", API)):
        for one in told[key]:
            if one not in known:
                raise DoorsError(f"{file}: {key} of [{name}] names {one!r}. There are: {', '.join(known)}.")
    if not told["pages"]:
        raise DoorsError(f"{file}: [{name}] opens no page.")
    return Role(frozenset(told["pages"]), frozenset(told["api"]), told["embargo"])


def check() -> None:
    """Let the server start only where sign-in is off, or on with all that it needs. Raises DoorsError."""
    if settings() is None:
        return
    try:
        validate_auth_credentials("default")
    except StreamlitAuthError as error:
        raise DoorsError(str(error)) from error
    signed_out.prepare()
    LOG.info("sign-in is on")


# The reader


def now() -> float:
    """The time by which a sign-in ends."""
    return dt.datetime.now(dt.UTC).timestamp()


def here() -> Reader | None:
    """Who looks at this page; None where they have to sign in first. Asked anew at every run of a page."""
    return ANYBODY if settings() is None else reader(st.user.to_dict())


def sees_embargo() -> bool:
    """Whether who looks at this page may see releases before their publication time."""
    found = here()
    return found is not None and found.embargo


def reader(claims: Mapping[str, Any]) -> Reader | None:
    """Who the claims of a sign-in speak of; None where they speak of nobody, or not any more."""
    its = settings()
    if its is None:
        return ANYBODY
    if claims.get("is_logged_in") is not True or not claims.get("sub"):
        return None
    until = ends(claims, its)
    if until is None or now() >= until:
        return None
    mark = mark_of(claims)
    if signed_out.ended(mark):
        return None
    return _placed(claims, its, mark)


def ends(claims: Mapping[str, Any], its: Settings) -> float | None:
    """When the sign-in ends: when the provider says, or sooner by our own rule. None where it doesn't say."""
    issued, expires = claims.get("iat"), claims.get("exp")
    for at in (issued, expires):
        if isinstance(at, bool) or not isinstance(at, int | float):
            return None
    assert isinstance(issued, int | float)
    assert isinstance(expires, int | float)
    if issued > now() + SKEW:
        return None
    return min(float(expires), issued + its.lifetime.total_seconds())


def mark_of(claims: Mapping[str, Any]) -> str:
    """What tells this sign-in from all others. Without the server's secret nobody can say whose it is."""
    what = json.dumps({name: claims.get(name) for name in SIGN_IN}, sort_keys=True, default=str)
    return hmac.digest(get_cookie_secret().encode(), what.encode(), "sha256").hex()


def _placed(claims: Mapping[str, Any], its: Settings, mark: str) -> Reader:
    groups = _claimed(claims, its.group_claim)
    mine = [its.roles[role] for role, found in its.groups.items() if found & groups]
    if not mine and its.group_claim in (claims.get("_claim_names") or {}):
        _tell_overage(mark, its.group_claim)
    pages = frozenset[str]().union(*(role.pages for role in mine))
    return Reader(
        tuple(page for page in PAGES if page in pages),
        frozenset[str]().union(*(role.api for role in mine)),
        any(role.embargo for role in mine),
        next((str(claims[key]) for key in ("name", "preferred_username", "email") if claims.get(key)), ""),
        mark,
    )


def _claimed(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    """The groups in a claim; `realm_access.roles` looks into a claim, where there is none of the whole name."""
    found: Any = claims.get(name)
    if found is None:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    listed = [found] if isinstance(found, str) else found if isinstance(found, list | tuple) else []
    return frozenset(one for one in listed if isinstance(one, str))


@lru_cache(maxsize=4096)
def _tell_overage(_mark: str, claim: str) -> None:
    """Once a sign-in: the log names no person, so it has to be found out with whoever asks."""
    LOG.warning(
        "somebody signed in whose groups are too many for the token (claim %r stands in _claim_names), so no role was "
        "given. Let the provider send only the groups that are assigned to this application; see docs/access.md.",
        claim,
    )


def end(claims: Mapping[str, Any]) -> None:
    """Let nobody use this sign-in any more, here or on any other server that shares the folder."""
    its = settings()
    until = ends(claims, its) if its and claims.get("sub") else None
    if until is not None:
        signed_out.end(mark_of(claims), until)


def right_origin(claims: Mapping[str, Any]) -> bool:
    """Whether the sign-in was made at this site, and not at another one that has the same secret."""
    return claims.get("origin") == get_origin_from_redirect_uri()
