"""Problems: what was wrong with a request, and what is allowed instead, as RFC 9457 describes it."""

import json
from collections.abc import Sequence
from http import HTTPStatus

from starlette.responses import Response

from ui.text import text

MEDIA_TYPE = "application/problem+json"
LONGEST_ECHO = 100  # characters of a wrong value that are repeated to whoever sent it


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it so
    """A request that is not answered. `key`: its words below `api.problem` in text/api.toml.

    parameter, value: what is wrong; allowed: what it may be; values: what the words name besides.
    """

    def __init__(
        self,
        status: int,
        key: str,
        *,
        parameter: str = "",
        value: str = "",
        allowed: Sequence[str] | None = None,
        values: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {key} {parameter}".rstrip())
        self.status, self.key, self.parameter, self.allowed = status, key, parameter, allowed
        self.value = value if len(value) <= LONGEST_ECHO else f"{value[:LONGEST_ECHO]}..."
        self.values, self.headers = values or {}, headers or {}

    def words(self, lang: str) -> str:
        """What is wrong and what to do about it, in whole sentences."""
        named = {"parameter": self.parameter, "value": self.value, "allowed": ", ".join(self.allowed or ())}
        return text(f"api.problem.{self.key}", lang, **named | self.values)

    def response(self, lang: str) -> Response:
        """The answer to a program."""
        body: dict[str, object] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.words(lang),
        }
        if self.parameter:
            body |= {"parameter": self.parameter, "value": self.value}
        if self.allowed is not None:
            body["allowed"] = [*self.allowed]
        headers = {
            "Cache-Control": "no-store",
            "Content-Language": lang,
            "X-Content-Type-Options": "nosniff",
        } | self.headers
        return Response(json.dumps(body, ensure_ascii=False), self.status, headers, MEDIA_TYPE)
