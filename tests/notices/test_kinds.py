"""Changing kinds: who may, what becomes a version, and what a text cannot say."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cityhall.enums import FileKind, Role
from cityhall.models import AuditEvent
from notices.models import NoticeType, NoticeTypeVersion
from notices.queries.kinds import kinds_for, may_change_kind
from notices.queries.versions import differences_of, two_versions
from notices.services.kinds import (
    NotYourKind,
    TextChangedMeanwhile,
    TextUnchanged,
    WrongText,
    new_version,
    save_kind,
)
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


@pytest.fixture
def elsewhere(departments):
    return make_staff(role=Role.APPROVER, department=departments["kaigo"])


def texts_of(version, **changed):
    names = ("title", "body", "particulars", "appeal_text", "sample")
    return {name: getattr(version, name) for name in names} | changed


def written(notice_type, by, **given):
    newest = notice_type.versions.order_by("-number").first()
    sample = {"applicant_name": "高橋", "reason": "要件を満たすため", "application_number": "1234"}
    values = {"change_note": "見直し", "seen_version": newest.number, **given}
    texts = texts_of(newest, sample=sample, **values.pop("texts", {}))
    return new_version(notice_type=notice_type, texts=texts, by=by, **values)


def test_rules_are_changed_by_the_department_and_noted(notice_type, handler):
    notice_type.hours_until_paper = 24
    notice_type.name = "新しい名前"
    save_kind(notice_type=notice_type, by=handler)
    notice_type.refresh_from_db()
    assert (notice_type.name, notice_type.hours_until_paper) == ("新しい名前", 24)
    event = AuditEvent.objects.get(target_type="notices.noticetype")
    assert event.changed_fields == ["hours_until_paper", "name"]
    save_kind(notice_type=notice_type, by=handler)
    assert AuditEvent.objects.filter(target_type="notices.noticetype").count() == 1


def test_nobody_takes_a_kind_from_another_department(notice_type, elsewhere, departments):
    notice_type.department = departments["kaigo"]
    with pytest.raises(NotYourKind):
        save_kind(notice_type=notice_type, by=elsewhere)
    assert NoticeType.objects.get().department.code == "kosodate"


@pytest.mark.parametrize(
    ("role", "may"),
    [(Role.HANDLER, True), (Role.APPROVER, True), (Role.CLERK, False), (Role.AUDITOR, False)],
)
def test_who_writes_for_the_department_may_change(notice_type, department, role, may):
    assert may_change_kind(make_staff(role=role, department=department), notice_type) is may


def test_what_belongs_to_no_department_is_the_administrators(notice_type, handler, administrator):
    NoticeType.objects.update(department=None)
    notice_type.refresh_from_db()
    assert (may_change_kind(handler, notice_type), may_change_kind(administrator, notice_type)) == (False, True)
    assert list(kinds_for(handler)) == [notice_type]


def test_list_is_scoped_by_department_and_knows_the_newest_text(notice_type, handler, elsewhere):
    (kind,) = kinds_for(handler)
    assert (kind.newest_number, kind.newest_by) == (1, None)
    assert list(kinds_for(elsewhere)) == []


def test_new_text_is_a_version_with_note_and_author(notice_type, handler):
    version = written(notice_type, handler, texts={"title": "新しい表題"})
    assert (version.number, version.title, version.change_note, version.created_by) == (
        2,
        "新しい表題",
        "見直し",
        handler,
    )
    assert AuditEvent.objects.get(target_type="notices.noticetypeversion").target_label == "jido-teate 2"


def test_what_is_left_out_goes_on(notice_type, handler):
    NoticeTypeVersion.objects.create(
        notice_type=notice_type,
        number=2,
        title="表題",
        body="本文",
        translations={"en": {"title": "Title", "body": "Body"}},
        action_kind="procedure",
        action_target="dog",
        action_label="申請する",
    )
    version = new_version(
        notice_type=notice_type, texts={"title": "別の表題"}, change_note="x", seen_version=2, by=handler
    )
    assert version.translations == {"en": {"title": "Title", "body": "Body"}}
    assert (version.action_target, version.body) == ("dog", "本文")


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"body": "((reasn))"}, r"1行目：\(\(reasn\)\)"),
        ({"body": "一\n((if reasn filled))x((end))"}, "「reasn」という差込項目はありません"),
        ({"body": "((if reason filled))x"}, "閉じる"),
        ({"particulars": [{"label": "x", "text": "((nobody))"}]}, "nobody"),
        ({"translations": {"en": {"title": "x", "body": "((nobody))"}}}, "nobody"),
        ({"action_kind": "procedure", "action_target": "x", "action_values": {"a": "((nobody))"}}, "nobody"),
    ],
)
def test_a_text_that_could_not_be_filled_is_refused(notice_type, handler, texts, words):
    with pytest.raises(WrongText, match=words):
        written(notice_type, handler, texts=texts)
    assert notice_type.versions.count() == 1


def test_the_same_text_is_no_version_and_a_stale_one_is_told(notice_type, handler):
    written(notice_type, handler, texts={"title": "二"})
    with pytest.raises(TextUnchanged):
        written(notice_type, handler)
    with pytest.raises(TextChangedMeanwhile):
        written(notice_type, handler, texts={"title": "三"}, seen_version=1)


def test_files_are_kept_left_out_and_added(notice_type, handler):
    first = written(notice_type, handler, uploads=[SimpleUploadedFile("地図.pdf", PDF, "application/pdf")])
    (enclosed,) = first.files.all()
    assert (enclosed.file.name, enclosed.file.kind, enclosed.position) == ("地図.pdf", FileKind.ENCLOSURE, 1)
    second = written(notice_type, handler, texts={"title": "二"})
    assert [one.file for one in second.files.all()] == [enclosed.file]
    third = written(notice_type, handler, files=[])
    assert not third.files.exists()


def test_differences_show_lines_of_every_part(notice_type, handler):
    written(notice_type, handler, texts={"title": "二"}, uploads=[SimpleUploadedFile("地図.pdf", PDF)])
    written(notice_type, handler, texts={"body": "三"}, files=[])
    newest, second, first = differences_of(notice_type)
    assert first.lines == ()
    assert {(line.text, line.is_new) for line in second.lines} >= {("二", True), ("地図.pdf", True)}
    assert ("地図.pdf", False) in {(line.text, line.is_new) for line in newest.lines}
    both = two_versions(notice_type, 1, 3)
    assert {line.text for line in both.lines if line.is_new} >= {"二", "三"}
    assert two_versions(notice_type, 3, 1) is None
