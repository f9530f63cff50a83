"""The pages of the kinds: list, one kind, rules, text, versions."""

import subprocess

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cityhall.enums import Role
from notices.forms_kinds import RulesForm
from notices.models import NoticeType, NoticeTypeVersion
from tests.applications.casekit import make_procedure
from tests.factories import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def kind(notice_type):
    """A kind whose text declares what it names."""
    NoticeTypeVersion.objects.create(
        notice_type=notice_type,
        number=2,
        title="就学援助のご案内",
        body="((subject_name)) さん\n((if 額 >= 1000))\n((額))円を援助します。\n((end))",
        sample={"額": "57,060"},
        translations={"en": {"title": "School aid", "body": "((額)) yen"}},
    )
    return notice_type


@pytest.fixture
def elsewhere(departments):
    return make_staff(role=Role.HANDLER, department=departments["kaigo"])


def url(name, kind, *args):
    return reverse(f"notices:{name}", args=[kind.key, *args])


def words_of(letter):
    return subprocess.run(["pdftotext", "-", "-"], input=letter, check=True, capture_output=True).stdout.decode()


def posted(**changed):
    return {
        "title": "表題",
        "body": "((subject_name)) さんに((額))円",
        "sample": "額：57,060",
        "particulars": "",
        "appeal_text": "",
        "action": "",
        "action_label": "",
        "action_values": "",
        "values": "sample",
        "change_note": "短くした",
        "seen_version": "2",
        **changed,
    }


def test_list_shows_the_kinds_of_the_department(login, kind, handler, elsewhere):
    page = login(handler).get(reverse("notices:kind_list"))
    assert [one.key for one in page.context["own"]] == ["jido-teate"]
    assert login(elsewhere).get(reverse("notices:kind_list")).context["own"] == []


def test_list_costs_the_same_for_one_and_for_many(login, kind, handler):
    browser = login(handler)
    browser.get(reverse("notices:kind_list"))

    def queries():
        with CaptureQueriesContext(connection) as found:
            browser.get(reverse("notices:kind_list"))
        return len(found)

    one = queries()
    for number in range(2):
        NoticeType.objects.create(
            key=f"more-{number}", name="x", category="new", consent_required=False, department=kind.department
        )
    assert queries() == one


def test_stranger_departments_get_404_everywhere(login, kind, elsewhere):
    browser = login(elsewhere)
    for address in ("kind_detail", "kind_rules", "kind_text", "kind_versions"):
        assert browser.get(url(address, kind)).status_code == 404
    assert browser.get(url("kind_sample", kind, 2)).status_code == 404


def test_clerk_reads_nothing_here_and_auditor_changes_nothing(login, kind, department):
    clerk = make_staff(role=Role.CLERK, department=department)
    assert login(clerk).get(url("kind_detail", kind)).status_code == 404
    auditor = make_staff(role=Role.AUDITOR, department=department)
    browser = login(auditor)
    assert browser.get(url("kind_detail", kind)).status_code == 200
    assert browser.get(url("kind_text", kind)).status_code == 404


def test_kind_is_shown_with_its_sample(login, kind, handler):
    page = login(handler).get(url("kind_detail", kind)).content.decode()
    assert "57,060円を援助します。" in page
    assert "高橋　一葉 さん" in page
    assert "57,060 yen" in page


def test_letter_of_a_decision_is_written_elsewhere(login, kind, handler, departments):
    procedure = make_procedure(departments["kosodate"])
    letter = procedure.approval_notice_type
    NoticeType.objects.filter(pk=letter.pk).update(department=departments["kosodate"])
    browser = login(handler)
    page = browser.get(url("kind_detail", letter))
    assert page.context["letter_url"] == reverse("applications:letter_text", args=[letter.key])
    assert browser.get(url("kind_text", letter)).status_code == 404
    assert letter in browser.get(reverse("notices:kind_list")).context["letters"]


@pytest.mark.parametrize("values", ["", "?values=hard", "?values=blank"])
def test_sample_is_a_marked_letter(login, kind, handler, values):
    answer = login(handler).get(url("kind_sample", kind, 2) + values)
    assert answer["Content-Type"] == "application/pdf"
    assert "見本" in words_of(answer.content)


def test_text_is_tried_and_nothing_kept(login, kind, handler):
    browser = login(handler)
    page = browser.post(url("kind_text", kind), posted(preview="1", change_note="", values="hard"))
    assert "9,999,999,999円" in page.content.decode()
    letter = browser.post(url("kind_text_letter", kind), posted(preview="1", change_note=""))
    assert letter["Content-Type"] == "application/pdf"
    assert kind.versions.count() == 2


def test_each_row_of_the_table_is_a_text_of_its_own(login, kind, handler):
    browser = login(handler)
    broken = "金額：((額))円\n((if 額 filled))額：((額))((end))"
    for page in ("kind_text", "kind_text_letter"):
        answer = browser.post(url(page, kind), posted(preview="1", change_note="", particulars=broken))
        assert answer.status_code == 200
        (sentence, *_more) = answer.context["form"].errors["particulars"]
        assert sentence.startswith("2行目の ((if 額 filled))：")
        assert answer.context["preview"] is None


def test_text_in_force_that_cannot_be_read_says_so(login, kind, handler):
    NoticeTypeVersion.objects.create(notice_type=kind, number=3, title="x", body="((if 額 filled))閉じない")
    answer = login(handler).get(url("kind_detail", kind))
    assert "対応" in answer.context["preview_problem"] or "閉じる" in answer.context["preview_problem"]


def test_letter_opens_beside_the_text_that_is_being_written(login, kind, handler):
    page = login(handler).get(url("kind_text", kind)).content.decode()
    assert f'formaction="{url("kind_text_letter", kind)}" formtarget="_blank"' in page


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"hours_until_paper": "8761"}, "hours_until_paper"),
        ({"hours_until_reminder": "72", "hours_until_paper": "72"}, "hours_until_reminder"),
        ({"retention_years": "100"}, "retention_years"),
        ({"effect": "days_after"}, "effect_days"),
        ({"consent_required": "on", "consent_text_version": ""}, "consent_text_version"),
        ({"consent_required": "on", "consent_text_version": "2099-04"}, "consent_text_version"),
    ],
)
def test_rules_that_cannot_be_stand_at_their_field(kind, handler, changed, field):
    rules = {
        "name": "名前",
        "department": str(kind.department_id),
        "category": "new",
        "inbox_category": "children",
        "consent_text_version": "2026-04",
        "signature_mode": "none",
        "effect": "available",
        "retention_years": "3",
    }
    assert not RulesForm(rules, instance=kind, user=handler).errors
    form = RulesForm(rules | changed, instance=kind, user=handler)
    assert list(form.errors) == [field]
    assert len(form.errors[field]) == 1


def test_text_is_kept_as_the_next_version(login, kind, handler):
    answer = login(handler).post(
        url("kind_text", kind),
        posted(en_title="Aid", en_body="((額)) yen", sample="額：1↵2\n備考："),
    )
    assert answer.status_code == 302
    version = kind.versions.get(number=3)
    assert version.sample == {"額": "1\n2", "備考": ""}
    assert version.translations == {"en": {"title": "Aid", "body": "((額)) yen"}}
    assert version.created_by == handler


def test_button_is_chosen_from_what_is_open(login, kind, handler, departments):
    procedure = make_procedure(departments["kosodate"])
    chosen = {"action": f"procedure:{procedure.key}", "action_label": "申請する", "action_values": "ref：((額))"}
    assert login(handler).post(url("kind_text", kind), posted(**chosen)).status_code == 302
    version = kind.versions.get(number=3)
    assert (version.action_kind, version.action_target) == ("procedure", procedure.key)
    assert version.action_values == {"ref": "((額))"}
    refused = login(handler).post(url("kind_text", kind), posted(action="procedure:nowhere", seen_version="3"))
    assert "action" in refused.context["form"].errors


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"body": "((がく))"}, "body", "((がく))"),
        ({"body": "((if 額 > x))y((end))"}, "body", "数でも日付でもない"),
        ({"sample": "額"}, "sample", "1行目"),
        ({"particulars": "見出しだけ"}, "particulars", "1行目"),
        ({"en_title": "Only"}, "en_body", "両方"),
        ({"en_title": "x", "en_body": "((nobody))"}, "en_body", "nobody"),
        ({"change_note": ""}, "change_note", ""),
    ],
)
def test_mistakes_stand_at_their_field_and_what_was_typed_stays(login, kind, handler, changed, field, words):
    page = login(handler).post(url("kind_text", kind), posted(**changed))
    errors = page.context["form"].errors
    assert list(errors) == [field]
    assert words in str(errors[field])
    assert kind.versions.count() == 2


def test_who_was_slower_is_told_and_may_save_again(login, kind, handler):
    browser = login(handler)
    browser.post(url("kind_text", kind), posted())
    page = browser.post(url("kind_text", kind), posted(title="別の表題"))
    assert "ほかの人が先に文面を変えました" in page.content.decode()
    assert 'name="seen_version" value="3"' in page.content.decode()


def test_rules_are_saved_and_follow_each_other(login, kind, handler):
    rules = {
        "name": "新しい名前",
        "department": str(kind.department_id),
        "category": "new",
        "legal_basis": "",
        "inbox_category": "children",
        "consent_text_version": "2026-04",
        "signature_mode": "none",
        "alert_channels": ["email"],
        "hours_until_reminder": "48",
        "hours_until_paper": "",
        "effect": "days_after",
        "effect_days": "",
        "retention_years": "3",
        "is_active": "on",
    }
    browser = login(handler)
    page = browser.post(url("kind_rules", kind), rules)
    assert "効力が生じるまでの日数を入れてください。" in page.content.decode()
    assert browser.post(url("kind_rules", kind), rules | {"effect_days": "10"}).status_code == 302
    kind.refresh_from_db()
    assert (kind.effect_days, kind.alert_channels, kind.consent_text_version) == (10, ["email"], "")
    browser.post(url("kind_rules", kind), rules | {"effect": "opened", "effect_days": "10"})
    kind.refresh_from_db()
    assert kind.effect_days is None


def test_new_kind_is_made_by_an_administrator_and_begins_without_a_text(login, municipality, administrator, handler):
    rules = {
        "key": "new",
        "name": "新しい通知",
        "category": "new",
        "inbox_category": "other",
        "signature_mode": "none",
        "effect": "available",
        "retention_years": "3",
        "is_active": "on",
    }
    assert login(handler).get(reverse("notices:kind_new")).status_code == 404
    browser = login(administrator)
    assert "このキーは使えません" in browser.post(reverse("notices:kind_new"), rules).content.decode()
    answer = browser.post(reverse("notices:kind_new"), rules | {"key": "atarashii"})
    assert answer["Location"] == reverse("notices:kind_text", args=["atarashii"])
    first = browser.post(answer["Location"], posted(seen_version="0"))
    assert first.status_code == 302
    assert NoticeType.objects.get(key="atarashii").versions.get().number == 1


def test_versions_are_compared(login, kind, handler):
    page = login(handler).get(url("kind_versions", kind) + "?older=1&newer=2")
    assert ("就学援助のご案内", True) in {(line.text, line.is_new) for line in page.context["compared"].lines}
    wrong = login(handler).get(url("kind_versions", kind) + "?older=2&newer=1")
    assert wrong.context["compared"] is None


def test_the_two_newest_versions_are_offered_for_comparing(login, kind, handler):
    page = login(handler).get(url("kind_versions", kind))
    assert (page.context["older"], page.context["newer"], page.context["compared"]) == (1, 2, None)


def test_a_kind_without_a_text_has_no_versions(login, handler, department):
    empty = NoticeType.objects.create(
        key="mada", name="まだ文面のない通知", category="new", department=department, consent_required=False
    )
    page = login(handler).get(url("kind_versions", empty))
    assert page.status_code == 200
    assert "文面はまだありません" in page.content.decode()


def test_whole_days_are_said_as_days(login, kind, handler):
    NoticeType.objects.filter(pk=kind.pk).update(hours_until_reminder=30, hours_until_paper=120)
    page = login(handler).get(url("kind_detail", kind)).content.decode()
    assert "未開封のまま30時間" in page
    assert "未開封のまま5日" in page


def test_menu_marks_the_nearest_page_only(login, kind, handler):
    page = login(handler).get(reverse("notices:kind_list")).content.decode()
    menu = page.partition('<nav class="side-nav"')[2].partition("</nav>")[0]
    assert menu.count('aria-current="page"') == 1
