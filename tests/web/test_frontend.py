"""The bundle of Streamlit's frontend: made of what is installed, left aside where it isn't, packed and kept."""

import gzip
import hashlib
import json
import logging
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import brotli
import httpx
import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests import apart
from web import frontend

INSTALLED = Path(streamlit.__file__).parent / "static"
MADE = Path(frontend.__file__).with_name("frontend")
LOCK = json.loads((MADE / "lock.json").read_bytes())
# A module that is in the bundle, and one that no page uses.
INDEX = next(path.name for path in (INSTALLED / "static" / "js").glob("index.*.js") if path.name in LOCK["modules"])
PLOTLY = next(path.name for path in (INSTALLED / "static" / "js").glob("PlotlyChart.*.js"))
IMPORTED = re.compile(r'import\{([^}]*)\}from"\./([^"]+)"')


APP = Starlette(
    routes=[Route("/{rest:path}", lambda _: PlainTextResponse("passed on"))],
    middleware=[Middleware(frontend.Frontend)],
)


@dataclass(frozen=True)
class Got:
    """One answer, its bytes as they came."""

    status: int
    headers: httpx.Headers
    raw: bytes


def get(path: str, method: str = "GET", packing: str = "identity", **headers: str) -> Got:
    async def asked() -> Got:
        transport = httpx.ASGITransport(APP)
        named = {"Accept-Encoding": packing} | {name.replace("_", "-"): value for name, value in headers.items()}
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://test") as client,
            client.stream(method, path, headers=named) as answer,
        ):
            return Got(answer.status_code, answer.headers, b"".join([part async for part in answer.aiter_raw()]))

    return apart.run(asked())


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The bundle in a folder of its own, to be spoiled."""
    folder = tmp_path / "made"
    shutil.copytree(MADE, folder, ignore=shutil.ignore_patterns("node_modules"))
    return folder


def _root() -> str:
    made = frontend.bundle()
    assert made is not None
    return made.root


def test_the_bundle_is_of_the_streamlit_that_is_installed() -> None:
    assert LOCK["streamlit"] == streamlit.__version__
    for name, module in LOCK["modules"].items():
        content = (INSTALLED / "static" / "js" / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == module["sha256"], f"{name}: see docs/development.md"
    assert frontend.bundle() is not None


def test_a_module_that_is_in_the_bundle_passes_on_all_that_others_import_from_it() -> None:
    """Else an element that no page uses today would fail the day that one does."""
    asked = 0
    for path in (INSTALLED / "static" / "js").glob("*.js"):
        if path.name in LOCK["modules"]:
            continue
        for names, other in IMPORTED.findall(path.read_text(encoding="utf-8")):
            if other not in LOCK["modules"]:
                continue
            asked += 1
            stub = get(f"{_root()}js/{other}").raw.decode()
            given = set(re.findall(r" as ([\w$]+)", stub))
            assert {name.partition(" as ")[0] for name in names.split(",")} <= given, (path.name, other)
    assert asked > 100


def test_what_stands_for_a_bundled_module_names_only_what_the_bundle_exports() -> None:
    exports = {}
    for name in LOCK["files"]:
        file = get(f"{_root()}{name}.js").raw.decode()
        exports[name] = set(re.findall(r" as (m[\w$]+)", file[file.rindex("export{") :]))
    for name, module in LOCK["modules"].items():
        stub = get(f"{_root()}js/{name}").raw.decode()
        assert set(re.findall(r"(m[\w$]+) as ", stub)) <= exports[module["file"]], name


def test_a_module_of_another_streamlit_is_never_joined_with_the_bundle(copy: Path, tmp_path: Path) -> None:
    other = tmp_path / "static"
    shutil.copytree(INSTALLED, other)
    changed = other / "static" / "js" / INDEX
    changed.write_text(changed.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(frontend.MismatchError, match=INDEX.replace(".", r"\.")):
        frontend.checked(copy, other)
    changed.unlink()
    with pytest.raises(frontend.MismatchError, match="missing"):
        frontend.checked(copy, other)


@pytest.mark.parametrize("spoiled", ["main.js.br", "lock.json"])
@pytest.mark.parametrize("content", [b"", b"{}", brotli.compress(b"export{}")])
def test_a_bundle_that_is_not_as_it_was_made_is_left_aside(copy: Path, spoiled: str, content: bytes) -> None:
    (copy / spoiled).write_bytes(content)
    with pytest.raises(frontend.MismatchError):
        frontend.checked(copy, INSTALLED)


def test_without_a_fitting_bundle_the_page_loads_streamlits_own_files_and_the_log_says_what_to_do(
    copy: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (copy / "lock.json").unlink()
    monkeypatch.setattr(frontend, "MADE", copy)
    for cached in (frontend.bundle, frontend.loaded):
        cached.cache_clear()
    try:
        with caplog.at_level(logging.WARNING):
            tags = frontend.loaded("overview")
        assert len(caplog.messages) == 1
        assert "docs/development.md" in caplog.messages[0]
        assert f'src="/static/js/{INDEX}"' in tags
        assert tags.count("modulepreload") == (INSTALLED / "index.html").read_text().count("modulepreload")
        assert frontend.ROOT not in tags
    finally:
        for cached in (frontend.bundle, frontend.loaded):
            cached.cache_clear()


@pytest.mark.parametrize(
    ("accepted", "packing", "unpack"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip, deflate", "gzip", gzip.decompress),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress),
        ("identity", None, bytes),
    ],
)
@pytest.mark.parametrize("path", ["{root}main.js", "{root}js/" + PLOTLY, "/static/js/" + INDEX])
def test_a_script_comes_packed_as_the_browser_takes_it(accepted, packing, unpack, path) -> None:
    path = path.format(root=_root())
    answer = get(path, packing=accepted)
    assert answer.headers.get("Content-Encoding") == packing
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"].startswith("text/javascript")
    if path.endswith("main.js"):
        assert hashlib.sha256(unpack(answer.raw)).hexdigest() == LOCK["files"]["main"]["sha256"]
    else:
        assert unpack(answer.raw) == (INSTALLED / "static" / "js" / path.rpartition("/")[2]).read_bytes()
    again = get(path, packing=accepted, if_none_match=answer.headers["ETag"])
    assert (again.status, again.raw) == (304, b"")


def test_the_packings_of_a_file_have_different_tags() -> None:
    assert len({get("/static/js/" + INDEX, packing=it).headers["ETag"] for it in ("br", "gzip", "identity")}) == 3


def test_fonts_are_not_packed_again() -> None:
    font = next((INSTALLED / "static" / "media").glob("SourceSansVF-Upright*.woff2"))
    answer = get(f"/static/media/{font.name}", packing="br")
    assert "Content-Encoding" not in answer.headers
    assert answer.raw == font.read_bytes()
    assert answer.headers["Content-Type"] == "font/woff2"


@pytest.mark.parametrize(
    "path",
    [
        "/static/js/none.js",
        "/static/js",
        "/static/js/%2e%2e/%2e%2e/index.html",
        "/static//etc/passwd",
        "/vink/frontend-000000000000/main.js",
        "{root}lock.json",
        "{root}build.mjs",
    ],
)
def test_nothing_is_served_but_what_is_installed(path: str) -> None:
    assert get(path.format(root=_root())).status == 404


def test_other_addresses_and_methods_are_not_the_frontends() -> None:
    assert get("/overview").raw == b"passed on"
    assert get("/static/js/" + INDEX, method="POST").status == 405


def test_an_answer_to_head_says_how_long_the_file_is() -> None:
    answer = get(_root() + "main.js", method="HEAD", packing="br")
    assert int(answer.headers["Content-Length"]) == (MADE / "main.js.br").stat().st_size


def test_a_page_names_ahead_only_what_it_shows() -> None:
    assert "charts.js" in frontend.loaded("overview")
    assert "grid.js" not in frontend.loaded("overview")
    assert "grid.js" in frontend.loaded("research")
    assert "charts.js" not in frontend.loaded("method")
    assert frontend.loaded("press").count("<script") == 1


def test_the_tools_that_make_the_bundle_are_locked_by_content_and_name_no_host() -> None:
    written = (MADE / "package-lock.json").read_text(encoding="utf-8")
    packages = {name: it for name, it in json.loads(written)["packages"].items() if name}
    assert packages
    assert all(it["integrity"].startswith("sha512-") for it in packages.values())
    assert "://" not in written.replace('"url": "https://github.com/', "")
