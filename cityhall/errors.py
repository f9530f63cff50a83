"""The one base of everything a service refuses, in words a person can read."""

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal by a rule. `code` is for programs and logs, `message` for the person at the screen."""

    code = "refused"
    message = _("この操作はできません。")

    def __init__(self, message: object | None = None) -> None:
        if message is not None:
            self.message = message  # type: ignore[assignment]
        super().__init__(str(self.code))

    def __str__(self) -> str:
        return str(self.message)


class StaleState(DomainError):
    """Somebody else moved the row first."""

    code = "stale_state"
    message = _("他の人が先に操作しました。最新の状態を確認してからやり直してください。")
