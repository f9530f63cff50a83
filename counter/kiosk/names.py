"""What life events and procedures are called in the language of the tablet."""

from collections.abc import Iterable

from applications.definition import form_of
from applications.definition.translating import NAME
from applications.models import LifeEvent, Procedure
from reservations.hall.languages import JAPANESE, pick


def named(procedures: Iterable[Procedure], language: str) -> list[tuple[Procedure, str, bool]]:
    """Each with its name, and whether that is in the language; in Japanese where the form has none. One query."""
    rows = list(procedures)
    if language == JAPANESE:
        return [(one, one.name, True) for one in rows]
    loaded = Procedure.objects.filter(pk__in=[one.pk for one in rows]).select_related("current_version")
    versions = {one.pk: one.current_version for one in loaded}
    words = {pk: form_of(version).translations.get(language, {}) for pk, version in versions.items() if version}
    return [(one, words.get(one.pk, {}).get(NAME, one.name), NAME in words.get(one.pk, {})) for one in rows]


def event_named(event: LifeEvent, language: str) -> tuple[str, bool]:
    """Its name, and whether that is in the language."""
    name = pick(event.name, event.names, language)
    return name, language == JAPANESE or bool(event.names.get(language))
