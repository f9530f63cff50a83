"""Background work of the notices. Each task looks for due rows and may run twice at once."""

import datetime as dt


def send_mails() -> None:
    """Send due mails."""


def make_documents() -> None:
    """Set and sign due documents."""


PERIODIC = {
    "notices.tasks.send_mails": dt.timedelta(seconds=30),
    "notices.tasks.make_documents": dt.timedelta(seconds=30),
}
