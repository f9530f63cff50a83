"""The inbox of a resident in its richest state, and what staff see of the people of a campaign."""

from django.urls import reverse
from django.utils import timezone

from cityhall.crypto import encrypt
from cityhall.enums import Role
from cityhall.models import User
from notices.models import Notice, NoticeType
from notices.services.receipts import open_notice, show_code
from notices.services.replies import send_reply
from residents.models import Resident
from residents.queries import own_row_ids
from tests.notices.peoplekit import make_campaign, put_into


def at(name, *parts):
    return reverse(f"notices:{name}", args=parts)


def pages_of_resident(user):
    """A search that finds nothing, the archive with and without, and a notice with everything a notice may have."""
    yield at("my_notices") + "?text=zzz"
    yield at("my_archive")
    notice = _rich_notice(user)
    if notice is not None:
        path = at("notice_detail", notice.public_id)
        yield from (path, f"{path}?lang=en")
        Notice.objects.filter(recipient__in=own_row_ids(user)).exclude(pk=notice.pk).update(archived_at=timezone.now())
        yield at("my_archive") + "?category=other"


def pages_of_people(user):
    """Everybody of a campaign, also when nobody is asked for; replies that wait and all; a notice with a reply."""
    notice = Notice.objects.filter(replies__isnull=False).order_by("id").first()
    approver = User.objects.filter(roles__role=Role.APPROVER).exclude(pk=user.pk).order_by("id").first()
    campaign = make_campaign(
        notice.version.notice_type, notice.department, by=user, approved_by=approver, version=notice.version
    )
    put_into(campaign, notice, 2)
    people = at("campaign_people", campaign.public_id)
    yield from (people, f"{people}?show=withdrawn", at("reply_list"), at("reply_list") + "?all=1")
    yield at("staff_detail", notice.public_id)
    yield from pages_of_consent()


def pages_of_consent():
    """Whose notices shall go by post again: nobody found, somebody, who agreed, and who gets paper."""
    agreed = Resident.objects.filter(consents__is_given=True).order_by("id").first()
    on_paper = Resident.objects.filter(consents=None, merged_into=None).order_by("id").first()
    yield from (at("consent_search"), at("consent_search") + "?q=ありえない", at("consent_search") + "?q=タ")
    yield from (at("consent_person", person.public_id) for person in (agreed, on_paper))


def _rich_notice(user):
    notice = Notice.objects.filter(recipient__in=own_row_ids(user), state="available").order_by("id").first()
    if notice is None:
        return None
    NoticeType.objects.filter(versions=notice.version_id).update(allows_reply=True, needs_confirmation=True)
    Notice.objects.filter(pk=notice.pk).update(
        one_time_code=encrypt("MDR-7788-2231"),
        translations={"en": {"title": "Notice", "body": "Your application was **approved**."}},
        action_kind="procedure",
        action_target="jido-teate",
        action_label="手続に進む",
    )
    notice = Notice.objects.select_related("version__notice_type").get(pk=notice.pk)
    open_notice(notice, by=user)
    show_code(notice, by=user)
    send_reply(notice=notice, body="質問があります。", request_key="axe", by=user)
    return notice
