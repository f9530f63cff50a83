"""How forms look on paper: drawing alone, no database."""

from counter.layouts.errors import NotPrintable
from counter.layouts.overlay import Sheet, official_pdf
from counter.layouts.papers import APPLICANT_CONCEPTS, Paper, Value
from counter.layouts.spots import Spot, spots_of
from counter.layouts.standard import refusal_pdf, standard_pdf

__all__ = [
    "APPLICANT_CONCEPTS",
    "NotPrintable",
    "Paper",
    "Sheet",
    "Spot",
    "Value",
    "official_pdf",
    "refusal_pdf",
    "spots_of",
    "standard_pdf",
]
