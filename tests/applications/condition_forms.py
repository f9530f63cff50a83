"""Forms and values as the vectors of the conditions write them, for Python and for the browser's modules."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from applications.conditions import text_of
from applications.definition import parse

ROOT = Path(__file__).resolve().parents[2]
VECTORS = json.loads((Path(__file__).parent / "condition_vectors.json").read_text())
RUNNER = Path(__file__).parent / "condition_cases.mjs"
KINDS = {"Decimal": "number", "date": "date", "datetime": "date_time", "time": "time"}


def form_of_pages(pages):
    """A form of shorthand pages: what only people read is made up."""
    return parse({"schema": 1, "pages": [_labelled(page, "title") for page in pages]})


def _labelled(document, name="label"):
    inside = {"fields": [_labelled(one) for one in document["fields"]]} if "fields" in document else {}
    return {name: document["key"], **document, **inside}


FIELDS = tuple(form_of_pages([{"key": "page", "fields": VECTORS["fields"]}]).fields)


def encoded(value):
    """A value as the vectors write it."""
    if isinstance(value, tuple):
        return list(value)
    if value is None or isinstance(value, bool | str):
        return value
    return {KINDS[type(value).__name__]: text_of(value)}


def encoded_outcome(found):
    return {"visible": sorted(found.visible), "required": sorted(found.required), "calculated": found.calculated}


def node():
    """Node from the system or from script/setup; without one the test fails."""
    found = shutil.which("node") or shutil.which("node", path=str(ROOT / ".venv/bin"))
    assert found, "node is missing: script/setup --test installs it"
    return found


def in_browser(cases):
    """What the browser's modules make of the cases, all in one process of node."""
    with tempfile.TemporaryDirectory() as folder:
        # node takes .js for modules where a package says so; the product's folder is none
        Path(folder, "package.json").write_text('{"type": "module"}')
        for path in (RUNNER, *(ROOT / "static/js").glob("conditions*.js"), ROOT / "static/js/decimal.js"):
            shutil.copy(path, folder)
        done = subprocess.run(
            [node(), Path(folder, RUNNER.name)],
            input=json.dumps(cases),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
