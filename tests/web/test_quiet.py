"""Logs name no person and nothing that one asked for."""

import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.browser.driver import serve
from tests.web.talk import ask, visitor
from ui.page import PAGES
from web import frontend, quiet

ROOT = Path(__file__).parent.parent.parent
MARK = "Xyzzyx"  # stands in all that the visitors of this test ask for, and in nothing else
ADDRESS = "127.66.77.88"  # of which the proxy in front says that it is the visitor's
# What goes wrong inside, written to the log by all the ways that there are.
WRONG = f"""
import asyncio, logging, threading, warnings
from web import quiet
logging.basicConfig(format="%(name)s %(levelname)s %(message)s")
quiet.install()

def raised():
    raise ValueError("{MARK}")

try:
    raised()
except ValueError as error:
    logging.getLogger("vink").exception("the page could not be shown")
    logging.getLogger("streamlit.any").error("Uncaught app execution", exc_info=error)
    logging.getLogger("uvicorn.error").error("Exception in ASGI application\\n", exc_info=error)
    logging.getLogger("any").warning(f"100 % of {MARK}")
    logging.getLogger("any").error("%s asked for %r", "{MARK}", error)
logging.getLogger("vink").error("100 %% of %s", "release 2020.1")
logging.getLogger("vink").error("100 %")
warnings.warn("{MARK}")
thread = threading.Thread(target=raised, name="{MARK}")
thread.start()
thread.join()

class Last:
    def __del__(self):
        raised()

Last()

async def alone():
    asyncio.get_running_loop().create_task(failing())
    await asyncio.sleep(0.01)

async def failing():
    raised()

asyncio.run(alone())
"""


def test_an_exception_is_told_by_its_kind_and_place_and_never_by_its_words():
    told = subprocess.run([sys.executable, "-c", WRONG], cwd=ROOT, capture_output=True, text=True, check=True)
    assert MARK not in told.stdout + told.stderr
    assert "Traceback" not in told.stderr
    lines = told.stderr.splitlines()
    at = "[ValueError at <string>:8 in raised < <string>:11 in <module>]"
    assert f"vink ERROR the page could not be shown {at}" in lines
    assert f"streamlit.any ERROR a message at <string>:14 {at}" in lines
    assert "any ERROR %s asked for %r" in lines
    assert "vink ERROR 100 % of release 2020.1" in lines
    assert "vink ERROR 100 %" in lines
    assert told.stderr.count("An exception ended a thread") == 2
    assert any(line.startswith("asyncio ERROR") and "in raised < " in line for line in lines)


def widgets(messages: list[ForwardMsg]) -> dict[str, str]:
    """The widgets of a page: id to kind."""
    found: dict[str, str] = {}

    def look(message: object) -> None:
        for field, value in message.ListFields():  # pyright: ignore[reportAttributeAccessIssue]
            for part in value if isinstance(value, list) or hasattr(value, "add") else [value]:
                if hasattr(part, "ListFields"):
                    if str(getattr(part, "id", "")).startswith("$$ID"):
                        found[part.id] = field.name
                    look(part)

    for message in messages:
        look(message)
    return found


def test_nothing_that_a_visitor_asks_for_is_in_the_log(
    example_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Filters, searches, SQL, unknown addresses, forged filters, cookies and garbage, each with the mark in it."""
    monkeypatch.setenv("STREAMLIT_LOGGER_LEVEL", "debug")  # even so
    who = {"cookie": f"_streamlit_user={MARK}; a={MARK}", "x_forwarded_for": ADDRESS, "user_agent": MARK}
    with serve(example_folder, tmp_path / "log") as server:
        for path in (f"/press?q={MARK}", f"/{MARK}", f"/api/v1/{MARK}", f"/api/v1/figures/{MARK}.csv?codes={MARK}"):
            ask(server, path, **who)
        ask(server, f"/api/v1/codes?release={MARK}&lang={MARK}", referer=f"{server.url}/{MARK}", **who)
        ask(server, "/", host=f"{MARK}.example", **who)
        for page in PAGES:
            filters = "&".join(f"{name}={MARK}" for name in ("years", "ideology", "period", "q", "rows", "columns"))
            with visitor(server, origin=server.url, **who) as somebody:
                came = somebody.visit(page, f"{filters}&lang=en&sql=select+'{MARK}'+from+{MARK}")
                forged = [WidgetState(id=name, string_value=MARK) for name in widgets(came)]
                somebody.visit(page, "lang=en", tuple(forged))
        with visitor(server, **who) as somebody:
            somebody.visit("press", f"release={MARK}")
            somebody.line.send(MARK)
            assert somebody.closed() == 1002
        told = server.told()
    assert "Runtime state" in told  # the log is not silent, but discreet
    assert MARK not in told
    assert ADDRESS not in told
    here = server.url.removeprefix("http://")
    assert "127.0.0.1:" not in told.replace(here, "")  # nobody's address but the server's own
    assert "Traceback" not in told


def test_what_the_frontend_logs_is_told_in_full():
    """The words of any other logger lose what is put in: the log would say that something is wrong, and not what."""
    assert frontend.log.name == quiet.OURS
