"""A Django form field for each kind of question. Cleaning gives the stored answer, or None for a blank.

People are helped rather than corrected: width, hyphens, commas and kana of the wrong script are
converted; only what cannot be understood is asked again, in a sentence.
"""

from applications.fields.base import AnswerField
from applications.fields.bound import PartsBoundField
from applications.fields.building import build, takes_files

__all__ = ["AnswerField", "PartsBoundField", "build", "takes_files"]
