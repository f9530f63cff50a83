"""What is allowed in a form and should be changed all the same."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from applications.concepts import concept_of
from applications.definition.errors import Problem
from applications.definition.model import Field, Form


def warnings_of(form: Form) -> list[Problem]:
    """A sentence for each field that should be changed; none of them keeps the form from being published."""
    return [problem for field in form.fields for one in (field, *field.fields) for problem in _warnings(one)]


def _warnings(field: Field) -> Iterator[Problem]:
    concept = concept_of(field.concept)
    if concept is not None and concept.is_deprecated:
        yield Problem(
            field.key,
            _("概念 %(concept)s は、新しい様式では使わないでください。別の概念を選んでください。")
            % {"concept": concept.key},
        )
