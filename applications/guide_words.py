"""How the groups of a result are called."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.guide import When


@dataclass(frozen=True)
class Heading:
    """`tone` is that of the chip beside each result."""

    title: str | Promise
    text: str | Promise
    tone: str


_HEADINGS = {
    When.OVERDUE: Heading(
        _("期限を過ぎています"),
        _("過ぎていても受け付けるものがあります。できるだけ早く窓口へご相談ください。"),
        "error",
    ),
    When.NOW: Heading(_("いますぐ（7日以内）"), _("まずこの手続から始めてください。"), "warning"),
    When.FORTNIGHT: Heading(_("14日以内"), "", "warning"),
    When.MONTH: Heading(_("1か月以内"), "", "info"),
    When.LATER: Heading(_("1か月より後でもよいもの"), "", "neutral"),
    When.NOT_YET: Heading(
        _("その日が来てから"), _("まだ手続できません。できるようになる日を確かめてください。"), "neutral"
    ),
    When.ANYTIME: Heading(_("期限の定めがないもの"), _("必要なときに手続してください。"), "neutral"),
}


def headings(when: When) -> Heading:
    """The words of a group."""
    return _HEADINGS[when]
