"""Streamlit's frontend as browsers get it: bundled, packed, and kept for good.

Streamlit's own page loads some 120 small files, unpacked. `web/frontend/build.mjs` makes three of those that our pages
use, and writes down in `lock.json` from which modules it made them. They are served only while the installed modules
are the very same; else the browser gets Streamlit's own files, packed all the same, and the log says what to do.
"""

import gzip
import hashlib
import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import brotli
import streamlit
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from web.reply import LONG, best_packing, unchanged

INSTALLED = Path(streamlit.__file__).parent / "static"
MADE = Path(__file__).with_name("frontend")
ROOT = "/vink/frontend-"
STATIC = "/static/"
# The installed document's scripts, styles and what it loads ahead; not its icon, which is ours to choose, nor its
# pointer to the agent API, which is closed.
LOADED = re.compile(
    r'<script type="module"[^>]*></script>|<link\s+rel="(?:preload|modulepreload|stylesheet)"[^>]*>', re.DOTALL
)
# What a page shows beside what every page does. A file that isn't named here is loaded when it is needed.
CHARTS = ("overview", "ideology", "resources", "outcome")
GRIDS = ("research",)
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".woff2": "font/woff2",
    ".png": "image/png",
    ".gif": "image/gif",
    ".svg": "image/svg+xml",
}
TEXTS = (".js", ".css", ".svg")
LITTLE = 200_000  # bytes: more is packed less tightly, for it is done when first asked for
log = logging.getLogger("vink")


@dataclass(frozen=True)
class Module:
    """A module that is in the bundle: in which file, and as what that file passes its exports on."""

    file: str
    id: str
    exports: tuple[str, ...]

    def stub(self) -> bytes:
        """The module in as few words as it takes to get all of it from the bundle."""
        names = ",".join(f"{self.id}_{name} as {name}" for name in self.exports)
        return f'export{{{names}}}from"../{self.file}.js";'.encode()


@dataclass(frozen=True)
class Bundle:
    """The bundle's files, as brotli packed them, and the modules in them."""

    root: str
    files: Mapping[str, bytes]
    modules: Mapping[str, Module]


class MismatchError(Exception):
    """The bundle was not made of the installed modules, or is not as it was made."""


@cache
def bundle() -> Bundle | None:
    """The bundle, or None where it doesn't fit the installed Streamlit."""
    try:
        return checked(MADE, INSTALLED)
    except MismatchError as differs:
        log.warning(
            "The page loads Streamlit's own files, which takes longer: %s. "
            "To bundle them again, see docs/development.md, 'The frontend bundle'.",
            differs,
        )
        return None


def checked(made: Path, installed: Path) -> Bundle:
    """The bundle in the folder `made`, held against Streamlit's static folder. Raises MismatchError."""
    try:
        written = (made / "lock.json").read_bytes()
        lock = json.loads(written)
        for name, module in lock["modules"].items():
            path = installed / "static" / "js" / name
            if not path.is_file() or _hash(path.read_bytes()) != module["sha256"]:
                raise MismatchError(
                    f"the bundle is of Streamlit {lock['streamlit']}, and here {name} is another or missing"
                )
        files = {}
        for name, file in lock["files"].items():
            files[name] = (made / f"{name}.js.br").read_bytes()
            if _hash(brotli.decompress(files[name])) != file["sha256"]:
                raise MismatchError(f"{name}.js.br is not as lock.json says")
        modules = {
            name: Module(it["file"], it["id"], tuple(it["exports"])) for name, it in sorted(lock["modules"].items())
        }
        return Bundle(f"{ROOT}{_hash(written)[:12]}/", files, modules)
    except (OSError, ValueError, KeyError, brotli.error) as broken:
        raise MismatchError(f"{made} is incomplete ({broken})") from broken


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@cache
def loaded(page: str) -> str:
    """The tags of all that the shell of a page loads."""
    own = [re.sub(r"\s+", " ", tag).replace('"./', '"/') for tag in LOADED.findall(_index())]
    made = bundle()
    if made is None:
        return "\n".join(own)
    ahead = [name for name, pages in (("charts", CHARTS), ("grid", GRIDS)) if page in pages]
    return "\n".join(
        [
            f'<script type="module" crossorigin src="{made.root}main.js"></script>',
            *(f'<link rel="modulepreload" crossorigin href="{made.root}{name}.js">' for name in ahead),
            *(tag for tag in own if 'rel="preload"' in tag or 'rel="stylesheet"' in tag),
        ]
    )


@cache
def _index() -> str:
    return (INSTALLED / "index.html").read_text(encoding="utf-8")


class Kept:
    """One file: read when it is asked for, and packed once in each way."""

    def __init__(self, suffix: str, read: Callable[[], bytes], packed: Mapping[str, bytes] | None = None) -> None:
        self.media_type = TYPES[suffix]
        self.text = suffix in TEXTS
        self._read = read
        self._packed = dict(packed or {})
        self._tag = ""

    def form(self, packing: str) -> tuple[bytes, str]:
        """The bytes in one packing, "" for none, and the tag that stands for them."""
        if not self._tag:
            self._tag = _hash(self._read())[:32]
        if not packing:
            return self._read(), self._tag
        if packing not in self._packed:
            self._packed[packing] = _pack(self._read(), packing)
        return self._packed[packing], f"{self._tag}-{packing}"


def _pack(content: bytes, packing: str) -> bytes:
    if packing == "gzip":
        return gzip.compress(content, compresslevel=6, mtime=0)
    return brotli.compress(content, quality=11 if len(content) < LITTLE else 6)


def files(made: Bundle | None, installed: Path) -> dict[str, Kept]:
    """All files by their addresses: Streamlit's at their own, and beside the bundle as its modules look for them."""
    paths = [path for path in (installed / "static").glob("*/*") if path.suffix in TYPES]
    kept = {f"{STATIC}{path.parent.name}/{path.name}": Kept(path.suffix, path.read_bytes) for path in paths}
    if made is None:
        return kept
    for path in paths:
        below = f"{made.root}{path.parent.name}/{path.name}"
        module = made.modules.get(path.name)
        whole = kept[f"{STATIC}{path.parent.name}/{path.name}"]
        # The query tells a bundled module in full from the few words that stand for it.
        kept[f"{below}?full" if module else below] = whole
        if module:
            kept[below] = Kept(".js", module.stub)
    for name, packed in made.files.items():
        kept[f"{made.root}{name}.js"] = Kept(".js", partial(brotli.decompress, packed), {"br": packed})
    return kept


def has(path: str) -> bool:
    """Whether the address lies where the bundle is served."""
    return path.startswith(ROOT)


class Frontend:
    """Answers the addresses of Streamlit's own files and of the bundle, and passes all else on."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.files = files(bundle(), INSTALLED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith((STATIC, ROOT)):
            await self.app(scope, receive, send)
            return
        answer = await self._answer(Request(scope))
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return Response(status_code=405, headers={"Allow": "GET, HEAD"})
        path = request.url.path
        kept = self.files.get(f"{path}?full" if request.url.query == "full" else path)
        if kept is None:
            return Response(status_code=404)
        packing = best_packing(request, ("br", "gzip")) if kept.text else ""
        content, tag = await run_in_threadpool(kept.form, packing)
        headers = {
            "Cache-Control": LONG,
            "ETag": f'"{tag}"',
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
        }
        if unchanged(request, f'"{tag}"'):
            return Response(status_code=304, headers=headers)
        if packing:
            headers["Content-Encoding"] = packing
        return Response(content, headers=headers | {"Content-Type": kept.media_type})
