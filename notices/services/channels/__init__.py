"""What a person chooses of the ways they are told."""

from notices.services.channels.choices import choices_of, save_choices
from notices.services.channels.numbers import CodeRefused, TooManyCodes, end_number, prove_number, start_number

__all__ = ["CodeRefused", "TooManyCodes", "choices_of", "end_number", "prove_number", "save_choices", "start_number"]
