"""The websocket of a page: only messages that a page sends get through to Streamlit.

A visitor's program may send anything there. Streamlit would log garbage with a traceback, and would obey some
messages that no page of ours sends: to empty everyone's cache, to name the server's repository, to write files.
"""

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

# What a page of ours sends: a visit or a changed filter, "stop", "still here", a file or more rows of a grid.
OPEN = frozenset({"rerun_script", "stop_script", "app_heartbeat", "backend_operation_request"})
OPERATIONS = frozenset({"deferred_file", "dataframe_chunk"})
LARGEST = 1_000_000  # bytes of one message; all filters of a page and the longest SQL make a few thousand
UNREADABLE, TOO_LARGE = 1002, 1009  # RFC 6455, 7.4.1


class Stream:
    """Hands on the messages that a page sends, leaves out others, and ends the connection where one is garbage."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        over = False

        async def sent(message: Message) -> None:
            if over:
                raise OSError("The connection is over.")  # Starlette takes it as such
            await send(message)

        async def heard() -> Message:
            nonlocal over
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return message
                wrong = fault(message.get("bytes"))
                if wrong is not None:
                    over = True
                    await send({"type": "websocket.close", "code": wrong, "reason": ""})
                    return {"type": "websocket.disconnect", "code": wrong}
                if expected(message["bytes"]):
                    return message

        await self.app(scope, heard, sent)


def fault(said: bytes | None) -> int | None:
    """Why the connection ends after this message, as a websocket's closing code; None where it goes on."""
    if said is None:  # text; Streamlit speaks in bytes
        return UNREADABLE
    if len(said) > LARGEST:
        return TOO_LARGE
    try:
        BackMsg.FromString(said)
    except DecodeError:
        return UNREADABLE
    return None


def expected(said: bytes) -> bool:
    """Whether a page of ours would send it."""
    message = BackMsg.FromString(said)
    kind = message.WhichOneof("type")
    if kind == "backend_operation_request":
        return message.backend_operation_request.WhichOneof("payload") in OPERATIONS
    return kind in OPEN
