"""The websocket: what no page sends is not obeyed, and garbage ends one connection and nothing else."""

from contextlib import suppress

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.browser.driver import Server
from tests.web.talk import STREAM, UPGRADE, ask, visitor, words
from ui.text import text
from web.stream import LARGEST, expected, fault

FORBIDDEN = (
    "clear_cache",  # everyone's
    "set_run_on_save",
    "load_git_info",  # the server's repository
    "debug_disconnect_websocket",
    "debug_shutdown_runtime",
)


def message(**fields: object) -> bytes:
    return BackMsg(**fields).SerializeToString()  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_what_no_page_of_ours_sends_is_left_out(kind: str):
    assert not expected(message(**{kind: True}))


@pytest.mark.parametrize(
    ("payload", "open_"),
    [
        ("deferred_file", True),
        ("dataframe_chunk", True),
        ("install_skills", False),  # writes files on the server
        ("dismiss_skills_nudge", False),
    ],
)
def test_of_operations_only_files_and_rows_of_a_grid_are_handed_on(payload: str, open_: bool):
    asked = BackMsg()
    getattr(asked.backend_operation_request, payload).SetInParent()
    assert expected(asked.SerializeToString()) is open_


def test_what_a_page_sends_is_handed_on():
    assert expected(message(rerun_script={"page_name": "press"}))
    assert expected(message(stop_script=True))
    assert expected(message(app_heartbeat=True))
    assert not expected(b"")  # a message of no kind
    assert not expected(message(file_urls_request={"file_names": ["a"]}))  # an upload


def test_a_message_may_have_a_million_bytes_and_no_more():
    assert fault(message(rerun_script={"page_name": "x" * (LARGEST - 20)})) is None
    assert fault(b"\0" * (LARGEST + 1)) == 1009


def test_an_order_to_stop_the_server_or_to_forget_everything_changes_nothing(site: Server):
    with visitor(site) as somebody:
        for kind in FORBIDDEN:
            somebody.line.send(message(**{kind: True}))
        somebody.line.send(b"")
        shown = words(somebody.visit("ideology", "lang=en"))
        assert text("ideology.title", "en") in shown
        assert "git_info_changed" not in words(somebody.heard)


@pytest.mark.parametrize("garbage", [b"\xff" * 40, b"\x5a", "words", b"\x0b" * 5, b"\0" * (LARGEST + 1)])
def test_garbage_ends_its_own_connection_and_nobody_elses(site: Server, garbage: bytes | str):
    with visitor(site) as neighbour:
        neighbour.visit("press", "lang=en")
        with visitor(site) as stranger:
            stranger.visit("press")
            stranger.line.send(garbage)
            assert stranger.closed() == (1009 if len(garbage) > LARGEST else 1002)
        assert text("press.title", "en") in words(neighbour.visit("press", "lang=en"))
    assert "Traceback" not in site.told()


@pytest.mark.parametrize(
    "changed", [{"sec_websocket_version": "7"}, {"sec_websocket_key": "short"}, {"sec_websocket_key": ""}]
)
def test_a_broken_handshake_is_refused(site: Server, changed: dict[str, str]):
    assert ask(site, STREAM, **(UPGRADE | changed)).status == 400


@pytest.mark.parametrize("protocol", ["nonsense", "streamlit,a,b", ",,,,", "streamlit," + "x" * 4000])
def test_an_odd_subprotocol_harms_nobody(site: Server, protocol: str):
    """Streamlit takes whatever it is offered for the protocol's name, a token and a session."""
    ask(site, STREAM, **(UPGRADE | {"sec_websocket_protocol": protocol, "sec_websocket_version": "0"}))
    with suppress(InvalidHandshake, ConnectionClosed), visitor(site, sec_websocket_protocol=protocol) as stranger:
        stranger.line.send(b"\xff")
    with visitor(site) as somebody:
        assert somebody.visit("method")
    assert "Traceback" not in site.told()
