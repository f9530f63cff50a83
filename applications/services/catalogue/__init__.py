"""The catalogue of procedures: YAML files that cities share (docs/catalogue.md)."""

from pathlib import Path

from applications.services.catalogue.differences import Change, ChangeKind
from applications.services.catalogue.loading import load_catalogue
from applications.services.catalogue.memory import CITY_SETTINGS
from applications.services.catalogue.problems import CatalogueError, Problem
from applications.services.catalogue.reading import read_catalogue
from applications.services.catalogue.writing import Export, export, zipped

__all__ = [
    "CITY_SETTINGS",
    "FOLDER",
    "CatalogueError",
    "Change",
    "ChangeKind",
    "Export",
    "Problem",
    "export",
    "load_catalogue",
    "read_catalogue",
    "zipped",
]

FOLDER = Path(__file__).resolve().parents[2] / "catalogue"
"""The catalogue that comes with the product."""
