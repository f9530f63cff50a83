"""Reads a virtual card through a real pcscd, with the system's own library. Run by test_pcscd, alone in its namespaces.

Prints one JSON object: what came of each step.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from cardbridge.errors import BridgeError
from cardbridge.reader import CardReader
from cardbridge.secrets_typed import Secret, SecretKind
from cardbridge.session import read_card
from tests.cardbridge.virtual_card import MY_NUMBER, PIN, Card, serve

PORT = 35963
ALONE = ["unshare", "--net", "--mount", "sh", "-c"]
DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"


def hindrance():
    """Why it cannot be done here, or ""."""
    missing = [name for name in ("pcscd", "unshare", "ip") if shutil.which(name) is None]
    if missing:
        return f"not installed here: {', '.join(missing)}"
    if not Path(DRIVER).exists():
        return "the virtual reader is not installed here (Debian's vsmartcard-vpcd)"
    if os.geteuid() != 0:
        return "network namespaces need root"
    if subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode:
        return "no network namespaces here"
    return ""


def configuration(folder):
    """The virtual reader, which listens for a card."""
    path = Path(folder) / "reader.conf"
    device = f"/dev/null:{PORT:#x}"
    lines = (f'FRIENDLYNAME "Virtual PCD"\nDEVICENAME {device}\nLIBPATH {DRIVER}\nCHANNELID {PORT:#x}\n',)
    path.write_text("".join(lines))
    return path


def wait_until_it_listens():
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", PORT)) == 0:
                # the card that lay there for a moment is noticed as gone
                time.sleep(1.5)
                return
        time.sleep(0.1)
    raise SystemExit("pcscd does not listen")


def attempt(digits, kind="pin", patience=15.0):
    try:
        with CardReader("virtual", patience=patience).card() as link:
            return read_card(link, Secret(SecretKind(kind), digits)).as_json()
    except BridgeError as error:
        return error.code


def steps():
    yield "no card", attempt("1234", patience=1.0)
    card = Card()
    lying = serve(card, PORT)
    yield "wrong", attempt("9999")
    yield "left", card.left[PIN]
    yield "read", attempt("1234")
    yield "read by the code", attempt("02011520301234", "code_b")
    yield "closed afterwards", not card.is_open
    yield "my number", any(command[5:7] == MY_NUMBER for command in card.commands)
    lying.close()
    time.sleep(2.0)
    lying = serve(Card(left=(0, 10)), PORT)
    yield "blocked", attempt("1234")
    lying.close()
    time.sleep(2.0)
    lying = serve(Card(aid=b"\xa0\0\0\0\3"), PORT)
    yield "other card", attempt("1234")
    lying.close()
    time.sleep(2.0)
    lying = serve(Card(removed_after=5), PORT)
    yield "taken away", attempt("1234", patience=3.0)
    lying.close()


def main(folder):
    said = attempt("1234", patience=0.0)
    command = ["pcscd", "--foreground", "--config", str(configuration(folder))]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as pcscd:
        try:
            wait_until_it_listens()
            sys.stdout.write(json.dumps({"no service": said} | dict(steps())))
        finally:
            pcscd.terminate()


if __name__ == "__main__":
    main(sys.argv[1])
