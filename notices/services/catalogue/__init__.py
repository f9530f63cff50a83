"""Kinds of notices from files: docs/notices.md says what a file holds."""

from notices.services.catalogue.loading import Change, load_types
from notices.services.catalogue.reading import TYPES_FOLDER, CatalogueError, known_types

__all__ = ["TYPES_FOLDER", "CatalogueError", "Change", "known_types", "load_types"]
