"""Extracts: what is made again and again (profiles), asking for one and stopping it, and the worker that makes it."""

from applications.services.extracts.making import LEASE, make_extract, sweep_folders
from applications.services.extracts.orders import (
    ExtractRunning,
    NothingToExtract,
    cancel,
    note_download,
    order,
    preview,
)
from applications.services.extracts.profiles import (
    NameTaken,
    NotYourProcedure,
    create_profile,
    move_column,
    save_profile,
    set_columns,
)

__all__ = [
    "LEASE",
    "ExtractRunning",
    "NameTaken",
    "NotYourProcedure",
    "NothingToExtract",
    "cancel",
    "create_profile",
    "make_extract",
    "move_column",
    "note_download",
    "order",
    "preview",
    "save_profile",
    "set_columns",
    "sweep_folders",
]
