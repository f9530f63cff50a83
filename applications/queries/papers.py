"""Which papers staff saw at the counter (`applications.papers`)."""

from applications.enums import Channel
from applications.models import Application, Reception


def seen_papers(application: Application) -> frozenset[str]:
    """The questions for which staff saw papers; only the counter knows papers. One query there, none elsewhere."""
    if application.channel != Channel.COUNTER:
        return frozenset()
    return papers_of(Reception.objects.filter(application=application).first())


def papers_of(reception: Reception | None) -> frozenset[str]:
    """The same of a reception that was read."""
    return frozenset(reception.papers_seen) if reception else frozenset()
