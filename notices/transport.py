"""SMTP as Django speaks it, with one thing more: it knows when a mail may have been taken and the answer was lost."""

import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

_END_OF_MAIL = b"\r\n.\r\n"


class AnswerLost(Exception):
    """The whole mail was handed over and nobody said whether it was taken: a second try may be a second mail."""


class _Attentive(smtplib.SMTP):
    """A connection that remembers whether the last line of a mail has left."""

    _is_handed_over = False

    def send(self, s: Any) -> None:
        """Send bytes; the end of a mail is the only thing that looks like one."""
        super().send(s)
        if isinstance(s, bytes) and s.endswith(_END_OF_MAIL):
            self._is_handed_over = True

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send the text of a mail. Raises AnswerLost when nothing came back after its end."""
        self._is_handed_over = False
        try:
            return super().data(msg)
        except OSError as error:
            # a time-out, or SMTPServerDisconnected
            if self._is_handed_over and not isinstance(error, smtplib.SMTPResponseException):
                raise AnswerLost(type(error).__name__) from error
            raise


class _AttentiveOverTls(_Attentive, smtplib.SMTP_SSL):
    pass


class SmtpBackend(EmailBackend):
    """Django's SMTP backend over such connections."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _AttentiveOverTls if self.use_ssl else _Attentive
