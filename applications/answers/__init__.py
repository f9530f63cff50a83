"""Stored answers and how people read them.

An answer is JSON in one fixed shape per field type (see the README of this app); a blank is an absent key.
"""

from applications.answers.model import (
    ACCOUNT_TYPES,
    ADDRESS_PARTS,
    BANK_PARTS,
    NAME_PARTS,
    NO,
    UNSETTLED,
    UNSETTLED_PARTS,
    YES,
    Answers,
    Entry,
    FileLink,
    Row,
    Section,
)
from applications.answers.sections import ADDRESS_HIDDEN, APPLICANT_ADDRESS, display_rows, row_title
from applications.answers.words import display_address, display_date, display_text, display_time, group_digits

__all__ = [
    "ACCOUNT_TYPES",
    "ADDRESS_HIDDEN",
    "ADDRESS_PARTS",
    "APPLICANT_ADDRESS",
    "BANK_PARTS",
    "NAME_PARTS",
    "NO",
    "UNSETTLED",
    "UNSETTLED_PARTS",
    "YES",
    "Answers",
    "Entry",
    "FileLink",
    "Row",
    "Section",
    "display_address",
    "display_date",
    "display_rows",
    "display_text",
    "display_time",
    "group_digits",
    "row_title",
]
