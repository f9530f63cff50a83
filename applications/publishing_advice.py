"""What apps above know of a form before it becomes a version: its designer is told, on the page with the button.

An app registers a function in `AppConfig.ready`; the designer's pages know none of them by name.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from applications.definition import DefinitionError, Form, parse
from applications.designer.places import Document
from applications.models import Procedure
from cityhall.errors import DomainError
from cityhall.registry import Registry


@dataclass(frozen=True)
class Advice:
    """A sentence about a form, the names it is about, and a page that helps.

    `refuses`: the form cannot become a version. `follows`: there is work left afterwards, so it is said once more then.
    """

    text: str
    names: tuple[str, ...] = ()
    url: str = ""
    link: str = ""
    refuses: bool = False
    follows: bool = False


Adviser = Callable[[Procedure, Form], Iterable[Advice]]
"""Reads only. The form is one that could be published as far as this app knows."""

advisers: Registry[Adviser] = Registry()


class Unpublishable(DomainError):
    """An app above cannot work with this form at all."""

    code = "unpublishable"
    message = _("この様式は新しい版にできません。")


def advice_on(procedure: Procedure, form: Form) -> list[Advice]:
    """Everything there is to say of the form, in the order of registration."""
    return [one for adviser in advisers for one in adviser(procedure, form)]


def advice_on_document(procedure: Procedure, document: Document) -> list[Advice]:
    """The same of a document; nothing of one that cannot be read, which has mistakes to mend first."""
    try:
        form = parse(document)
    except DefinitionError:
        return []
    return advice_on(procedure, form)


def refuse_unpublishable(procedure: Procedure, document: Document) -> None:
    """Raises Unpublishable with every reason."""
    reasons = [one.text for one in advice_on_document(procedure, document) if one.refuses]
    if reasons:
        raise Unpublishable("\n".join(reasons))
