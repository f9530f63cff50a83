"""The pages of the mass notices, as staff use them."""

import datetime as dt
import json

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.models import Procedure
from cityhall.enums import Role
from notices.enums import CampaignState, RowState
from notices.forms_campaigns import SegmentForm
from notices.models import Campaign, Notice, NoticeType
from notices.services import campaigns
from notices.tasks import run_campaigns
from tests import factories
from tests.applications.casekit import make_procedure
from tests.notices.campaignkit import GOOD, upload
from tests.notices.kit import drain

pytestmark = pytest.mark.django_db


def at(name, found, *more):
    return reverse(f"notices:{name}", args=[found.public_id, *more])


def text_of(response):
    return response.content.decode()


def fresh(found):
    return Campaign.objects.get(pk=found.pk)


def test_from_a_list_to_approval_over_the_pages(login, kind, department, handler, approver, people):
    browser = login(handler)
    page = browser.post(
        reverse("notices:campaign_new"),
        {"name": "12月分", "notice_type": kind.pk, "source": "file", "request_key": "k1"},
    )
    found = Campaign.objects.get()
    assert page.url == at("campaign_file", found)
    assert found.department == department
    rows = [*GOOD, ["9999", "山田 太郎", "", "", "1円"]]
    assert browser.post(page.url, {"file": upload(rows)}).url == at("campaign_columns", found)
    columns = browser.get(at("campaign_columns", found))
    form = columns.context["form"]
    sent = {field.html_name: field.initial or "" for field in form.people_fields()}
    [(name, may_be_blank, [column, _common])] = form.value_fields()
    assert (name, may_be_blank) == ("amount", False)
    refused = browser.post(at("campaign_columns", found), sent)
    assert "通知文に差し込む項目の列を選ぶか" in text_of(refused)
    assert browser.post(at("campaign_columns", found), {**sent, column.html_name: "支給額"}).url == at(
        "campaign_detail", found
    )
    assert "名簿を確認しています" in text_of(browser.get(at("campaign_detail", found)))
    drain(run_campaigns)
    shown = text_of(browser.get(at("campaign_detail", found)))
    # problems and good rows are never mixed, and rows are those of the list
    assert "宛名番号が台帳にありません" in shown
    assert "初めの2行" not in shown
    assert '<td class="number" data-label="行">4</td>' in shown
    assert "2通・220円" in shown
    refused = browser.post(at("campaign_hand_in", found), {}, follow=True)
    assert "送信できない行があります" in text_of(refused)
    browser.post(at("campaign_hand_in", found), {"leaves_problems_out": "on"})
    assert fresh(found).campaign_state == CampaignState.READY
    browser = login(approver)
    assert "承認する" in text_of(browser.get(at("campaign_detail", found)))
    browser.post(at("campaign_approve", found))
    assert fresh(found).campaign_state == CampaignState.SENDING
    drain(run_campaigns)
    assert Notice.objects.filter(campaign=found).count() == 2
    assert "届き方" in text_of(browser.get(at("campaign_detail", found)))


def test_a_file_that_cannot_be_read_is_told_at_its_field(login, campaign, handler):
    page = login(handler).post(at("campaign_file", campaign), {"file": upload([], head=["一つ"])})
    assert "見出しの行がありません" in str(page.context["form"].errors["file"])


def test_doubtful_rows_are_decided_one_by_one(login, checked, people, handler):
    found = checked([["0001", "山田 太郎", "", "", "1円"], ["0003", "山田 花", "", "", "1円"], *GOOD])
    browser = login(handler)
    page = text_of(browser.get(at("campaign_review", found)))
    assert "名簿の記載：0001 山田 太郎" in " ".join(page.split())
    assert people["0001"].address in page
    answer = browser.post(at("campaign_decide", found, 2), {"recipient": people["0001"].public_id, "answer": "accept"})
    assert answer.url == at("campaign_review", found)
    answer = browser.post(at("campaign_decide", found, 3), {"answer": "leave_out"})
    assert answer.url == at("campaign_detail", found)
    states = found.rows.order_by("position").values_list("state", flat=True)
    assert list(states) == [RowState.GOOD, RowState.LEFT_OUT, RowState.GOOD, RowState.GOOD]


def test_somebody_who_is_no_candidate_is_refused(login, checked, people, handler):
    found = checked([["0001", "山田 太郎", "", "", "1円"]])
    login(handler).post(at("campaign_decide", found, 2), {"recipient": people["0003"].public_id, "answer": "accept"})
    assert found.rows.get().state == RowState.DOUBTFUL


def test_the_address_of_a_protected_person_is_not_shown_to_everybody(login, checked, people, handler):
    people["0001"].protected_until = dt.date(2099, 1, 1)
    people["0001"].save(update_fields=["protected_until"])
    found = checked([["0001", "山田 太郎", "", "", "1円"]])
    page = text_of(login(handler).get(at("campaign_review", found)))
    assert people["0001"].address not in page
    assert "住所は表示できません" in page


def test_the_letter_of_a_row_can_be_read_before(login, checked, handler, city_key):
    found = checked(GOOD)
    answer = login(handler).get(at("campaign_letter", found, 2))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert Notice.objects.count() == 0


def test_rows_that_are_not_sent_are_a_table_without_formulas(login, checked, handler):
    found = checked([["=1+1", "@x", "", "", "1円"]])
    lines = (
        b"".join(login(handler).get(at("campaign_problems", found)).streaming_content).decode("utf-8-sig").splitlines()
    )
    assert lines[0] == "行,状態,理由,名簿の氏名,名簿の宛名番号"
    assert lines[1].startswith("2,送信できません,")
    assert lines[1].endswith("'@x,'=1+1")


def test_progress_is_told_as_json(login, sending, handler):
    found = sending()
    browser = login(handler)
    assert browser.get(at("campaign_progress", found)).json() == {
        "state": "sending",
        "running": True,
        "done": 0,
        "total": 4,
        "percent": 0,
    }
    drain(run_campaigns)
    assert browser.get(at("campaign_progress", found)).json()["percent"] == 50


@pytest.mark.parametrize(
    ("button", "before", "after"),
    [
        ("campaign_pause", CampaignState.SENDING, CampaignState.PAUSED),
        ("campaign_resume", CampaignState.PAUSED, CampaignState.SENDING),
        ("campaign_cancel", CampaignState.PAUSED, CampaignState.CANCELLED),
        ("campaign_send", CampaignState.MISSED, CampaignState.SENDING),
        ("campaign_take_back", CampaignState.APPROVED, CampaignState.CHECKED),
        # not a move of the table
        ("campaign_pause", CampaignState.DONE, CampaignState.DONE),
        ("campaign_approve", CampaignState.SENDING, CampaignState.SENDING),
        ("campaign_resend", CampaignState.SENDING, CampaignState.SENDING),
    ],
)
def test_buttons_move_what_the_table_allows(login, sending, approver, button, before, after):
    found = sending()
    Campaign.objects.filter(pk=found.pk).update(campaign_state=before, done_at=timezone.now())
    login(approver).post(at(button, found), {"reason": "金額を確かめてください"})
    assert fresh(found).campaign_state == after


def test_approver_who_sends_back_says_why_and_the_author_reads_it(login, checked, handler, approver):
    found = checked(GOOD)
    campaigns.hand_in(campaign=found, scheduled_at=None, leaves_problems_out=True, by=handler)
    refused = login(approver, Client()).post(at("campaign_take_back", found), {"reason": " "})
    assert (refused.status_code, fresh(found).campaign_state) == (422, CampaignState.READY)
    assert "差し戻す理由を入力してください" in text_of(refused)
    login(approver, Client()).post(at("campaign_take_back", found), {"reason": "金額を確かめてください"})
    assert fresh(found).campaign_state == CampaignState.CHECKED
    page = login(handler, Client()).get(at("campaign_detail", found))
    assert page.context["sent_back"].by == approver
    assert "確認に戻しました" in text_of(page)
    assert "金額を確かめてください" in text_of(page)


def test_author_takes_back_without_a_word(login, checked, handler):
    found = checked(GOOD)
    campaigns.hand_in(campaign=found, scheduled_at=None, leaves_problems_out=True, by=handler)
    browser = login(handler)
    assert browser.post(at("campaign_take_back", found), {"reason": ""}).status_code == 302
    assert browser.get(at("campaign_detail", found)).context["sent_back"] is None


def test_a_missed_time_is_changed(login, sending, handler):
    found = sending()
    Campaign.objects.filter(pk=found.pk).update(campaign_state=CampaignState.MISSED, scheduled_at=timezone.now())
    day = timezone.localdate() + dt.timedelta(days=3)
    browser = login(handler)
    assert "予定の時刻を過ぎています" in text_of(browser.get(at("campaign_detail", found)))
    browser.post(at("campaign_reschedule", found), {"day": day.isoformat(), "time": "10:30"})
    moved = fresh(found)
    assert moved.campaign_state == CampaignState.APPROVED
    assert timezone.localtime(moved.scheduled_at) == timezone.make_aware(dt.datetime.combine(day, dt.time(10, 30)))


def test_a_condition_is_counted_before_anything_is_made(login, kind, department, handler, people):
    plan = campaigns.Plan("健診", kind.versions.get(), department, "segment")
    found = campaigns.create_campaign(plan=plan, by=handler, request_key="s")
    browser = login(handler)
    sent = {"subject": "self", "fact-age-from": "40", "fact-town": [], "action": "count"}
    page = browser.post(at("campaign_segment", found), sent)
    assert page.context["count"] == 4
    assert "<strong>4</strong>" in text_of(page)
    assert fresh(found).segment == {}
    nothing = browser.post(at("campaign_segment", found), {"subject": "self", "action": "save"})
    assert "条件を一つ以上" in text_of(nothing)
    wrong = browser.post(at("campaign_segment", found), {"subject": "self", "document": '{"who": {"eq": [1]}}'})
    assert wrong.context["form"].errors["document"]
    answer = browser.post(at("campaign_segment", found), sent | {"action": "save"})
    assert answer.url == at("campaign_columns", found)
    assert fresh(found).segment == {"who": {"all": [{"gte": [{"answer": "age"}, 40]}]}}


def test_other_departments_see_nothing(login, campaign, handler, departments):
    stranger = factories.make_staff(role=Role.APPROVER, department=departments["kaigo"])
    browser = login(stranger)
    assert browser.get(at("campaign_detail", campaign)).status_code == 404
    assert "12月分" not in text_of(browser.get(reverse("notices:campaign_list")))


def test_clerks_and_residents_have_no_campaigns(login, campaign, clerk, resident):
    for person in (clerk, resident):
        assert login(person).get(at("campaign_detail", campaign)).status_code == 404


def test_the_list_that_is_being_sent_cannot_be_changed(login, sending, handler):
    found = sending()
    browser = login(handler)
    for name in ("campaign_file", "campaign_columns"):
        assert browser.get(at(name, found)).url == at("campaign_detail", found)
    browser.post(at("campaign_leave_out", found))
    assert fresh(found).campaign_state == CampaignState.SENDING


def test_a_forgotten_choice_is_told_at_its_group(login, checked, people, handler):
    found = checked([["0001", "", "0002", "山田 太郎", "1円"]])
    browser = login(handler)
    assert "required" in text_of(browser.get(at("campaign_review", found)))
    sent = {"recipient": people["0001"].public_id, "answer": "accept"}
    page = browser.post(at("campaign_decide", found, 2), sent)
    assert page.status_code == 422
    [recipient, subject] = page.context["rows"][0]["groups"]
    assert (recipient["error"], recipient["answer"]) == ("", people["0001"].public_id)
    assert subject["error"] == "対象の方を、候補から選んでください。"
    assert found.rows.get().state == RowState.DOUBTFUL


def test_a_doubt_is_shown_and_ticked(login, checked, people, handler):
    people["0002"].protected_until = dt.date(2099, 1, 1)
    people["0002"].save(update_fields=["protected_until"])
    found = checked([["0001", "山田 太郎", "0002", "", "1円"]])
    browser = login(handler)
    sent = {"recipient": people["0001"].public_id, "subject": people["0002"].public_id, "answer": "accept"}
    page = browser.post(at("campaign_decide", found, 2), sent)
    assert page.status_code == 422
    [doubt] = page.context["rows"][0]["doubts"]
    assert f"確認しました：{doubt.said}" in text_of(page)
    assert browser.post(at("campaign_decide", found, 2), sent | {"seen": doubt.key}).url == at("campaign_detail", found)
    assert found.rows.get().state == RowState.GOOD


def test_a_wrong_day_is_told_beside_its_box(login, checked, handler):
    found = checked([*GOOD, ["9999", "山田 太郎", "", "", "1円"]])
    page = login(handler).post(at("campaign_hand_in", found), {"day": "2020-01-01", "leaves_problems_out": "on"})
    assert page.status_code == 422
    assert page.context["form"].errors == {"day": ["送信予定日時は、これから先の日時にしてください。"]}
    assert 'value="2020-01-01"' in text_of(page)


def test_a_forgotten_tick_is_told_beside_it(login, checked, handler):
    found = checked([*GOOD, ["9999", "山田 太郎", "", "", "1円"]])
    page = login(handler).post(at("campaign_hand_in", found), {})
    assert list(page.context["form"].errors) == ["leaves_problems_out"]


def test_left_out_rows_are_shown_after_they_were_handed_in(login, checked, handler, approver):
    found = checked([*GOOD, ["9999", "山田 太郎", "", "", "1円"]])
    campaigns.hand_in(campaign=found, scheduled_at=None, leaves_problems_out=True, by=handler)
    campaigns.approve(campaign=found, by=approver)
    shown = text_of(login(approver).get(at("campaign_detail", found)))
    assert "宛名番号が台帳にありません" in shown
    assert at("campaign_problems", found) in shown


def test_people_whom_nothing_reaches_are_counted(login, checked, handler, kind):
    kind.consent_required = False
    kind.hours_until_paper = None
    kind.save(update_fields=["consent_required", "hours_until_paper"])
    shown = text_of(login(handler).get(at("campaign_detail", checked(GOOD))))
    assert "届ける方法のない方 2人" in shown
    assert "届ける方法がありません" in shown


def test_a_button_pressed_twice_leads_to_the_campaign(login, checked, handler):
    found = checked(GOOD)
    Campaign.objects.filter(pk=found.pk).update(campaign_state=CampaignState.CHECKING)
    page = login(handler).post(at("campaign_columns", found), {}, follow=True)
    assert page.redirect_chain == [(at("campaign_detail", found), 302)]
    assert "他の人が先に操作しました" in text_of(page)


def test_a_letter_that_cannot_be_made_says_why(login, checked, handler):
    found = checked(GOOD)
    found.rows.filter(position=2).update(values={"amount": "\U000e0041"})
    page = login(handler).get(at("campaign_letter", found, 2))
    assert page.status_code == 422
    assert at("campaign_detail", found) in text_of(page)


SEGMENTS = [
    {"who": {"all": [{"gte": [{"answer": "age"}, 40]}, {"lte": [{"answer": "age"}, 64]}]}},
    {"who": {"all": [{"in": [{"answer": "sex"}, ["female"]]}]}, "about": {"all": [{"gte": [{"answer": "age"}, 3]}]}},
]


@pytest.mark.parametrize("segment", SEGMENTS)
def test_a_stored_condition_comes_back_in_its_boxes(segment):
    form = SegmentForm(segment=segment)
    assert "document" not in form.initial
    again = SegmentForm(form.initial)
    assert again.is_valid(), again.errors
    assert again.segment() == segment


def test_a_condition_the_boxes_cannot_say_comes_back_as_json():
    segment = {"who": {"any": [{"gte": [{"answer": "age"}, 40]}]}}
    form = SegmentForm(segment=segment)
    assert json.loads(form.initial["document"]) == segment
    both = SegmentForm({"subject": "self", "document": form.initial["document"], "fact-age-from": "20"})
    assert "両方があります" in str(both.errors["document"])


def test_letters_that_answer_one_application_are_not_offered(login, kind, department, handler):
    decision = NoticeType.objects.create(
        key="d", name="認定通知書", category="answers", department=department, consent_required=False
    )
    make_procedure(department, notices=False)
    Procedure.objects.update(approval_notice_type=decision)
    offered = login(handler).get(reverse("notices:campaign_new")).context["form"].fields["notice_type"].queryset
    assert list(offered) == [kind]
    sent = {"name": "12月分", "notice_type": decision.pk, "source": "file", "request_key": "k1"}
    page = login(handler).post(reverse("notices:campaign_new"), sent)
    assert "notice_type" in page.context["form"].errors
    assert not Campaign.objects.exists()
