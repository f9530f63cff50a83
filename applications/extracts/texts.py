"""Cells as text: for files without kinds of cells, and for the preview."""

import datetime as dt
from decimal import Decimal

from applications.extracts.writing import Dates
from cityhall.days import wareki
from cityhall.spreadsheets import safe_cell
from cityhall.workbooks import Cell


def in_words(cell: Cell, dates: str) -> Cell:
    """Days in the era calendar when that is wanted; everything else as it is."""
    if dates != Dates.WAREKI or not isinstance(cell, dt.date):
        return cell
    if isinstance(cell, dt.datetime):
        return f"{wareki(cell.date())} {cell:%H:%M}"
    return wareki(cell)


def as_text(cell: Cell) -> str:
    """2026-04-01, 2026-04-01 09:30, a number by its digits."""
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def csv_text(cell: Cell) -> str:
    """The cell for a CSV file: a number stays one, a text that looks like a formula gets an apostrophe before it."""
    text = as_text(cell)
    return text if isinstance(cell, int | Decimal) else safe_cell(text)
