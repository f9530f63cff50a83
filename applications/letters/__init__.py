"""The text of decision letters: what may be named in it, and what stands in its place."""

from applications.letters.answers import answer_values
from applications.letters.names import of_form, usual
from notices.texts import Placeholder

__all__ = ["Placeholder", "answer_values", "of_form", "usual"]
