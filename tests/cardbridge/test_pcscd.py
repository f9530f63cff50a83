"""The whole way to a card, through the system's library and a real pcscd with a virtual reader.

The virtual reader listens on every address: it gets a network namespace of its own. So does the folder of pcscd's
socket, so that a pcscd of this computer is neither used nor disturbed.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cardbridge.over_pcscd import ALONE, hindrance

ROOT = Path(__file__).resolve().parents[2]
# arguments after the script: the interpreter, the folder
SCRIPT = (
    "ip link set lo up && mkdir -p /run/pcscd && mount -t tmpfs tmpfs /run/pcscd"
    ' && exec "$0" -m tests.cardbridge.over_pcscd "$1"'
)


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    if why := hindrance():
        pytest.skip(why)
    folder = str(tmp_path_factory.mktemp("pcscd"))
    command = [*ALONE, SCRIPT, sys.executable, folder]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)
    assert (done.stderr, done.returncode) == ("", 0)
    return json.loads(done.stdout)


def test_card_is_read_through_the_system_library(said):
    person = {
        "name": "高橋　さくら",
        "address": "東京都青梅市東青梅１丁目１１番地の１",
        "birth_date": "1990-01-15",
        "sex": "female",
    }
    assert (said["read"], said["read by the code"]) == (person, person)


def test_what_goes_wrong_has_its_name(said):
    assert (said["no service"], said["no card"]) == ("no_service", "no_card")
    assert (said["wrong"], said["left"]) == ("wrong_secret", 2)
    assert (said["blocked"], said["other card"]) == ("blocked", "other_card")
    assert said["taken away"] in ("card_removed", "card_unreadable", "no_card")


def test_card_is_closed_and_its_number_never_asked_for(said):
    assert (said["closed afterwards"], said["my number"]) == (True, False)
