"""What stands beside a case: the checklist, notes, files of the staff, saved filters, many cases at once."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications.enums import ApplicationState, DecisionKind
from applications.hindrances import Hindered, hindrances, need_no_hindrance
from applications.models import Application, ApplicationRevision, CaseFile, CaseNote, CheckMark, SavedFilter
from applications.queries.desk import other_cases
from applications.queries.worklist import GONE, WorkListFilter, work_list
from applications.services import casework, desk
from applications.services.casework import NotAllowed
from applications.services.desk.points import TooManyPoints
from applications.services.desk.saved_filters import MAX_FILTERS, NameMissing, NameTaken, TooManyFilters
from applications.services.messages import MyNumberTyped
from cityhall.days import today
from cityhall.enums import AuditAction, FileState, Role
from cityhall.errors import StaleState
from cityhall.models import AuditEvent, StaffRole
from tests import factories
from tests.applications.casekit import ANSWERS, fresh, make_case, make_procedure
from tests.applications.filing import url

S = ApplicationState
A_MY_NUMBER = "123456789018"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def procedure(department):
    return make_procedure(department, key="jido-teate")


@pytest.fixture
def case(procedure, resident, handler):
    return make_case(procedure, resident, state=S.IN_REVIEW, handler=handler)


@pytest.fixture
def point(procedure, handler):
    return desk.add_point(procedure=procedure, text="口座の名義を見る", is_required=True, by=handler)


# --- the checklist ----------------------------------------------------------------------------------


def test_an_unchecked_required_point_hinders_every_decision(case, point, handler):
    for decision in DecisionKind:
        assert hindrances(case, decision) == ["審査項目「口座の名義を見る」を確認してから決定してください。"]
    with pytest.raises(Hindered) as refusal:
        need_no_hindrance(case, DecisionKind.APPROVE)
    assert "口座の名義を見る" in str(refusal.value)
    desk.check_point(application=case, item_id=point.pk, seen=1, by=handler)
    assert hindrances(case, DecisionKind.APPROVE) == []


def test_a_voluntary_or_retired_point_hinders_nothing(case, procedure, point, handler):
    desk.add_point(procedure=procedure, text="余裕があれば見る", is_required=False, by=handler)
    desk.retire_point(procedure=procedure, item_id=point.pk, by=handler)
    assert hindrances(case, DecisionKind.REFUSE) == []


def test_a_decision_is_refused_until_the_point_is_checked(case, point, handler):
    with pytest.raises(Hindered):
        casework.decide(application=fresh(case), decision=DecisionKind.APPROVE, reason="", by=handler)
    assert fresh(case).state == S.IN_REVIEW
    desk.check_point(application=case, item_id=point.pk, seen=1, by=handler)
    casework.decide(application=fresh(case), decision=DecisionKind.APPROVE, reason="", by=handler)
    assert fresh(case).state == S.APPROVED


def test_a_mark_says_who_and_when_and_is_made_once(case, point, handler, approver):
    desk.check_point(application=case, item_id=point.pk, seen=1, by=handler)
    desk.check_point(application=case, item_id=point.pk, seen=1, by=approver)
    mark = CheckMark.objects.get()
    assert mark.checked_by == handler
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckMark.objects.create(application=case, item=point, checked_by=approver)
    desk.uncheck_point(application=case, item_id=point.pk, seen=1, by=approver)
    assert not CheckMark.objects.exists()
    assert [event.detail for event in AuditEvent.objects.filter(detail__contains="checked").order_by("id")] == [
        f"checked {point.pk}",
        f"unchecked {point.pk}",
    ]


def test_marks_are_for_the_answers_that_were_read(case, point, handler, resident):
    ApplicationRevision.objects.create(application=case, number=2, answers=ANSWERS, submitted_by=resident.user)
    with pytest.raises(StaleState):
        desk.check_point(application=case, item_id=point.pk, seen=1, by=handler)


def test_a_decided_case_is_marked_no_more_and_a_clerk_marks_none(case, point, handler, clerk):
    with pytest.raises(NotAllowed):
        desk.check_point(application=case, item_id=point.pk, seen=1, by=clerk)
    Application.objects.filter(pk=case.pk).update(state=S.COMPLETED)
    with pytest.raises(StaleState):
        desk.check_point(application=case, item_id=point.pk, seen=1, by=handler)


def test_points_change_places_and_have_a_limit(procedure, handler, point):
    second = desk.add_point(procedure=procedure, text="二つ目", is_required=True, by=handler)
    desk.move_point(procedure=procedure, item_id=second.pk, way="up")
    desk.move_point(procedure=procedure, item_id=second.pk, way="up")
    assert [one.pk for one in procedure.checklist.order_by("position")] == [second.pk, point.pk]
    for number in range(28):
        desk.add_point(procedure=procedure, text=f"項目{number}", is_required=False, by=handler)
    with pytest.raises(TooManyPoints):
        desk.add_point(procedure=procedure, text="もう一つ", is_required=False, by=handler)


def test_points_are_edited_on_the_page_of_the_procedure(login, handler, procedure):
    path = reverse("applications:design_checklist", args=[procedure.key])
    client = login(handler)
    client.post(path, {"action": "add", "text": "通帳を見る", "is_required": "on"})
    point = procedure.checklist.get()
    assert (point.text, point.is_required) == ("通帳を見る", True)
    client.post(path, {"action": "change", "item": point.pk, "text": "通帳の名義を見る"})
    point.refresh_from_db()
    assert (point.text, point.is_required) == ("通帳の名義を見る", False)
    refused = client.post(path, {"action": "add", "text": " "})
    assert "確認することを入力してください。" in refused.content.decode()
    client.post(path, {"action": "retire", "item": point.pk})
    assert not procedure.checklist.filter(is_active=True).exists()


# --- notes and files --------------------------------------------------------------------------------


def test_a_note_is_written_once_and_never_changed(case, clerk):
    first = desk.write_note(application=case, body=" 電話で確認した ", by=clerk, request_key="k")
    again = desk.write_note(application=case, body="もう一度", by=clerk, request_key="k")
    assert (first.pk, again.body) == (again.pk, "電話で確認した")
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseNote.objects.update(body="書き換え")


def test_a_my_number_in_a_note_needs_the_tick(login, case, handler):
    with pytest.raises(MyNumberTyped):
        desk.write_note(application=case, body=A_MY_NUMBER, by=handler, request_key="k")
    client = login(handler)
    refused = client.post(url("case_note", case), {"body": f"番号 {A_MY_NUMBER}", "request_key": "a"})
    assert "is_no_my_number" in refused.content.decode()
    assert not CaseNote.objects.exists()
    ticked = {"body": f"番号 {A_MY_NUMBER}", "request_key": "a", "is_no_my_number": "on"}
    assert client.post(url("case_note", case), ticked).status_code == 302
    assert CaseNote.objects.get().body == f"番号 {A_MY_NUMBER}"
    assert AuditEvent.objects.filter(detail="number confirmed as no My Number").count() == 1


def test_the_applicant_sees_neither_notes_nor_files(login, case, handler, resident):
    desk.write_note(application=case, body="内緒のメモ", by=handler, request_key="k")
    upload = SimpleUploadedFile("scan.pdf", PDF, content_type="application/pdf")
    desk.add_case_file(application=case, upload=upload, label="申請書の原本", by=handler, request_key="f")
    page = login(resident).get(reverse("applications:application_detail", args=[case.public_id])).content.decode()
    assert "内緒のメモ" not in page
    assert "申請書の原本" not in page


def test_a_case_file_waits_for_its_check_and_opens_for_readers_only(login, case, handler, resident, client):
    upload = SimpleUploadedFile("scan.pdf", PDF, content_type="application/pdf")
    browser = login(handler)
    data = {"upload": upload, "label": "申請書の原本", "request_key": "f"}
    assert browser.post(url("case_file_add", case), data).status_code == 302
    kept = CaseFile.objects.get()
    assert (kept.label, kept.added_by) == ("申請書の原本", handler)
    path = reverse("applications:case_file_open", args=[kept.public_id])
    assert browser.get(path)["Content-Type"].startswith("text/html")
    kept.file.state = FileState.CLEAN
    kept.file.save(update_fields=["state"])
    opened = browser.get(path)
    assert opened["Content-Type"] == "application/pdf"
    assert b"".join(opened.streaming_content) == PDF
    assert AuditEvent.objects.filter(action=AuditAction.DOWNLOAD, actor=handler).exists()
    assert login(resident).get(path).status_code == 404


def test_what_is_no_picture_and_no_pdf_is_refused_with_a_sentence(login, case, handler):
    upload = SimpleUploadedFile("a.exe", b"MZ\x90\x00", content_type="application/octet-stream")
    answer = login(handler).post(url("case_file_add", case), {"upload": upload, "request_key": "f"})
    assert answer.status_code == 200
    assert not CaseFile.objects.exists()


# --- other cases of the same person -----------------------------------------------------------------


def test_other_open_cases_are_those_of_the_readers_departments(case, procedure, departments, resident, handler):
    other = make_case(procedure, resident, state=S.SUBMITTED)
    make_case(procedure, resident, state=S.COMPLETED)
    make_case(procedure)
    make_case(make_procedure(departments["kaigo"]), resident, state=S.SUBMITTED)
    assert other_cases(handler, case) == [other]


def test_other_cases_of_another_department_stay_hidden_from_the_auditor(case, departments, resident, auditor):
    make_case(make_procedure(departments["kaigo"]), resident, state=S.SUBMITTED)
    assert other_cases(auditor, case) == []


# --- saved filters ----------------------------------------------------------------------------------


def test_the_default_filter_opens_first_and_keeps_no_name_of_a_person(login, handler, procedure, resident):
    make_case(procedure, resident, state=S.SUBMITTED)
    mine = make_case(procedure, resident, state=S.IN_REVIEW, handler=handler)
    client = login(handler)
    query = "state=in_review&text=%E9%AB%98%E6%A9%8B"
    answer = client.post(
        reverse("applications:case_filter_save"), {"name": "審査中", "query": query, "opens_first": "on"}
    )
    kept = SavedFilter.objects.get()
    assert (kept.query, kept.is_default) == ({"state": "in_review"}, True)
    assert answer.url.endswith(f"?saved={kept.public_id}")
    page = client.get(reverse("applications:case_list"), follow=True)
    assert [row["case"] for row in page.context["rows"]] == [mine]
    everything = client.get(reverse("applications:case_list"), {"state": ""})
    assert len(everything.context["rows"]) == 2


def test_filters_are_renamed_deleted_and_limited(login, handler, approver):
    first = desk.save_filter(by=handler, name="朝", query={"due": "today", "text": "高橋"}, opens_first=True)
    second = desk.save_filter(by=handler, name="夕方", query={"due": "late"}, opens_first=True)
    first.refresh_from_db()
    assert (first.is_default, second.is_default, first.query) == (False, True, {"due": "today"})
    with pytest.raises(NameTaken):
        desk.rename_filter(by=handler, public_id=first.public_id, name="夕方")
    with pytest.raises(NameMissing):
        desk.save_filter(by=handler, name=" ", query={})
    with pytest.raises(StaleState):
        desk.rename_filter(by=approver, public_id=first.public_id, name="他人")
    desk.delete_filter(by=approver, public_id=first.public_id)
    assert SavedFilter.objects.count() == 2
    client = login(handler)
    page = reverse("applications:case_filters")
    client.post(page, {"filter": first.public_id, "action": "rename", "name": "昼"})
    client.post(page, {"filter": second.public_id, "action": "delete"})
    assert [(one.name, one.is_default) for one in SavedFilter.objects.all()] == [("昼", False)]
    for number in range(MAX_FILTERS - 1):
        desk.save_filter(by=handler, name=str(number), query={})
    with pytest.raises(TooManyFilters):
        desk.save_filter(by=handler, name="多すぎる", query={})


def test_only_one_filter_opens_first(handler):
    desk.save_filter(by=handler, name="朝", query={}, opens_first=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedFilter.objects.create(user=handler, name="夕方", is_default=True)


# --- handlers ---------------------------------------------------------------------------------------


def gone(user):
    return [row.pk for row in work_list(user=user, wanted=WorkListFilter(handler=GONE), today=today()).rows]


def test_cases_of_handlers_who_left_moved_or_lost_the_role_are_found(procedure, resident, departments, approver):
    department = procedure.department
    here = factories.make_staff(role=Role.HANDLER, department=department)
    ended = factories.make_staff(role=Role.HANDLER, department=department, active_until=today() - dt.timedelta(days=1))
    moved = factories.make_staff(role=Role.HANDLER, department=departments["kaigo"])
    left = factories.make_staff(role=Role.HANDLER, department=department)
    left.is_active = False
    left.save(update_fields=["is_active"])
    clerk_now = factories.make_staff(role=Role.CLERK, department=department)
    cases = [make_case(procedure, resident, handler=person) for person in (here, ended, moved, left, clerk_now)]
    make_case(procedure, resident)
    assert sorted(gone(approver)) == [case.pk for case in cases[1:]]
    StaffRole.objects.create(user=moved, role=Role.HANDLER, department=department, active_from="2020-01-01")
    assert cases[2].pk not in gone(approver)


def test_ticked_cases_are_given_to_a_handler_and_the_overtaken_is_named(login, procedure, resident, handler, approver):
    cases = [make_case(procedure, resident, state=S.IN_REVIEW, handler=handler) for _one in range(3)]
    data = {"case": [case.public_id for case in cases], "to": approver.pk}
    data |= {f"revision-{case.public_id}": case.revision for case in cases}
    casework.assign(application=fresh(cases[1]), handler=approver, by=handler)
    casework.assign(application=fresh(cases[1]), handler=handler, by=handler)
    answer = login(handler).post(reverse("applications:case_assign_many"), data, follow=True)
    said = [str(message) for message in answer.context["messages"]]
    assert [fresh(case).handler for case in cases] == [approver, handler, approver]
    assert said[0].startswith("2件を")
    assert said[1].startswith(cases[1].number)
    assert "他の人が先に" in said[1]


def test_nobody_is_given_a_case_they_may_not_process(login, procedure, resident, handler, clerk):
    case = make_case(procedure, resident, state=S.IN_REVIEW, handler=handler)
    data = {"case": [case.public_id], "to": clerk.pk}
    login(handler).post(reverse("applications:case_assign_many"), data)
    assert fresh(case).handler == handler


def test_the_list_leads_to_no_other_site(login, handler):
    answer = login(handler).post(reverse("applications:case_assign_many"), {"here": "//evil.example/"})
    assert answer.url == reverse("applications:case_list")
