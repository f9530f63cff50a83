"""Changing kinds of notices: their rules in place, their texts as new versions. What was sent keeps its own."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.db import violated
from cityhall.enums import AuditAction, FileKind
from cityhall.errors import DomainError, StaleState
from cityhall.models import StoredFile, User
from cityhall.services import audit
from cityhall.services.files import accept_upload
from notices.models import NoticeType, NoticeTypeVersion, VersionFile
from notices.queries.kinds import may_change_kind, newest_version_of
from notices.services.catalogue.reading import RULES, TEXTS
from notices.texts import USUAL_NAMES, mistakes_in

_COLUMNS = (*RULES, "is_active")


class NotYourKind(DomainError):
    """The kind belongs to another department, or to none."""

    code = "not_your_kind"
    message = _("この通知は、所管課の審査担当・決裁者か、管理者だけが変えられます。")


class WrongText(DomainError):
    """The text names what is not known, or a condition of it cannot be read."""

    code = "wrong_notice_text"


class TextUnchanged(DomainError):
    code = "text_unchanged"
    message = _("文面は変わっていません。変えるところを編集してから保存してください。")


class TextChangedMeanwhile(StaleState):
    code = "text_changed"
    message = _(
        "ほかの人が先に文面を変えました。入力した内容は残っています。最新の文面との違いを確認してから保存してください。"
    )


def save_kind(*, notice_type: NoticeType, by: User) -> NoticeType:
    """Keep the rules of a kind as they stand in it; a new kind is made. Audited, when anything differs.

    Notices that were made keep the text and the term of retention of their day; the rules of reminder, paper and
    effect are those of the kind when the document is made. Raises NotYourKind, also for a kind that is taken from
    another department by giving it one's own.
    """
    before = NoticeType.objects.select_related("department").filter(pk=notice_type.pk).first()
    if not all(may_change_kind(by, kind) for kind in (before, notice_type) if kind):
        raise NotYourKind
    changed = [name for name in _COLUMNS if before is None or getattr(before, name) != getattr(notice_type, name)]
    if not changed:
        return notice_type
    with transaction.atomic():
        notice_type.save(update_fields=changed if before else None)
        _record(notice_type, notice_type, by, changed, is_new=before is None)
    return notice_type


def new_version(
    *,
    notice_type: NoticeType,
    texts: Mapping[str, Any],
    change_note: str,
    seen_version: int,
    by: User,
    files: Sequence[StoredFile] | None = None,
    uploads: "Sequence[UploadedFile[Any]]" = (),
    known: Collection[str] | None = None,
    now: dt.datetime | None = None,
) -> NoticeTypeVersion:
    """Make the next version of a text. What `texts` leaves out, and `files` when it is None, stays as it was. Audited.

    `uploads` come after the files, in quarantine until they are checked.

    `known` are the names it may use: the usual ones and those with a sample value, unless the caller knows others.
    Whether the person may do this is the caller's question (see `may_change_kind`).
    Raises WrongText, TextUnchanged, UploadRefused, TextChangedMeanwhile when the newest version is not the one the
    person saw.
    """
    newest = newest_version_of(notice_type)
    columns = {name: getattr(newest, name) if newest else default for name, default in TEXTS.items()} | dict(texts)
    names = USUAL_NAMES | columns["sample"].keys() if known is None else known
    if mistakes := [one.sentence for text in all_texts(columns) for one in mistakes_in(text, names)]:
        raise WrongText("\n".join(mistakes))
    if (newest.number if newest else 0) != seen_version:
        raise TextChangedMeanwhile
    kept = [one.file for one in newest.files.select_related("file").order_by("position", "pk")] if newest else []
    enclosed = kept if files is None else list(files)
    if (
        newest is not None
        and not uploads
        and enclosed == kept
        and all(getattr(newest, name) == columns[name] for name in TEXTS)
    ):
        raise TextUnchanged
    try:
        with transaction.atomic():
            version = NoticeTypeVersion.objects.create(
                notice_type=notice_type,
                number=seen_version + 1,
                **columns,
                change_note=change_note.strip(),
                created_by=by,
                created_at=now or timezone.now(),
            )
            enclosed += [accept_upload(upload=upload, kind=FileKind.ENCLOSURE, by=by) for upload in uploads]
            VersionFile.objects.bulk_create(
                VersionFile(version=version, file=file, position=position)
                for position, file in enumerate(enclosed, start=1)
            )
            _record(notice_type, version, by, tuple(texts), is_new=True)
    except IntegrityError as error:
        if violated(error) == "notice_type_version_number_unique":
            raise TextChangedMeanwhile from error
        raise
    return version


def all_texts(columns: Mapping[str, Any]) -> list[str]:
    """Every text of a version that is filled with values."""
    texts = [columns["title"], columns["body"], columns["appeal_text"]]
    texts += [row["text"] for row in columns["particulars"]]
    texts += [text for words in columns.get("translations", {}).values() for text in words.values()]
    return texts + list(columns.get("action_values", {}).values())


def _record(
    kind: NoticeType, target: NoticeType | NoticeTypeVersion, by: User, fields: Sequence[str], *, is_new: bool
) -> None:
    number = f" {target.number}" if isinstance(target, NoticeTypeVersion) else ""
    audit.record(
        action=AuditAction.CREATE if is_new else AuditAction.CHANGE,
        actor=by,
        target_type=target._meta.label_lower,
        target_id=target.pk,
        target_label=f"{kind.key}{number}",
        changed_fields=fields,
        department_code=kind.department.code if kind.department else "",
    )
