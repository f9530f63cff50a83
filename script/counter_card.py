"""The card reader of the counter PC, for `check_counter`: the bridge as it is installed, a real pcscd, a virtual card.

The virtual reader listens on every address, so pcscd and the card have a network of their own; the bridge stays in the
network of the browser. They meet in a folder of pcscd's socket that nobody else sees.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import demo_servers
from playwright.sync_api import Page, expect
from walk import TABLET, Walk

from tests.cardbridge.over_pcscd import hindrance

PIN = "1234"
SECONDS = 20_000
UP_SECONDS = 30
# arguments after the script: the interpreter, the folder, the bridge's configuration
SCRIPT = (
    "mkdir -p /run/pcscd && mount -t tmpfs tmpfs /run/pcscd"
    ' && unshare --net sh -c \'ip link set lo up && exec "$0" -m tests.cardbridge.lying "$1"\' "$0" "$1" &'
    ' exec "$0" -m cardbridge --config "$2"'
)


def why_not() -> str:
    """What this machine has no virtual card for, or ""."""
    return str(hindrance())


@contextmanager
def reader(env: Mapping[str, str], folder: Path) -> Iterator[None]:
    """The bridge with a card on its reader, until the end of the block."""
    config = folder / "cardbridge.toml"
    command = [sys.executable, "manage.py", "card_bridge_key"]
    lines = subprocess.run(command, cwd=demo_servers.ROOT, env=env, capture_output=True, text=True, check=True).stdout
    port = env["CARD_BRIDGE_URL"].rpartition(":")[2]
    config.write_text(f'{lines}\nport = {port}\nreader = "virtual"\n', encoding="utf-8")
    alone = ["unshare", "--mount", "--fork", "--kill-child", "--pid", "--mount-proc", "sh", "-c", SCRIPT]
    with (folder / "cardbridge.log").open("wb") as log:
        process = subprocess.Popen(
            [*alone, sys.executable, str(folder), str(config)],
            cwd=demo_servers.ROOT, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        _wait_for_card(folder)
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)


def _wait_for_card(folder: Path) -> None:
    deadline = time.monotonic() + UP_SECONDS
    while not (folder / "card-lies-there").exists():
        if time.monotonic() > deadline:
            raise TimeoutError("no card on the virtual reader; see cardbridge.log")
        time.sleep(0.2)


def read(walk: Walk, desk: Page, address: str) -> None:
    """The clerk asks for the card; the resident mistypes the PIN once, on the screen turned to them."""
    screen = walk.window(size=TABLET)
    screen.goto(f"{address}/")
    desk.get_by_role("button", name="カードを読み取る").click()
    expect(screen.get_by_text("マイナンバーは読み取りません")).to_be_visible(timeout=SECONDS)
    walk.look(screen, "card-screen")
    for digits, said in (("9999", "あと2回"), (PIN, "カードをお取りください")):
        screen.get_by_label("券面事項入力補助用の暗証番号").fill(digits)
        screen.get_by_role("button", name="読み取る").click()
        expect(screen.get_by_text(said)).to_be_visible(timeout=SECONDS)
    expect(desk.get_by_text("カードを読み取りました")).to_be_visible(timeout=SECONDS)
    desk.wait_for_load_state()
    walk.look(desk, "visit-card")
    screen.close()
    walk.say("マイナンバーカード（仮想のリーダー、実際のpcscd）: 暗証番号を一度間違え、二度目に4情報を読み取った")
