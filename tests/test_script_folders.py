"""Where the scripts put things: `VAR_DIR` of the environment or of .env, as the settings read it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHELL = [ROOT / "script" / name for name in ("lib.sh", "setup", "demo", "test", "bench")]


@pytest.fixture
def checkout(tmp_path):
    """A checkout with a script that says where things go."""
    folder = tmp_path / "checkout"
    (folder / "script").mkdir(parents=True)
    shutil.copy(ROOT / "script" / "lib.sh", folder / "script")
    (folder / "script" / "say").write_text('. "$(dirname -- "$0")/lib.sh"\nenv | sed -n "s/^VAR_DIR=//p"\n')
    return folder


def said(checkout, cwd, **variables):
    environment = {name: value for name, value in os.environ.items() if name != "VAR_DIR"} | variables
    command = ["sh", "-u", str(checkout / "script" / "say")]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_without_a_word_it_is_var_of_the_checkout(checkout, tmp_path):
    assert said(checkout, tmp_path) == str(checkout / "var")


def test_the_environment_says_where_and_a_short_name_is_below_where_one_stands(checkout, tmp_path):
    assert said(checkout, tmp_path, VAR_DIR="/srv/city") == "/srv/city"
    assert said(checkout, tmp_path, VAR_DIR="mine") == f"{tmp_path}/mine"


def test_env_file_says_where_unless_the_environment_does(checkout, tmp_path):
    (checkout / ".env").write_text("SECRET_KEY=x\nVAR_DIR=/srv/city\n")
    assert said(checkout, tmp_path) == "/srv/city"
    assert said(checkout, tmp_path, VAR_DIR="/srv/other") == "/srv/other"


def test_no_script_writes_into_var_of_the_checkout_by_itself():
    found = {path.name: re.findall(r"\$ROOT/var\b", path.read_text()) for path in SHELL}
    assert {name: len(places) for name, places in found.items() if places} == {"lib.sh": 1}
