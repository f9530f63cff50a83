"""Peers on loopback that speak the real protocols: SMTP, a push service that decrypts, LINE, a text provider."""

import base64
import contextlib
import json
import socket
import threading
import time
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from urllib.parse import parse_qs

import http_ece
from aiosmtpd.controller import Controller
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Mailbox:
    """Takes mails, refuses what it is told to refuse, counts how often somebody connected."""

    def __init__(self):
        self.mails = []
        self.senders = []
        self.connections = set()
        # takes the mail and hangs up without saying so
        self.is_silent = False

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if address.startswith("gone@"):
            return "550 no such user"
        if address.startswith("dead@"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("busy@"):
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.connections.add(session.peer)
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
        self.senders.append(envelope.mail_from)
        if self.is_silent:
            server.transport.close()
        return "250 OK"


@contextlib.contextmanager
def smtp_server():
    handler = Mailbox()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), server_hostname="mail.example.jp")
    controller.start()
    try:
        yield handler, controller.port
    finally:
        controller.stop()


class Peer:
    """A server over HTTP that keeps what it was sent and answers what the test says."""

    def __init__(self):
        self.requests = []
        # status codes to answer with before the usual ones; "silent" carries the request out and hangs up
        self.answers = []
        peer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                said = {"path": self.path, "headers": self.headers, "body": body}
                peer.requests.append(said)
                answer = peer.answers.pop(0) if peer.answers else None
                if answer == "silent":
                    # carried out, and nobody is told
                    peer.answer(said, None)
                    self.close_connection = True
                    return
                status, headers, content = peer.answer(said, answer)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def answer(self, request, wanted):
        """Status, headers and body."""
        raise NotImplementedError

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *args):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Browser:
    """What a browser keeps of its subscription: the keys that open a push."""

    def __init__(self, url, name="phone"):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = name.encode().ljust(16, b".")[:16]
        self.endpoint = f"{url}/push/{name}"

    @property
    def subscription(self):
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "p256dh": _text(point), "auth": _text(self.secret)}

    def open(self, body):
        """The message of an encrypted body (RFC 8291); an exception when it is for somebody else."""
        return json.loads(http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm"))


class PushService(Peer):
    """Checks the sender's key (VAPID) and keeps the encrypted message, as those of the browsers do."""

    def __init__(self):
        super().__init__()
        # endpoints that are over
        self.gone = set()

    def answer(self, request, wanted):
        if wanted:
            return wanted, {"Retry-After": "120"}, b""
        if request["path"] in self.gone:
            return 410, {}, b""
        headers = request["headers"]
        is_good = headers.get("Content-Encoding") == "aes128gcm" and int(headers.get("TTL", 0)) > 0
        return (
            (201 if is_good and self._is_signed(headers["Authorization"]) else 403),
            {"Location": f"{self.url}/message/1"},
            b"",
        )

    def _is_signed(self, authorization):
        """The signature is good and was made for this service, for at most a day (RFC 8292)."""
        token = authorization.split("t=")[1].split(",")[0]
        claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        is_for_us = claims["aud"] == self.url and claims["exp"] <= time.time() + 24 * 3600
        return Vapid02.verify(authorization) and is_for_us and claims["sub"].startswith("mailto:")


class LinePlatform(Peer):
    """The Messaging API as far as we use it: a retry key that was taken before answers 409."""

    def __init__(self):
        super().__init__()
        self.keys = set()
        self.messages = []
        self.replies = []
        self.menus = []
        self.pictures = []

    def answer(self, request, wanted):
        path, headers = request["path"], request["headers"]
        if headers.get("Authorization") != "Bearer line-token":
            return 401, {}, b'{"message":"Authentication failed"}'
        if path.endswith("/content"):
            self.pictures.append(request["body"])
            return self._json({})
        content = json.loads(request["body"] or b"{}")
        if path == "/v2/bot/message/push":
            return self._push(headers.get("X-Line-Retry-Key"), content, wanted)
        if wanted:
            return wanted, {}, b'{"message":"refused"}'
        if path == "/v2/bot/message/reply":
            self.replies.append(content)
            return self._json({"sentMessages": [{"id": "1", "quoteToken": "q"}]})
        if path == "/v2/bot/richmenu":
            self.menus.append(content)
            return self._json({"richMenuId": "richmenu-1"})
        if path.endswith("/linkToken"):
            return self._json({"linkToken": "token-of-line"})
        return self._json({})

    def _push(self, key, content, wanted):
        if key in self.keys:
            return 409, {"X-Line-Accepted-Request-Id": "earlier"}, b'{"message":"The retry key is already accepted"}'
        if wanted:
            return wanted, {}, b'{"message":"refused"}'
        self.keys.add(key)
        self.messages.append(content)
        return self._json({"sentMessages": [{"id": "461230966842064897", "quoteToken": "q"}]})

    def _json(self, content):
        return 200, {"Content-Type": "application/json", "X-Line-Request-Id": "r"}, json.dumps(content).encode()


class TextProvider(Peer):
    """Twilio's Messages resource."""

    def __init__(self):
        super().__init__()
        self.texts = []

    def answer(self, request, wanted):
        expected = base64.b64encode(b"AC1:sms-token").decode()
        if request["headers"].get("Authorization") != f"Basic {expected}":
            return 401, {}, b'{"code":20003}'
        if wanted:
            return wanted, {"Content-Type": "application/json"}, b'{"code":21211,"message":"invalid number"}'
        form = {name: values[0] for name, values in parse_qs(request["body"].decode()).items()}
        self.texts.append(form)
        return 201, {"Content-Type": "application/json"}, json.dumps({"sid": f"SM{len(self.texts)}"}).encode()


class MailProvider(Peer):
    """Postmark's /email."""

    def __init__(self):
        super().__init__()
        self.mails = []

    def answer(self, request, wanted):
        if request["headers"].get("X-Postmark-Server-Token") != "postmark-token":
            return 401, {}, b'{"ErrorCode":10,"Message":"bad token"}'
        if wanted:
            return wanted, {"Content-Type": "application/json"}, b'{"ErrorCode":1,"Message":"refused"}'
        mail = json.loads(request["body"])
        self.mails.append(mail)
        name = f"00000000-0000-0000-0000-{len(self.mails):012}"
        content = {"ErrorCode": 0, "Message": "OK", "MessageID": name, "To": mail["To"], "SubmittedAt": "2026-01-01"}
        return 200, {"Content-Type": "application/json"}, json.dumps(content).encode()


def _text(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class _ImapSession(StreamRequestHandler):
    """One connection: as much of RFC 3501 as reading a folder takes."""

    def handle(self):
        self._say("* OK ready")
        while line := self.rfile.readline().decode():
            tag, command, rest = (*line.rstrip("\r\n").split(" ", 2), "")[:3]
            if command == "UID":
                command, _blank, rest = rest.partition(" ")
            answer = getattr(self, f"_{command.lower()}", lambda _rest: "BAD what?")(rest)
            self._say(f"{tag} {answer}")
            if command == "LOGOUT":
                return

    def _say(self, text):
        self.wfile.write(f"{text}\r\n".encode())

    def _capability(self, _rest):
        self._say("* CAPABILITY IMAP4rev1")
        return "OK done"

    def _login(self, rest):
        user, _blank, password = rest.partition(" ")
        quoted = '"' + self.server.peer.password.replace('"', '\\"') + '"'
        return "OK done" if (user, password) == (self.server.peer.user, quoted) else "NO wrong"

    def _select(self, _rest):
        self._say(f"* {len(self.server.peer.left)} EXISTS")
        return "OK [READ-WRITE]"

    def _search(self, _rest):
        unseen = [str(uid) for uid, (flags, _content) in self.server.peer.left.items() if not flags]
        self._say(" ".join(["* SEARCH", *unseen]))
        return "OK done"

    def _fetch(self, rest):
        uid = int(rest.split()[0])
        _flags, content = self.server.peer.left[uid]
        self._say(f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(content)}}}")
        self.wfile.write(content)
        self._say(")")
        return "OK done"

    def _store(self, rest):
        uid, _how, flags = rest.split(" ", 2)
        self.server.peer.left[int(uid)][0].update(flags.strip("()").split())
        return "OK done"

    def _expunge(self, _rest):
        left = self.server.peer.left
        for uid in [uid for uid, (flags, _content) in left.items() if "\\Deleted" in flags]:
            del left[uid]
        return "OK done"

    def _logout(self, _rest):
        self._say("* BYE")
        return "OK done"


class MailServerOfImap:
    """A mailbox on an IMAP server: `messages` come in, `left` has what is there now with its flags."""

    def __init__(self, *, user, password):
        self.user, self.password = user, password
        self.left = {}
        self._server = ThreadingTCPServer(("127.0.0.1", 0), _ImapSession)
        self._server.peer = self
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def messages(self):
        return [content for _flags, content in self.left.values()]

    @messages.setter
    def messages(self, contents):
        self.left = {uid: (set(), content) for uid, content in enumerate(contents, start=1)}

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *args):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
