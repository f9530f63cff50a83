"""Stored answers and how people read them.

An answer is JSON in one fixed shape per field type (see the README of this app); a blank is an absent key.
"""

from applications.answers.model import ADDRESS_PARTS, NO, YES, Answers, FileLink, Row, Section
from applications.answers.sections import ADDRESS_HIDDEN, APPLICANT_ADDRESS, display_rows
from applications.answers.words import display_address, display_date, display_text, group_digits

__all__ = [
    "ADDRESS_HIDDEN",
    "ADDRESS_PARTS",
    "APPLICANT_ADDRESS",
    "NO",
    "YES",
    "Answers",
    "FileLink",
    "Row",
    "Section",
    "display_address",
    "display_date",
    "display_rows",
    "display_text",
    "group_digits",
]
