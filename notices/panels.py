"""What this app shows outside its own pages: menu entries, the panel of my page, the panel of the staff home."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cityhall.models import User
from cityhall.registry import NavigationItem, Panel, my_page_panels, navigation, staff_home_panels
from notices.display import card_of
from notices.failures import count_failures
from notices.panels_circulars import register_circulars
from notices.queries import letters_due, letters_for_a_person
from notices.queries.campaigns import waiting_for
from notices.queries.replies import replies_for
from notices.signing.certificate import days_left, ends_soon
from notices.signing.token import refusal
from notices.unread import newest_unopened
from residents.permissions import ADD_CONSENT
from residents.queries import own_row_ids

LATEST = 5
COUNT_LIMIT = 100


def register_panels() -> None:
    """Called once, from `AppConfig.ready`."""
    navigation.register("notices.mine", NavigationItem(_("通知"), "notices:my_notices", "resident"), position=20)
    for position, (key, label, permission) in enumerate(
        [
            ("staff_list", _("通知"), "notices.view_notice"),
            ("campaign_list", _("一斉通知"), "notices.view_campaign"),
            ("kind_list", _("通知の種類と文面"), "notices.view_noticetype"),
            ("reply_list", _("通知への返信"), "notices.change_noticereply"),
            ("letter_runs", _("郵送"), "notices.view_letterrun"),
            ("consent_search", _("受け取り方の変更"), ADD_CONSENT),
            ("news_list", _("話題のお知らせ"), "notices.view_topicmessage"),
            ("failures", _("失敗した処理"), "notices.view_failures"),
        ]
    ):
        item = NavigationItem(label, f"notices:{key}", "staff", permission, group=_("通知・郵送"))
        navigation.register(f"notices.{key}", item, position=40 + position)
    my_page_panels.register("notices.mine", Panel("notices/_my_panel.html", unopened_notices), position=10)
    staff_home_panels.register("notices.work", Panel("notices/_staff_panel.html", waiting_work), position=40)
    staff_home_panels.register(
        "notices.certificate", Panel("notices/_certificate_panel.html", ending_certificate), position=5
    )
    staff_home_panels.register("notices.token", Panel("notices/_token_panel.html", refused_token), position=4)
    register_circulars()


def unopened_notices(request: HttpRequest) -> dict[str, Any] | None:
    """The newest notices that wait to be opened; None for staff."""
    user = request.user
    if not isinstance(user, User) or user.is_staff:
        return None
    own = set(own_row_ids(user))
    return {"cards": [card_of(notice, own=own) for notice in newest_unopened(user, LATEST)]}


def ending_certificate(request: HttpRequest) -> dict[str, Any] | None:
    """How many days the city's signing certificate still has, in its last months; for those who see failures."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm("notices.view_failures") or not ends_soon():
        return None
    days = days_left()
    return {"days": days, "has_ended": days is not None and days < 0}


def refused_token(request: HttpRequest) -> dict[str, Any] | None:
    """That nothing is signed because the token refused its PIN; for those who see failures."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm("notices.view_failures"):
        return None
    login = refusal()
    return None if login is None else {"is_locked": login.is_locked}


def waiting_work(request: HttpRequest) -> dict[str, Any] | None:
    """Capped counts of letters and replies that wait and of work that failed; None for those who may see none."""
    user = request.user
    if not isinstance(user, User):
        return None
    figures = []
    if user.has_perm("notices.view_letterrun"):
        count = letters_due(user).order_by()[:COUNT_LIMIT].count()
        figures.append(_figure(_("郵送待ちの通知"), "notices:letter_runs", count))
        held_up = letters_for_a_person(user).order_by()[:COUNT_LIMIT].count()
        figures.append(_figure(_("手作業が必要な手紙"), "notices:letter_runs", held_up, is_alarm=True))
    if user.has_perm("notices.view_campaign") and (waiting := waiting_for(user)):
        figures.append(_figure(_("確認を待つ一斉通知"), "notices:campaign_list", waiting, is_alarm=True))
    if user.has_perm("notices.change_noticereply"):
        unanswered = replies_for(user).order_by()[:COUNT_LIMIT].count()
        figures.append(_figure(_("未対応の返信"), "notices:reply_list", unanswered, is_alarm=True))
    if user.has_perm("notices.view_failures"):
        figures.append(_figure(_("失敗した処理"), "notices:failures", count_failures(user), is_alarm=True))
    return {"figures": figures} if figures else None


def _figure(label: Any, url_name: str, count: int, *, is_alarm: bool = False) -> dict[str, Any]:
    text = f"{COUNT_LIMIT - 1}+" if count >= COUNT_LIMIT else str(count)
    return {"label": label, "url_name": url_name, "text": text, "is_alarm": is_alarm and count > 0}
