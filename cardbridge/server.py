"""The local server: one address for the portal's desk page, a few for the screen of the resident.

Listens on 127.0.0.1 and nowhere else. Every request is asked by which name it came (Host: against DNS rebinding) and
from which page (Origin, Sec-Fetch-Site). Nothing is logged.
"""

import json
import select
import socket
import sys
from dataclasses import asdict
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from cardbridge import screens
from cardbridge.config import Config
from cardbridge.errors import BadSecret, BridgeError, Refused
from cardbridge.orders import Orders
from cardbridge.reader import CardReader
from cardbridge.readings import SECONDS, Readings
from cardbridge.secrets_typed import Secret, SecretKind

ADDRESS: Final = "127.0.0.1"
_MOST_BYTES: Final = 8192
_SAME: Final = frozenset({"same-origin", "none"})


class BridgeServer(ThreadingHTTPServer):
    """A thread a request: the desk page's waits for the resident."""

    daemon_threads = True
    # on Windows it would let another program listen on the same port
    allow_reuse_address = sys.platform != "win32"

    def __init__(self, config: Config, reader: CardReader, *, seconds: float = SECONDS) -> None:
        super().__init__((ADDRESS, config.port), BridgeHandler)
        self.portal = config.origin
        self.host = f"{ADDRESS}:{self.server_port}"
        self.orders = Orders(config.key, config.origin)
        self.readings = Readings(reader)
        self.seconds = seconds

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing is printed: a trace could carry what was typed."""


class BridgeHandler(BaseHTTPRequestHandler):
    """One request. Refusals say as little as they can."""

    server: BridgeServer
    timeout = 10

    def do_OPTIONS(self) -> None:
        """The browser asks whether the portal may ask, also for an address of this computer."""
        if not self._is_for_us() or self.path != "/readings" or not self._is_portal():
            self._refuse(HTTPStatus.FORBIDDEN)
            return
        headers = {"Access-Control-Allow-Methods": "POST", "Access-Control-Allow-Headers": "Content-Type"}
        if self.headers.get("Access-Control-Request-Private-Network") == "true":
            headers["Access-Control-Allow-Private-Network"] = "true"
        self._send(HTTPStatus.NO_CONTENT, headers=headers | self._for_portal())

    def do_POST(self) -> None:
        if not self._is_for_us():
            self._refuse(HTTPStatus.FORBIDDEN)
        elif self.path == "/readings":
            self._read_for_portal()
        elif self.path in ("/secret", "/refusal"):
            self._take_from_resident()
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def do_GET(self) -> None:
        if not self._is_for_us():
            self._refuse(HTTPStatus.FORBIDDEN)
        elif self.path == "/screen":
            if not self._is_own_page():
                self._refuse(HTTPStatus.FORBIDDEN)
                return
            self._send_json(asdict(self.server.readings.screen()))
        elif page := screens.page(self.path):
            self._send(HTTPStatus.OK, page.body, {"Content-Type": page.kind} | screens.HEADERS)
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    # --- the portal -----------------------------------------------------------------------------

    def _read_for_portal(self) -> None:
        """One order, one answer: it comes when the resident is done."""
        if not self._is_portal():
            self._refuse(HTTPStatus.FORBIDDEN)
            return
        try:
            order = self._json().get("order")
            self.server.orders.take(order if isinstance(order, str) else "")
            found = self.server.readings.wait_for(self._is_gone, seconds=self.server.seconds)
        except BridgeError as error:
            status = HTTPStatus.FORBIDDEN if isinstance(error, Refused) else HTTPStatus.CONFLICT
            self._send_json({"code": error.code, "message": str(error)}, status, self._for_portal())
        else:
            self._send_json(found.as_json(), headers=self._for_portal())

    def _is_portal(self) -> bool:
        return self.headers.get("Origin") == self.server.portal

    def _for_portal(self) -> dict[str, str]:
        return {"Access-Control-Allow-Origin": self.server.portal, "Vary": "Origin"}

    def _is_gone(self) -> bool:
        """Whether the desk page gave up waiting: its end of the connection is closed."""
        try:
            readable, _, _ = select.select([self.connection], [], [], 0)
            return bool(readable) and not self.connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return True

    # --- the resident's screen ------------------------------------------------------------------

    def _take_from_resident(self) -> None:
        if not self._is_own_page() or self.headers.get("Origin") != f"http://{self.server.host}":
            self._refuse(HTTPStatus.FORBIDDEN)
            return
        try:
            typed = self._json()
        except BridgeError:
            self._refuse(HTTPStatus.BAD_REQUEST)
            return
        reading = str(typed.get("reading", ""))
        if self.path == "/refusal":
            self.server.readings.refuse(reading)
        else:
            self._open_card(reading, typed)
        self._send_json(asdict(self.server.readings.screen()))

    def _open_card(self, reading: str, typed: dict[str, Any]) -> None:
        try:
            secret = Secret(SecretKind(str(typed.get("kind"))), str(typed.get("digits", "")))
        except (BadSecret, ValueError):
            self.server.readings.complain(reading, BadSecret())
            return
        self.server.readings.open_card(reading, secret, may_be_last=typed.get("may_be_last") is True)

    def _is_own_page(self) -> bool:
        """Browsers say which site asks; those that do not cannot read the answer of another site either."""
        return self.headers.get("Sec-Fetch-Site", "none") in _SAME

    # --- both -----------------------------------------------------------------------------------

    def _is_for_us(self) -> bool:
        """A name that somebody's DNS server points at this computer is no name of ours."""
        return self.headers.get("Host") == self.server.host

    def _json(self) -> dict[str, Any]:
        """The object that was sent. Raises Refused for anything else, and for more than a request can be."""
        length = self.headers.get("Content-Length", "")
        is_json = self.headers.get_content_type() == "application/json"
        if not (is_json and length.isascii() and length.isdigit() and int(length) <= _MOST_BYTES):
            raise Refused
        try:
            content = json.loads(self.rfile.read(int(length)))
        except ValueError:
            raise Refused from None
        if not isinstance(content, dict):
            raise Refused
        return content

    def _send_json(
        self, content: object, status: HTTPStatus = HTTPStatus.OK, headers: dict[str, str] | None = None
    ) -> None:
        body = json.dumps(content, ensure_ascii=False).encode()
        self._send(status, body, {"Content-Type": "application/json; charset=utf-8"} | (headers or {}))

    def _refuse(self, status: HTTPStatus) -> None:
        self._send(status, status.phrase.encode(), {"Content-Type": "text/plain"})

    def _send(self, status: HTTPStatus, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.close_connection = True
        self.send_response(status)
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        """The Server header, without versions."""
        return "cardbridge"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Nothing of any request is kept."""
