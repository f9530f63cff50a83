"""What the check tells before anybody decides: empty values, long titles, characters without a glyph."""

import pytest
from django.urls import reverse

from notices.models import NoticeTypeVersion
from notices.queries.campaigns import unprintable_rows
from notices.services import campaigns
from residents.models import Resident
from tests.notices.campaignkit import GOOD, states_of

pytestmark = pytest.mark.django_db

# a character of the private use area: no font has it
GAIJI = "\ue000"


def test_doubtful_row_tells_its_empty_value_at_the_check(checked):
    ((_row, state, said),) = states_of(checked([["0001", "山田 太郎", "0002", "高橋 一葉", ""]]))
    assert state == "problem"
    assert said.startswith("差し込む値が空欄です：amount")
    assert "名簿の氏名が違います" in said


def test_row_about_somebody_who_moved_tells_both(checked, people):
    Resident.objects.filter(pk=people["0001"].pk).update(moved_out_on="2026-04-01")
    ((_row, state, said),) = states_of(checked([["0001", "", "0002", "", ""]]))
    assert state == "problem"
    assert "空欄です：amount" in said
    assert "転出しています" in said


def test_doubtful_row_tells_its_long_title_at_the_check(checked, campaign):
    version = NoticeTypeVersion.objects.get()
    version.pk, version.number, version.title = None, 2, "((subject_name))さんの((amount))"
    version.save(force_insert=True)
    campaign.version = version
    campaign.save(update_fields=["version"])
    ((_row, state, said),) = states_of(checked([["0001", "山田 太郎", "0002", "高橋 一葉", "円" * 130]]))
    assert state == "problem"
    assert "表題が120文字を超えます" in said
    assert "名簿の氏名が違います" in said


def test_doubtful_row_that_can_be_written_waits_for_a_person(checked):
    ((_row, state, said),) = states_of(checked([["0001", "山田 太郎", "0002", "高橋 一葉", "1円"]]))
    assert (state, "空欄" in said) == ("doubtful", False)


def test_characters_without_a_glyph_are_told_with_their_rows(checked, people, login, handler):
    Resident.objects.filter(pk=people["0003"].pk).update(full_name=f"鈴木 {GAIJI}太", street=f"1{GAIJI}")
    rows = [GOOD[0], ["0003", "", "0004", "", f"8,000円{GAIJI}𠮷"], ["0004", "", "", "", "1円"]]
    found = checked(rows)
    (row,) = unprintable_rows(found)
    assert (row.position, row.unprintable, row.state) == (3, GAIJI, "good")
    page = login(handler).get(reverse("notices:campaign_detail", args=[found.public_id]))
    assert page.context["unprintable_count"] == 1
    assert "印字できない文字のある行（1行）" in page.content.decode()


def test_a_decided_row_tells_the_characters_of_who_was_chosen(checked, people, handler):
    Resident.objects.filter(pk=people["0002"].pk).update(full_name=f"高橋 {GAIJI}")
    found = checked([["0001", "山田 太郎", "0002", "", "1円"]])
    row = found.rows.get()
    campaigns.accept_row(row, recipient_id=people["0001"].pk, subject_id=people["0002"].pk, by=handler)
    assert unprintable_rows(found).get().unprintable == GAIJI
