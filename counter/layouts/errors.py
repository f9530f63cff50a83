"""Why a form is not printed, in the words of who stands at the printer."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError
from cityhall.fonts import GlyphMissing


class NotPrintable(DomainError):
    """No installed font has a character of an answer: a person writes this form, nobody gets a tofu."""

    code = "not_printable"

    def __init__(self, label: str, error: GlyphMissing) -> None:
        self.label = label
        self.grapheme = error.grapheme
        super().__init__(_("「%(label)s」に印字できない文字があります。%(why)s") % {"label": label, "why": str(error)})


@contextmanager
def printable(label: str) -> Iterator[None]:
    """What is set inside belongs to a question: a missing character is told with its name. Raises NotPrintable."""
    try:
        yield
    except GlyphMissing as error:
        raise NotPrintable(label, error) from error
