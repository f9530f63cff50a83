"""One person of a campaign as staff see them: state, reason, telephone."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from cityhall.enums import WorkState
from cityhall.models import User
from cityhall.references import format_number
from notices.display import paper_chip, staff_chip
from notices.enums import NoticeState, PaperState, RowState
from notices.models import CampaignRow, Notice
from residents.permissions import VIEW_PROTECTED_ADDRESS
from residents.phones import format_phone
from residents.queries import is_protected, living_row_of

_ROW_TONES = {
    RowState.PROBLEM: "error",
    RowState.FAILED: "error",
    RowState.GOOD: "neutral",
    RowState.DOUBTFUL: "warning",
}


@dataclass(frozen=True)
class PersonRow:
    """One line of the list of people."""

    row: CampaignRow
    name: str
    about: str
    state: dict[str, str]
    paper: dict[str, str] | None
    reason: str
    phone: str

    @property
    def notice(self) -> Notice | None:
        return self.row.notice


def person_of(row: CampaignRow, *, to: User) -> PersonRow:
    """A line as a member of staff may see it: the telephone of people under protection is for few. No query."""
    notice = row.notice
    name = notice.recipient_name if notice else row.recipient.full_name if row.recipient else _typed_name(row)
    subject = row.subject.full_name if row.subject and row.subject_id != row.recipient_id else ""
    if notice is None:
        chip = {"label": str(row.get_state_display()), "tone": _ROW_TONES.get(RowState(row.state), "neutral")}
    else:
        chip = staff_chip(notice)
    return PersonRow(
        row=row,
        name=name,
        about=subject,
        state=chip,
        paper=paper_chip(notice) if notice else None,
        reason=_reason_of(row),
        phone=_phone_of(row, to),
    )


EXPORT_HEADER = (
    *("行", "氏名", "対象者", "通知番号", "状態", "郵送", "理由", "電話番号", "お届け日時", "開封日時", "確認日時"),
    *("手続日時", "効力が生じる日", "取消日時", "通知書のSHA-256"),
)
"""Headings of the exported list; a table of data, in the language of the city."""


def export_line(person: PersonRow) -> Iterator[str]:
    """The cells of one person."""
    notice = person.notice
    yield from (str(person.row.position), person.name, person.about)
    yield format_number(notice.number) if notice else ""
    yield person.state["label"]
    yield person.paper["label"] if person.paper else ""
    yield from (person.reason, person.phone)
    if notice is None:
        yield from [""] * 7
        return
    for moment in (notice.available_at, notice.opened_at, notice.confirmed_at, notice.acted_at):
        yield f"{localtime(moment):%Y-%m-%d %H:%M:%S}" if moment else ""
    yield notice.effective_on.isoformat() if notice.effective_on else ""
    yield f"{localtime(notice.withdrawn_at):%Y-%m-%d %H:%M:%S}" if notice.withdrawn_at else ""
    yield notice.sha256


def _typed_name(row: CampaignRow) -> str:
    """Whom the file means, when nobody was found: the name, else the number."""
    said = row.typed.get("recipient", {})
    return str(said.get("name") or said.get("number") or "")


def is_out_of_reach(row: CampaignRow) -> bool:
    """Whether a notice lies where nobody can open it and no letter will go out."""
    notice = row.notice
    if notice is None or notice.state != NoticeState.AVAILABLE:
        return False
    has_paper = notice.paper_state != PaperState.NONE or notice.paper_due_at is not None
    return not has_paper and row.recipient is not None and living_row_of(row.recipient).user_id is None


def _reason_of(row: CampaignRow) -> str:
    """Why somebody has nothing, or nobody told them, the newest reason first."""
    if row.problem:
        return row.problem
    notice = row.notice
    if notice is None:
        return ""
    job = getattr(notice, "document_job", None)
    if job is not None and job.state == WorkState.GIVEN_UP:
        return _("通知書を作成できませんでした。%(reason)s") % {"reason": job.last_error}
    if is_out_of_reach(row):
        return _("アカウントがなく、郵送にもなりません。別の方法でお知らせしてください。")
    troubles = getattr(notice, "troubles", [])
    if notice.withdrawn_reason or not troubles:
        return notice.withdrawn_reason
    last = troubles[-1]
    return " ".join(part for part in (str(last.get_kind_display()), last.detail) if part)


def _phone_of(row: CampaignRow, user: User) -> str:
    if row.recipient is None:
        return ""
    person = living_row_of(row.recipient)
    if is_protected(person) and not user.has_perm(VIEW_PROTECTED_ADDRESS):
        return ""
    return format_phone(person.phone) if person.phone else ""
