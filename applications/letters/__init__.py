"""The text of decision letters: what may be named in it, and what stands in its place."""

from applications.letters.answers import answer_values
from applications.letters.checking import Mistake, mistakes_in
from applications.letters.names import Placeholder, of_form, usual

__all__ = ["Mistake", "Placeholder", "answer_values", "mistakes_in", "of_form", "usual"]
