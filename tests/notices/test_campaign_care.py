"""What campaigns must not do: send past a doubt, mix files up, keep lists, go out from a wrong state."""

import datetime as dt
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cityhall.errors import StaleState
from cityhall.models import StoredFile
from notices.enums import CampaignState, RowState
from notices.models import Campaign, DocumentJob, Notice
from notices.services import campaigns
from notices.tasks import run_campaigns
from residents.models import Resident
from tests.notices.campaignkit import GOOD, HEAD, make_documents, packed, upload
from tests.notices.kit import drain

pytestmark = pytest.mark.django_db

LATE = dt.date(2099, 1, 1)


def change(person, **columns):
    Resident.objects.filter(pk=person.pk).update(**columns)


def test_a_decided_row_shows_the_doubt_of_who_was_chosen(checked, people, handler):
    change(people["0002"], protected_until=LATE)
    found = checked([["0001", "山田 太郎", "0002", "", "1円"]])
    row = found.rows.get()
    assert "支援措置" not in row.problem
    chosen = {"recipient_id": people["0001"].pk, "subject_id": people["0002"].pk, "by": handler}
    with pytest.raises(campaigns.DoubtUnseen) as refusal:
        campaigns.accept_row(row, **chosen)
    [doubt] = refusal.value.doubts
    assert "支援措置" in doubt.said
    campaigns.accept_row(row, **chosen, seen=[doubt.key])
    row.refresh_from_db()
    assert (row.state, row.candidates[-1]) == (RowState.GOOD, ["seen", doubt.key])


def test_only_the_doubt_that_was_seen_is_passed_when_notices_are_made(checked, people, handler, approver):
    change(people["0002"], protected_until=LATE)
    change(people["0004"], protected_until=LATE)
    found = checked(GOOD)
    for row in found.rows.all():
        [doubt] = campaigns.doubts_of([row])[row.pk]
        campaigns.accept_row(
            row, recipient_id=row.recipient_id, subject_id=row.subject_id, by=handler, seen=[doubt.key]
        )
    found.refresh_from_db()
    campaigns.hand_in(campaign=found, scheduled_at=None, leaves_problems_out=True, by=handler)
    campaigns.approve(campaign=found, by=approver)
    change(people["0003"], moved_out_on=dt.date(2026, 4, 1))
    drain(run_campaigns)
    assert Notice.objects.get().subject == people["0002"]
    failed = found.rows.get(state=RowState.FAILED)
    assert failed.problem == "受取人は転出しています（令和8年4月1日）。送ってよいか確認してください。"


def test_the_dead_are_never_chosen(checked, people, handler):
    found = checked([["0001", "山田 太郎", "", "", "1円"]])
    change(people["0001"], died_on=dt.date(2026, 4, 1))
    one = people["0001"].pk
    with pytest.raises(campaigns.NotReady, match="亡くなっています"):
        campaigns.accept_row(found.rows.get(), recipient_id=one, subject_id=one, by=handler)


def test_where_children_were_offered_one_of_them_is_chosen(checked, people, handler):
    found = checked([["0001", "", "0002", "山田 太郎", "1円"]])
    row = found.rows.get()
    with pytest.raises(campaigns.NotReady, match="対象の方を、候補から") as refusal:
        campaigns.accept_row(row, recipient_id=people["0001"].pk, subject_id=people["0001"].pk, by=handler)
    assert refusal.value.field == "subject"


def test_two_files_of_one_name_are_refused(campaign, handler):
    with pytest.raises(campaigns.ListRefused, match=r"「1組/通知\.pdf」と「2組/通知\.pdf」"):
        campaigns.add_enclosures(campaign=campaign, upload=packed("1組/通知.pdf", "2組/通知.pdf"), by=handler)
    assert campaign.files.count() == 0


def test_an_empty_package_is_refused(campaign, handler):
    with pytest.raises(campaigns.ListRefused, match="ファイルがありません"):
        campaigns.add_enclosures(campaign=campaign, upload=packed("1組/"), by=handler)


def damaged(data, sign):
    """The packed bytes of the member after `sign` are turned over: its inflation fails."""
    at = data.index(sign) + len(sign)
    return data[:at] + bytes(byte ^ 0xFF for byte in data[at : at + 20]) + data[at + 20 :]


def test_a_damaged_package_is_refused(campaign, handler):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("a.pdf", b"%PDF-1.7 " + bytes(range(256)) * 40)
    broken = SimpleUploadedFile("x.zip", damaged(target.getvalue(), b"a.pdf"))
    with pytest.raises(campaigns.ListRefused, match="ZIPファイルとして読めません"):
        campaigns.add_enclosures(campaign=campaign, upload=broken, by=handler)


def test_a_damaged_workbook_is_refused(campaign, handler):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", "<workbook>" + "".join(map(str, range(3000))) + "</workbook>")
    broken = SimpleUploadedFile("x.xlsx", damaged(target.getvalue(), b"xl/workbook.xml"))
    with pytest.raises(campaigns.ListRefused):
        campaigns.set_list(campaign=campaign, upload=broken, by=handler)


@pytest.mark.parametrize("what", ["list", "zip"])
def test_what_changes_after_the_check_wants_another_check(checked, handler, what):
    found = checked(GOOD)
    old = found.file
    if what == "list":
        campaigns.set_list(campaign=found, upload=upload(GOOD[:1]), by=handler)
        old.refresh_from_db()
        assert old.delete_after is not None
    else:
        campaigns.add_enclosures(campaign=found, upload=packed("花.pdf"), by=handler)
    assert (found.campaign_state, found.good_count, found.rows.count()) == (CampaignState.DRAFT, 0, 0)
    with pytest.raises(campaigns.NotReady):
        campaigns.hand_in(campaign=found, scheduled_at=None, leaves_problems_out=True, by=handler)


def test_a_replaced_enclosure_goes(campaign, handler):
    campaigns.add_enclosures(campaign=campaign, upload=packed("花.pdf"), by=handler)
    first = campaign.files.get().file
    campaigns.add_enclosures(campaign=campaign, upload=packed("花.pdf"), by=handler)
    first.refresh_from_db()
    assert first.delete_after is not None
    assert campaign.files.get().file.delete_after is None


def test_the_list_and_what_nobody_got_go_when_it_is_over(campaign, checked, handler, approver, people):
    campaigns.add_enclosures(campaign=campaign, upload=packed("花.pdf", "余り.pdf"), by=handler)
    StoredFile.objects.filter(kind="enclosure").update(state="clean")
    head = [*HEAD, "ギフト番号", "添付ファイル名"]
    rows = [[*GOOD[0], "CODE-1", "花.pdf"], ["9999", "山田 太郎", "", "", "1円", "CODE-2", "余り.pdf"]]
    found = checked(rows, head)
    listed = found.file
    campaigns.hand_in(campaign=found, scheduled_at=None, leaves_problems_out=True, by=handler)
    campaigns.approve(campaign=found, by=approver)
    drain(run_campaigns)
    make_documents(found)
    Campaign.objects.update(due_at=timezone.now())
    drain(run_campaigns)
    found.refresh_from_db()
    assert (found.campaign_state, found.file, found.files.count()) == (CampaignState.DONE, None, 0)
    gone = set(StoredFile.objects.filter(delete_after__isnull=False).values_list("name", flat=True))
    assert gone == {listed.name, "余り.pdf"}
    left = found.rows.get(state=RowState.LEFT_OUT)
    assert (left.typed, left.one_time_code, left.values, left.file) == ({}, "", {}, None)
    assert "台帳にありません" in left.problem


def test_lists_that_nobody_touches_are_cancelled_and_forgotten(checked):
    found = checked(GOOD)
    listed = found.file
    now = timezone.now()
    assert campaigns.cancel_untouched(now=now + dt.timedelta(days=89)) == 0
    assert campaigns.cancel_untouched(now=now + dt.timedelta(days=91)) == 1
    Campaign.objects.update(due_at=now)
    drain(run_campaigns)
    found.refresh_from_db()
    listed.refresh_from_db()
    assert (found.campaign_state, found.file) == (CampaignState.CANCELLED, None)
    assert listed.delete_after is not None


NUMBER = "123456789018"


@pytest.mark.parametrize("column", [0, 2, 4])
def test_a_column_of_my_numbers_refuses_the_list_at_once(checked, column):
    rows = [["0001", "", "0002", "", "1円"] for _row in range(12)]
    for row in rows[3:]:
        row[column] = NUMBER
    found = checked(rows)
    assert (found.campaign_state, found.file, found.rows.count()) == (CampaignState.REFUSED, None, 0)
    assert "マイナンバー" in found.refusal
    assert StoredFile.objects.get(kind="campaign").delete_after is not None


def test_one_my_number_is_a_problem_of_its_row(checked):
    found = checked([*GOOD, ["0003", "", "", "", f"番号は{NUMBER}です"]])
    row = found.rows.get(position=4)
    assert (row.state, row.values) == (RowState.PROBLEM, {})
    assert "マイナンバー" in row.problem


@pytest.mark.parametrize(
    ("act", "state"),
    [
        ("send_now", CampaignState.PAUSED),
        ("send_now", CampaignState.DONE),
        ("resume", CampaignState.APPROVED),
        ("reschedule", CampaignState.READY),
        ("take_back", CampaignState.CHECKING),
    ],
)
def test_each_act_begins_only_where_it_belongs(sending, approver, act, state):
    found = sending()
    Campaign.objects.filter(pk=found.pk).update(campaign_state=state, done_at=timezone.now())
    found.refresh_from_db()
    more = {"scheduled_at": timezone.now() + dt.timedelta(days=1)} if act == "reschedule" else {}
    with pytest.raises(StaleState):
        getattr(campaigns, act)(campaign=found, by=approver, **more)
    assert Campaign.objects.get().campaign_state == state


def test_trying_again_is_not_for_a_paused_campaign(sending, people, approver):
    change(people["0001"], died_on=dt.date(2026, 4, 1))
    found = sending()
    drain(run_campaigns)
    found.refresh_from_db()
    campaigns.pause(campaign=found, by=approver)
    with pytest.raises(StaleState):
        campaigns.resend_failed(campaign=found, by=approver)
    assert DocumentJob.objects.filter(due_at__year=9999).count() == 1


def test_a_heading_with_a_line_break_is_one_heading(campaign, handler):
    head = ["宛名\n番号", *HEAD[1:]]
    campaigns.set_list(campaign=campaign, upload=upload(GOOD, head), by=handler)
    assert campaigns.headings_of(campaign)[0] == "宛名 番号"
    assert campaign.mapping["resident_number"] == "宛名 番号"
