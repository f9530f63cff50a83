"""Which files of an application were ever sent: those its revisions name stay, all others may be swept."""

from collections.abc import Iterator
from typing import Any

from applications.models import Application


def ids_in(answer: Any) -> Iterator[str]:
    """Every text in the answers: the ids of files are among them, in rows and signatures too."""
    if isinstance(answer, str):
        yield answer
    elif isinstance(answer, dict):
        for value in answer.values():
            yield from ids_in(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from ids_in(value)


def sent_ids(application: Application) -> set[str]:
    """The texts of all revisions, the ids of the files they name among them. One query; none before sending."""
    if application.submitted_at is None:
        return set()
    revisions = application.revisions.values_list("answers", flat=True)
    return {text for answers in revisions for text in ids_in(answers)}
