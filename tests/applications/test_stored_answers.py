"""Every kind of question from the sent page to the stored revision, on the database of the run."""

import pytest
from django.http import QueryDict

from applications import typed
from applications.answers import display_rows
from applications.models import ApplicationRevision
from applications.services import drafts
from applications.services.submission import submit
from tests.applications import sample

pytestmark = pytest.mark.django_db

# what browsers send for the questions that `sample.good_page` leaves blank
SENT = {
    1: {
        "q-spouse.family": "葛󠄀城",
        "q-spouse.given": "か゚",
        "q-spouse.family_kana": "かつらぎ",
        "q-spouse.given_kana": "ｶ",
        "q-spouse_home.postal_code": "100-0013",
        "q-spouse_home.prefecture": "東京都",
        "q-spouse_home.city": "千代田区",
        "q-spouse_home.town": "霞が関",
        "q-spouse_home.town_code": "0001000",
        "q-registered": "にせの住所",
    },
    2: {
        "q-note": "葛󠄀城 𠮷野 👨‍👩‍👧\r\n二行目",
        "q-found_by": ["paper", "other"],
        "q-found_by.other": "𠮷田さんから",
        "q-rent": "8万5千円",
        "q-total": "1",
        "q-call_at": "午後1時半",
        "q-visit.era": "reiwa",
        "q-visit.year": "8",
        "q-visit.month": "12",
        "q-visit.day": "1",
        "q-visit.time": "９：０５",
    },
    3: {
        "q-sign.typed": "高橋 さくら",
        "q-spot.note": "市民会館の前",
        "q-account.kind": "yucho",
        "q-account.symbol": "10170",
        "q-account.symbol_number": "12345671",
        "q-account.holder": "たかはし　さくら",
        "q-children": ["r1"],
        "q-children.open": ["r1"],
        "q-children.r1.child": "髙橋 みなみ",
        "q-children.r1.school": "other",
        "q-children.r1.school.other": "祖母の家",
        "q-invitation": "にせの番号",
    },
}
STORED = {
    # variation selectors go where a rule on characters says so, and stay everywhere else
    "spouse": {"family": "葛城", "given": "か゚", "family_kana": "カツラギ", "given_kana": "カ"},
    "spouse_home": {
        "postal_code": "1000013",
        "prefecture": "東京都",
        "city": "千代田区",
        "town": "霞が関",
        "street": "",
        "building": "",
        "municipality_code": "131016",
        "town_code": "",
    },
    "note": "葛󠄀城 𠮷野 👨‍👩‍👧\n二行目",
    "found_by": ["paper", "other"],
    "found_by__other": "𠮷田さんから",
    "rent": "85000",
    "total": "1319567",
    "call_at": "13:30",
    "visit": "2026-12-01T09:05",
    "sign": {"typed": "高橋 さくら"},
    "spot": {"latitude": "", "longitude": "", "note": "市民会館の前"},
    "account": {
        "bank_code": "9900",
        "bank_name": "ゆうちょ銀行",
        "branch_code": "018",
        "branch_name": "〇一八",
        "account_type": "ordinary",
        "number": "1234567",
        "holder": "ﾀｶﾊｼ ｻｸﾗ",
    },
    "children": [{"id": "r1", "child": "髙橋 みなみ", "school": "other", "school__other": "祖母の家"}],
    "invitation": "A-12",
}


@pytest.fixture
def draft(municipality, resident, department):
    application = sample.start(sample.make_procedure(department=department), resident)
    application.link_values = {"invitation": "A-12"}
    application.save(update_fields=["link_values"])
    sample.fill(application, resident.user)
    for number, page in enumerate(sample.form().pages, start=1):
        data = QueryDict(mutable=True)
        for name, value in (sample.good_page(number) | SENT[number]).items():
            data.setlist(name, value if isinstance(value, list) else [value])
        drafts.save_page(
            application=application, page=page, values=typed.read(page.fields, data), expected_revision=None
        )
    application.refresh_from_db()
    return application


def test_every_kind_of_answer_is_stored_as_it_is_documented(draft, resident):
    submit(application=draft, by=resident.user)
    answers = ApplicationRevision.objects.get().answers
    assert {key: answers.get(key) for key in STORED} == STORED
    assert answers["registered"]["street"] == resident.street
    assert set(answers) - set(STORED) - {"registered"} == {
        "name",
        "kana",
        "birth",
        "address",
        "phone",
        "email",
        "income",
        "kind",
        "reasons",
        "single",
        "consent",
        "proof",
    }


def test_every_answer_is_said_in_words_and_typed_again(draft, resident):
    submit(application=draft, by=resident.user)
    form, answers = sample.form(), ApplicationRevision.objects.get().answers
    texts = {row.key: row.text for section in display_rows(form, answers) for row in section.rows}
    assert texts["account"] == "ゆうちょ銀行（9900） 〇一八（018）\n普通 1234567\nﾀｶﾊｼ ｻｸﾗ"
    assert texts["invitation"] == "A-12"
    again = typed.from_answers(form.fields, answers)
    assert not typed.NOT_TYPED & {form.by_key[key].type for key in again}
    assert again["account"]["kind"] == "bank"
    assert again["children"][0]["values"]["school"] == {"chosen": "other", "other": "祖母の家"}
