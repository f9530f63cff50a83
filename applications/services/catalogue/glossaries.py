"""Words of the catalogue's forms in other languages: `texts/<language>.yaml`, Japanese → translation, for all forms.

What many forms say alike is translated once; a form that says something of its own has it in its file
(`translations`).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from applications.definition import LANGUAGES
from applications.services.catalogue.problems import CatalogueError, Problem
from applications.services.catalogue.yaml_files import read_yaml

FOLDER: Final = "texts"
Words = Mapping[str, Mapping[str, str]]
"""Language → Japanese → words."""


def glossaries(folder: Path, problems: list[Problem]) -> Words:
    """All glossaries of a catalogue's folder; mistakes are noted."""
    found: dict[str, Mapping[str, str]] = {}
    for path in sorted((folder / FOLDER).glob("*.yaml")):
        try:
            document = read_yaml(path.name, path.read_bytes(), allows_references=True)
        except CatalogueError as error:
            problems += error.problems
            continue
        if path.stem not in LANGUAGES:
            problems.append(Problem(path.name, "", _("知らない言語です: %(language)s") % {"language": path.stem}))
        elif not _is_table(document):
            problems.append(Problem(path.name, "", _("日本語と訳の組にしてください。")))
        else:
            found[path.stem] = document
    return found


def _is_table(document: object) -> bool:
    if not isinstance(document, dict):
        return False
    return all(isinstance(text, str) and text.strip() for pair in document.items() for text in pair)
