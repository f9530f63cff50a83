"""Import of the city's register of residents (住民基本台帳): map the columns, check, apply."""

from residents.services.register.columns import COLUMNS, guess_mapping
from residents.services.register.lifecycle import (
    apply_import,
    check_import,
    headings_of,
    run_slice,
    start_import,
    unfinished_imports,
)
from residents.services.register.retention import release_files

__all__ = [
    "COLUMNS",
    "apply_import",
    "check_import",
    "guess_mapping",
    "headings_of",
    "release_files",
    "run_slice",
    "start_import",
    "unfinished_imports",
]
