"""The list of a mass notice: reading, matching, deciding, approving. What is made of it: test_campaign_sending."""

import datetime as dt
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cityhall.errors import StaleState
from cityhall.services.work import claim_due
from notices.enums import CampaignSource, CampaignState, RowState
from notices.models import Campaign
from notices.services import campaigns
from notices.services.campaigns import checking as checking_module
from notices.tasks import run_campaigns
from tests import factories
from tests.notices.campaignkit import GOOD, HEAD, states_of, upload
from tests.notices.kit import drain

pytestmark = pytest.mark.django_db


def counts(campaign):
    return (campaign.rows_count, campaign.good_count, campaign.doubtful_count, campaign.problem_count)


def test_a_list_by_number_is_matched_and_its_rows_are_good(checked, people):
    campaign = checked(GOOD)
    assert (campaign.campaign_state, counts(campaign)) == (CampaignState.CHECKED, (2, 2, 0, 0))
    row = campaign.rows.get(position=2)
    assert (row.recipient, row.subject, row.values) == (people["0001"], people["0002"], {"amount": "12,000円"})
    assert (row.gets_paper, row.typed) == (True, {})
    assert campaign.mapping["subject.resident_number"] == "児童宛名番号"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_lists_come_in_the_encodings_of_city_halls(checked, encoding):
    assert counts(checked(GOOD, encoding=encoding)) == (2, 2, 0, 0)


@pytest.mark.parametrize(
    ("row", "state", "said"),
    [
        (["9999", "高橋 さくら", "0002", "高橋 一葉", "1円"], "problem", "宛名番号が台帳にありません"),
        (["0001", "山田 太郎", "0002", "高橋 一葉", "1円"], "doubtful", "名簿の氏名が違います"),
        (["0001", "高橋 さくら", "9999", "高橋 一葉", "1円"], "problem", "対象の方："),
        (["0001", "高橋 さくら", "0002", "高橋 一葉", ""], "problem", "空欄です：amount"),
        (["", "高橋 さくら", "0002", "高橋 一葉", "1円"], "problem", "受取人の宛名番号、または氏名と生年月日"),
        (["0001", "高橋 さくら", "0002", "高橋 一葉"], "problem", "列の数が見出しと違います"),
        (["0001", "髙橋　さくら", "0002", "高橋 一葉", "1円"], "good", ""),
        (["０００１", "高橋さくら", "", "", "1円"], "good", ""),
    ],
)
def test_each_row_says_how_it_stands(checked, row, state, said):
    found = states_of(checked([row]))[0]
    assert found[:2] == (2, state)
    assert said in found[2]


def test_dead_moved_protected_and_repeated_people(checked, people):
    day = dt.date(2026, 4, 1)
    for number, columns in {"0001": {"died_on": day}, "0003": {"moved_out_on": day}}.items():
        type(people[number]).objects.filter(pk=people[number].pk).update(**columns)
    people["0004"].protected_until = dt.date(2099, 1, 1)
    people["0004"].save(update_fields=["protected_until"])
    rows = [
        ["0001", "", "0002", "", "1円"],
        ["0003", "", "", "", "1円"],
        ["0002", "", "0004", "", "1円"],
        ["0002", "", "0001", "", "1円"],
        ["0004", "", "", "", "1円"],
        ["0004", "", "0004", "", "2円"],
    ]
    found = states_of(checked(rows))
    assert [state for _row, state, _problem in found] == [
        "problem",
        "doubtful",
        "doubtful",
        "doubtful",
        "good",
        "problem",
    ]
    said = [problem for _row, _state, problem in found]
    assert said[0] == "受取人は亡くなっています（令和8年4月1日）。"
    assert "転出しています（令和8年4月1日）" in said[1]
    assert "支援措置" in said[2]
    assert "対象の方は亡くなっています" in said[3]
    assert said[5] == "6行目と同じ方です。一人に一通だけ送ります。"


def test_a_merged_row_is_answered_by_the_living_one(checked, people):
    people["0003"].merged_into = people["0001"]
    people["0003"].save(update_fields=["merged_into"])
    campaign = checked([["0003", "", "", "", "1円"]])
    assert campaign.rows.get().recipient == people["0001"]


NAMES = ["氏名", "生年月日", "住所", "支給額"]


@pytest.mark.parametrize(
    ("row", "state", "candidates"),
    [
        (["高橋　さくら", "昭和55年1月2日", "", "1円"], "good", 0),
        (["高橋さくら", "1980-01-02", "東京都緑野市緑町三丁目30番8号 郵便ビル403号室", "1円"], "good", 0),
        (["髙橋 さくら", "1980/1/2", "", "1円"], "doubtful", 1),
        (["高橋 さくら", "1980-01-02", "港区1-1", "1円"], "doubtful", 1),
        (["高橋 さくら", "1999-09-09", "", "1円"], "doubtful", 1),
        (["田中 実", "1980-01-02", "緑野市緑町3-30-8", "1円"], "doubtful", 1),
        (["田中 実", "1980-01-02", "", "1円"], "problem", 0),
        (["田中 実", "きのう", "", "1円"], "problem", 0),
        (["田中 実", "1980年4月不詳", "", "1円"], "problem", 0),
    ],
)
def test_people_without_a_number_are_found_by_name_birth_and_address(checked, row, state, candidates):
    campaign = checked([row], head=NAMES)
    found = campaign.rows.get()
    assert (found.state, len(found.candidates)) == (state, candidates)


def test_two_people_of_one_name_and_day_are_told_apart_by_the_address(checked, people):
    twin = factories.make_resident(birth_date=dt.date(1980, 1, 2), town="青葉町", street="1-1", building="")
    rows = [["高橋 さくら", "1980-01-02", "", "1円"], ["高橋 さくら", "1980-01-02", "緑野市青葉町一丁目1番地", "1円"]]
    campaign = checked(rows, head=NAMES)
    first, second = campaign.rows.order_by("position")
    assert (first.state, len(first.candidates)) == ("doubtful", 2)
    assert (second.state, second.recipient) == ("good", twin)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "空です"),
        ("氏名\n高橋".encode(), "見出しの行がありません"),
        ("宛名番号,氏名\n".encode("utf-16"), "UTF-16"),
        (b"\xff\xff\x00abc,\x80\x81", "文字コードを判定できません"),
        ('宛名番号,支給額\n0001,"1'.encode(), "引用符"),
        (",".join(f"列{n}" for n in range(201)).encode(), "列が201列あります"),
        (b"\xd0\xcf\x11\xe0old", "古い形式"),
    ],
)
def test_files_that_cannot_be_read_are_refused_in_a_sentence(campaign, handler, data, said):
    assert said in refusal_of(campaign, handler, data)


def refusal_of(campaign, handler, data):
    """What is said of a file, at once or by the worker."""
    mapping = {"resident_number": "宛名番号", "((amount))": "支給額"}
    try:
        campaigns.set_list(campaign=campaign, upload=SimpleUploadedFile("x.csv", data), by=handler)
        campaigns.start_check(campaign=campaign, mapping=mapping, values={}, by=handler)
    except campaigns.ListRefused as refusal:
        return str(refusal)
    drain(run_campaigns)
    campaign.refresh_from_db()
    return campaign.refusal


def workbook(rows, merged=""):
    letters = "ABCDEFGHIJ"
    lines = "".join(
        f'<row r="{number}">'
        + "".join(
            f'<c r="{letters[place]}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
            for place, cell in enumerate(row)
            if cell
        )
        + "</row>"
        for number, row in rows
    )
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr(
            "xl/workbook.xml", f'<workbook {space} xmlns:r="{relations}"><sheets><sheet r:id="r1"/></sheets></workbook>'
        )
        package.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships><Relationship Id="r1" Target="worksheets/s.xml"/></Relationships>',
        )
        package.writestr(
            "xl/worksheets/s.xml", f"<worksheet {space}><sheetData>{lines}</sheetData>{merged}</worksheet>"
        )
    return SimpleUploadedFile("list.xlsx", target.getvalue())


def test_a_workbook_is_read_with_the_rows_as_it_numbers_them(campaign, handler, people):
    file = workbook([(1, HEAD), (2, GOOD[0]), (5, ["9999", "", "", "", "1円"])])
    campaigns.set_list(campaign=campaign, upload=file, by=handler)
    campaigns.start_check(campaign=campaign, mapping=campaign.mapping | {"((amount))": "支給額"}, values={}, by=handler)
    drain(run_campaigns)
    assert [(row, state) for row, state, _said in states_of(campaign)] == [(2, "good"), (5, "problem")]


def test_a_workbook_is_unpacked_once_and_its_rows_stay_what_they_are(campaign, handler, people, monkeypatch):
    odd = ["0003", "鈴木\t健太", "0004", "鈴木 花", '"8,000"\n円']
    file = workbook([(1, HEAD), (2, GOOD[0]), (4, odd), (9, ["x"])])
    campaigns.set_list(campaign=campaign, upload=file, by=handler)
    old = campaign.file
    campaigns.start_check(campaign=campaign, mapping=campaign.mapping | {"((amount))": "支給額"}, values={}, by=handler)
    monkeypatch.setattr(checking_module, "BATCH", 1)
    slices = 0
    while campaign.campaign_state == "checking":
        for claimed in claim_due(Campaign):
            campaigns.work_on(claimed, seconds=0)
        campaign.refresh_from_db()
        slices += 1
        assert campaign.encoding == "utf-8-sig"
    assert slices > 1
    assert [(row, state) for row, state, _said in states_of(campaign)] == [(2, "good"), (4, "good"), (9, "problem")]
    assert campaign.rows.get(position=4).values == {"amount": '"8,000"\n円'}
    old.refresh_from_db()
    assert old.delete_after is not None
    assert campaign.file.delete_after is None


def test_merged_cells_are_refused_with_their_place(campaign, handler):
    file = workbook([(1, HEAD)], '<mergeCells count="2"><mergeCell ref="A2:A4"/><mergeCell ref="B2:B4"/></mergeCells>')
    with pytest.raises(campaigns.ListRefused, match="A2:A4 ほか1か所"):
        campaigns.set_list(campaign=campaign, upload=file, by=handler)


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"((amount))": "支給額"}, "受取人の宛名番号の列か"),
        ({"full_name": "保護者氏名", "((amount))": "支給額"}, "受取人の宛名番号の列か"),
        ({"resident_number": "宛名番号"}, "amount"),
        ({"resident_number": "宛名番号", "((amount))": "給付額"}, "見出しと合っていません：給付額"),
        ({"resident_number": "宛名番号", "subject.resident_number": "宛名番号", "((amount))": "支給額"}, "一つの列を"),
        ({"resident_number": "宛名番号", "subject.full_name": "児童氏名", "((amount))": "支給額"}, "対象の方の列は"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(campaign, handler, mapping, said):
    campaigns.set_list(campaign=campaign, upload=upload(GOOD), by=handler)
    with pytest.raises(campaigns.ListRefused, match=said):
        campaigns.start_check(campaign=campaign, mapping=mapping, values={}, by=handler)
    campaign.refresh_from_db()
    assert campaign.campaign_state == CampaignState.DRAFT


def test_my_numbers_in_a_column_are_refused(checked):
    campaign = checked([["123456789018", "", "", "", "1円"]] * 12)
    assert campaign.campaign_state == CampaignState.REFUSED
    assert "マイナンバー" in campaign.refusal
    assert campaign.rows.count() == 0


def test_values_for_all_need_no_column(checked):
    campaign = checked(GOOD, mapping={"resident_number": "宛名番号"}, values={"amount": "5,000円"})
    assert counts(campaign) == (2, 2, 0, 0)


def test_a_second_check_forgets_the_first(checked):
    checked([["9999", "", "", "", "1円"]])
    assert counts(checked(GOOD)) == (2, 2, 0, 0)


def test_the_next_list_remembers_what_the_headings_meant(checked, kind, department, handler):
    checked(GOOD)
    plan = campaigns.Plan("1月分", kind.versions.get(), department, CampaignSource.FILE)
    following = campaigns.create_campaign(plan=plan, by=handler, request_key="new-2")
    campaigns.set_list(campaign=following, upload=upload(GOOD), by=handler)
    assert following.mapping["((amount))"] == "支給額"


def doubtful(checked):
    campaign = checked([["0001", "山田 太郎", "", "", "1円"], *GOOD])
    return campaign, campaign.rows.get(state=RowState.DOUBTFUL)


def test_a_doubtful_row_is_decided_by_a_person(checked, people, handler):
    campaign, row = doubtful(checked)
    campaigns.accept_row(row, recipient_id=people["0001"].pk, subject_id=people["0001"].pk, by=handler)
    row.refresh_from_db()
    campaign.refresh_from_db()
    assert (row.state, row.recipient, row.decided_by) == (RowState.GOOD, people["0001"], handler)
    assert counts(campaign) == (3, 3, 0, 0)
    with pytest.raises(StaleState):
        campaigns.leave_out(row, by=handler)


def test_nobody_else_than_the_candidates_can_be_chosen(checked, people, handler):
    _campaign, row = doubtful(checked)
    with pytest.raises(campaigns.NotReady):
        campaigns.accept_row(row, recipient_id=people["0004"].pk, subject_id=people["0004"].pk, by=handler)


def test_a_decision_for_somebody_who_gets_one_already_is_refused(checked, people, handler):
    campaign = checked([GOOD[0], ["0001", "山田 太郎", "0002", "", "1円"]])
    row = campaign.rows.get(state=RowState.DOUBTFUL)
    with pytest.raises(campaigns.PersonTwice):
        campaigns.accept_row(row, recipient_id=people["0001"].pk, subject_id=people["0002"].pk, by=handler)
    row.refresh_from_db()
    assert row.state == RowState.DOUBTFUL


def test_doubtful_rows_hold_the_list_up_until_they_are_decided(checked, handler):
    campaign, _row = doubtful(checked)
    with pytest.raises(campaigns.NotReady, match="確認が必要な行"):
        campaigns.hand_in(campaign=campaign, scheduled_at=None, leaves_problems_out=True, by=handler)
    assert campaigns.leave_out_doubtful(campaign, by=handler) == 1
    campaign.refresh_from_db()
    campaigns.hand_in(campaign=campaign, scheduled_at=None, leaves_problems_out=True, by=handler)
    assert campaign.campaign_state == CampaignState.READY


def test_problems_are_left_out_only_when_somebody_says_so(checked, handler):
    campaign = checked([*GOOD, ["9999", "", "", "", "1円"]])
    with pytest.raises(campaigns.NotReady, match="送信できない行"):
        campaigns.hand_in(campaign=campaign, scheduled_at=None, leaves_problems_out=False, by=handler)
    campaigns.hand_in(campaign=campaign, scheduled_at=None, leaves_problems_out=True, by=handler)
    assert campaign.rows.get(position=4).state == RowState.LEFT_OUT
    # two people without consent: two letters at the standard rate
    assert (campaign.paper_count, campaign.postage_yen) == (2, 220)


def test_nobody_approves_their_own(checked, approver):
    campaign = checked(GOOD)
    campaigns.hand_in(campaign=campaign, scheduled_at=None, leaves_problems_out=True, by=approver)
    with pytest.raises(campaigns.OwnCampaign):
        campaigns.approve(campaign=campaign, by=approver)
