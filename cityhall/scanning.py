"""The check of files in quarantine: virus scanner when configured, structure of PDFs always."""

import contextlib
import socket
import struct
import subprocess
import sys
from dataclasses import dataclass

from django.conf import settings

from cityhall import pdf_check
from cityhall.enums import FileState
from cityhall.uploads import PDF

# how clamd says that a file is longer than its StreamMaxLength: it will never say anything else
_TOO_LONG = b"INSTREAM size limit exceeded. ERROR"
_CHUNK = 64 * 1024
_PDF_SECONDS = 30
_SCANNER_SECONDS = 30


class ScannerUnavailable(OSError):
    """The configured virus scanner gave no verdict."""


class ScannerUnreachable(ScannerUnavailable):
    """Nobody listens at the configured socket: no fault of the file's."""


@dataclass(frozen=True)
class Verdict:
    """What becomes of a file, and a word why (for the log, not for people)."""

    state: FileState
    reason: str = ""


def scan(content: bytes, content_type: str) -> Verdict:
    """The verdict on a file. Raises ScannerUnavailable when the configured scanner gives none."""
    if settings.CLAMAV_SOCKET:
        answer = _ask_scanner(content)
        if answer.endswith(b" FOUND"):
            return Verdict(FileState.INFECTED, "virus")
        if answer == _TOO_LONG:
            return Verdict(FileState.REJECTED, "too_large_to_scan")
        if not answer.endswith(b" OK"):
            raise ScannerUnavailable("no verdict")
    if content_type == PDF:
        reason = pdf_problem(content)
        if reason:
            return Verdict(FileState.REJECTED, reason)
    return Verdict(FileState.CLEAN)


def _ask_scanner(content: bytes) -> bytes:
    """Ask clamd over its socket (INSTREAM: length-prefixed pieces, an empty one at the end)."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        peer.settimeout(_SCANNER_SECONDS)
        try:
            peer.connect(settings.CLAMAV_SOCKET)
        except OSError as error:
            raise ScannerUnreachable(type(error).__name__) from error
        try:
            # clamd answers and hangs up as soon as it has seen too much
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                _send(peer, content)
            return _receive(peer).rstrip(b"\0\n")
        except OSError as error:
            raise ScannerUnavailable(type(error).__name__) from error


def _send(peer: socket.socket, content: bytes) -> None:
    peer.sendall(b"zINSTREAM\0")
    for start in range(0, len(content), _CHUNK):
        piece = content[start : start + _CHUNK]
        peer.sendall(struct.pack("!I", len(piece)) + piece)
    peer.sendall(struct.pack("!I", 0))


def _receive(peer: socket.socket) -> bytes:
    """All that comes; who hangs up on what we were still sending resets the line behind the answer."""
    answer = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := peer.recv(4096):
            answer += piece
    return answer


def pdf_problem(content: bytes) -> str:
    """Why a PDF is not taken ("encrypted", "too_big_inside", "unreadable"), or "".

    Read by a process of its own under memory and time limits: a file that explodes kills that, not the worker.
    """
    command = [sys.executable, "-I", pdf_check.__file__]
    try:
        done = subprocess.run(  # noqa: S603 - fixed command, the file comes on standard input
            command, input=content, capture_output=True, timeout=_PDF_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return "too_big_inside"
    answer = done.stdout.decode("ascii", "replace").strip()
    if done.returncode != 0 or not answer:
        return "too_big_inside"
    return "" if answer == "ok" else answer
