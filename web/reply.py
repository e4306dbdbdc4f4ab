"""Replies: an answer's bytes with the headers that tell browsers, caches and programs what they are."""

import gzip
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

SHORT = "public, max-age=60, must-revalidate"
LONG = "public, max-age=31536000, immutable"
SMALLEST_PACKED = 500  # bytes: below, packing gains nothing
# What an answer may do where a browser opens it: nothing.
NOTHING = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@dataclass(frozen=True)
class Body:
    """Bytes, the same packed where they can be, and the tag that stands for them: release and content."""

    plain: bytes
    packed: bytes | None
    tag: str

    @property
    def size(self) -> int:
        """How much memory it takes."""
        return len(self.plain) + len(self.packed or b"")


@dataclass(frozen=True)
class Reply:
    """What one address answers. lasting: it names its release, so it may be kept for good.

    policy: its Content-Security-Policy; "" where the site's own holds.
    """

    body: Body
    media_type: str
    lang: str
    lasting: bool = False
    status: int = 200
    policy: str = NOTHING
    headers: dict[str, str] = field(default_factory=dict)


def body(plain: bytes, version: str = "", *, pack: bool = True) -> Body:
    """The bytes with their tag. pack: they are text, which gets smaller."""
    digest = hashlib.sha256(plain).hexdigest()[:32]
    tag = f"{quote(version, safe='')}-{digest}" if version else digest
    packed = gzip.compress(plain, compresslevel=6, mtime=0) if pack and len(plain) >= SMALLEST_PACKED else None
    return Body(plain, packed, tag)


def response(reply: Reply, request: Request) -> Response:
    """The reply to this request: packed where it may be, and without a body where the asker has it already."""
    # Packed here, not by Streamlit's middleware: a strong tag stands for the very bytes, so packed ones have their own.
    packed = reply.body.packed if best_packing(request, ("gzip",)) else None
    tag = f'"{reply.body.tag}{"-gzip" if packed is not None else ""}"'
    headers = {
        "ETag": tag,
        "Cache-Control": LONG if reply.lasting else SHORT,
        "Content-Language": reply.lang,
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Encoding",
        **({"Content-Security-Policy": reply.policy} if reply.policy else {}),
        **reply.headers,
    }
    if reply.status == 200 and unchanged(request, tag):
        return Response(status_code=304, headers=headers)
    if packed is not None:
        headers["Content-Encoding"] = "gzip"
    content = packed if packed is not None else reply.body.plain
    return Response(content, reply.status, headers | {"Content-Type": reply.media_type})


def best_packing(request: Request, ours: Sequence[str]) -> str:
    """The first of our packings that the asker takes, or "" (RFC 9110, 12.5.3)."""
    asked = re.split(r"\s*,\s*", request.headers.get("accept-encoding", "").strip().lower())
    taken = {it.partition(";")[0].strip() for it in asked if not re.search(r";\s*q=0(?:\.0*)?\s*$", it)}
    return next((packing for packing in ours if packing in taken), "")


def unchanged(request: Request, tag: str) -> bool:
    """Whether If-None-Match names the tag: the asker has it already. It compares weakly (RFC 9110, 13.1.2)."""
    asked = request.headers.get("if-none-match", "")
    return asked.strip() == "*" or tag in re.findall(r'(?:W/)?("[^"]*")', asked)
