"""The browser's arithmetic of the square map of the web."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.applications.condition_forms import ROOT, node

PROGRAM = """
import { placeAt, tileOf, tilesAround } from "./mercator.js";
const place = { latitude: 35.6762, longitude: 139.6503 };
const back = placeAt(tileOf(place, 17), 17);
console.log(JSON.stringify({
  tile: tileOf(place, 14),
  back,
  east: placeAt({ x: 2 ** 5 + 1, y: 16 }, 5),
  pole: [tileOf({ latitude: 90, longitude: 0 }, 3).y, placeAt({ x: 4, y: -3 }, 3).latitude],
  around: tilesAround({ x: 0.25, y: 7.5 }, 3),
}));
"""


@pytest.fixture(scope="module")
def found():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "package.json").write_text('{"type": "module"}')
        Path(folder, "program.js").write_text(PROGRAM)
        shutil.copy(ROOT / "static/js/mercator.js", folder)
        done = subprocess.run(
            [node(), Path(folder, "program.js")], capture_output=True, text=True, check=True, timeout=60
        )
    return json.loads(done.stdout)


def test_a_place_has_its_tile_and_the_tile_its_place(found):
    assert (int(found["tile"]["x"]), int(found["tile"]["y"])) == (14547, 6451)
    assert found["back"] == pytest.approx({"latitude": 35.6762, "longitude": 139.6503}, abs=1e-9)


def test_the_world_is_round_and_ends_in_the_north(found):
    assert found["east"]["longitude"] == pytest.approx(-180 + 360 / 32)
    assert found["pole"][0] == pytest.approx(0, abs=0.01)
    assert found["pole"][1] == pytest.approx(85.051, abs=0.001)


def test_nine_tiles_less_at_the_end_of_the_world(found):
    assert [(one["column"], one["row"]) for one in found["around"]] == [(7, 6), (0, 6), (1, 6), (7, 7), (0, 7), (1, 7)]
    assert [one["left"] for one in found["around"][:3]] == [-1.25, -0.25, 0.75]
