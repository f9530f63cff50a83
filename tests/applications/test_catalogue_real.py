"""The catalogue of the product: the national list and the other filings, with forms that hold together."""

import re

import pytest
from django.core.management import call_command

from applications.conditions import check
from applications.enums import ApplicantKind, FieldType, ProcedureMode, ResultKind
from applications.models import FormVersion, Procedure
from applications.services import catalogue
from applications.services.catalogue import ChangeKind, load_catalogue, read_catalogue
from notices.models import NoticeType
from notices.texts import placeholders
from tests.applications.catalogue_files import make_city, stored_rows

NATIONAL_LIST = {
    "児童手当 認定請求",
    "児童手当 額の改定の請求/届出",
    "児童手当 氏名変更/住所変更等の届出",
    "児童手当 受給事由消滅の届出",
    "児童手当 未支払の請求",
    "児童手当 寄附の申出",
    "児童手当 寄附変更等の申出",
    "児童手当 学校給食費等の徴収等の申出",
    "児童手当 学校給食費等の徴収等の変更等の申出",
    "児童手当 現況届",
    "支給認定の申請",
    "保育施設等の利用申込",
    "保育施設等の現況届",
    "児童扶養手当の現況届の事前送信",
    "妊娠の届出",
    "要介護・要支援認定の申請",
    "要介護・要支援更新認定の申請",
    "要介護・要支援状態区分変更認定の申請",
    "住所移転後の要介護・要支援認定の申請",
    "居宅（介護予防）サービス計画作成（変更）依頼の届出",
    "介護保険負担割合証の再交付の申請",
    "介護保険被保険者証の再交付の申請",
    "高額介護（予防）サービス費の支給申請",
    "介護保険負担限度額認定の申請",
    "介護保険福祉用具購入費の支給申請",
    "介護保険住宅改修費の支給申請",
    "罹災証明書の発行申請",
}
"""The 27 procedures that every city is to offer online, as the catalogue words them."""
OTHER_FILINGS = [
    "hokago-jidokai-nyukai",
    "hokago-jidokai-henko",
    "hokago-jidokai-kyukai",
    "hokago-jidokai-taikai",
    "nenkin-kanyu",
    "nenkin-menjo",
    "nenkin-gakusei",
    "fuzaisha-tohyo",
    "ningen-dock",
    "kokuho-kanyu",
    "kokuho-soshitsu",
    "kazei-shomei",
    "hitorioya-iryohi",
    "judo-iryohi",
    "koseki-seikyu",
    "juminhyo-seikyu",
    "tenshutsu-todoke",
    "tennyu-yoyaku",
    "kenshu-moshikomi",
    "joho-kokai",
    "kodomo-iryohi",
    "kodomo-iryohi-saikofu",
    "kikenbutsu-hoan",
    "shobo-kunren",
    "sodai-gomi",
    "inu-toroku",
    "inu-shibo",
    "suido-kaishi",
    "suido-chushi",
    "shokuin-saiyo",
    "hatachi-tsudoi",
    "gakusei-oen",
    "denshi-shorei",
    "hoiku-jizen",
    "shugaku-enjo",
    "tsuchi-henko",
    "ninpu-anketo",
    "doro-sonsho",
    "volunteer-josei",
    "shimin-koza",
    "okuyami",
    "mynumber-card",
]
"""Keys of the other filings that cities name."""
SHARED_KEYS = {
    "applicant.name": "applicant_name",
    "applicant.kana": "applicant_kana",
    "applicant.birth_date": "applicant_birth_date",
    "applicant.address": "applicant_address",
    "applicant.phone": "applicant_phone",
    "applicant.email": "applicant_email",
    "applicant.bank_account": "account",
    "business.name": "business_name",
    "business.corporate_number": "business_number",
    "business.address": "business_address",
    "business.representative": "business_representative",
    "business.bank_account": "account",
    "children[].name": "child_name",
    "children[].birth_date": "child_birth_date",
}
"""Questions that many forms ask have one key in all of them: programs read one column."""


@pytest.fixture
def city(db):
    return make_city()


def all_fields(form):
    """The fields of a form, those inside rows too."""
    return [one for field in form.fields for one in (field, *field.fields)]


def test_real_catalogue_holds_the_national_list_with_real_forms():
    forms = {entry.texts["name"]: entry.form for entry in read_catalogue(catalogue.FOLDER).procedures}
    assert len(NATIONAL_LIST) == 27
    assert set(forms) >= NATIONAL_LIST
    for name in NATIONAL_LIST:
        assert len(all_fields(forms[name])) >= 12, name
        assert 2 <= len(forms[name].pages) <= 6, name
    assert len(all_fields(forms["保育施設等の利用申込"])) >= 50


def test_procedures_of_the_national_list_say_everything_a_person_asks_first():
    for entry in read_catalogue(catalogue.FOLDER).procedures:
        if entry.texts["name"] in NATIONAL_LIST:
            texts, settings = entry.texts, entry.settings
            assert all((texts["eligibility"], texts["deadline"], texts["description"], texts["legal_basis"])), entry.key
            assert settings["standard_days"], entry.key
            assert len(texts["keywords"]) >= 4, entry.key
            assert texts["applicant_kinds"], entry.key


def test_shared_questions_have_one_wording():
    """The same question of the applicant, of the child or of the insured person reads alike in every form."""
    shared = ("applicant_", "child_name", "child_birth", "insured_", "account", "consent_records", "doctor_", "survey_")
    seen = {}
    for entry in read_catalogue(catalogue.FOLDER).procedures:
        if entry.texts["name"] in NATIONAL_LIST:
            for field in all_fields(entry.form):
                if field.key.startswith(shared):
                    wording = (field.type, field.label)
                    seen.setdefault(field.key, {}).setdefault(wording, []).append(entry.key)
    assert {key: wordings for key, wordings in seen.items() if len(wordings) > 1} == {}


def test_real_forms_never_ask_for_the_my_number_and_take_the_applicant_from_the_record():
    for entry in read_catalogue(catalogue.FOLDER).procedures:
        for field in all_fields(entry.form) if entry.form else ():
            assert "個人番号" not in field.label, entry.key
            assert "マイナンバー" not in field.label, entry.key
        concepts = {field.concept for field in entry.form.fields} if entry.form else {"applicant.name"}
        assert concepts & {"applicant.name", "business.name"}, entry.key


def test_real_catalogue_holds_the_other_filings_that_cities_name():
    entries = {entry.key: entry for entry in read_catalogue(catalogue.FOLDER).procedures}
    assert set(entries) >= set(OTHER_FILINGS)
    assert len(entries) >= 66
    for key in OTHER_FILINGS:
        entry = entries[key]
        assert entry.form is None or len(all_fields(entry.form)) >= 10, key
        assert all((entry.texts["summary"], entry.texts["eligibility"], entry.texts["deadline"])), key
        assert len(entry.texts["keywords"]) >= 4, key


def test_rules_of_every_real_form_hold_together():
    """Conditions and calculated values: what the designer would refuse never comes with the product."""
    for entry in read_catalogue(catalogue.FOLDER).procedures:
        assert entry.form is None or list(check(entry.form)) == [], entry.key


def test_shared_questions_have_one_key():
    for entry in read_catalogue(catalogue.FOLDER).procedures:
        for field in all_fields(entry.form) if entry.form else ():
            if field.concept in SHARED_KEYS and field.type != FieldType.ATTRIBUTE:
                assert field.key == SHARED_KEYS[field.concept], (entry.key, field.key)


def test_who_moves_in_finds_the_health_insurance_by_the_event_and_can_say_so_in_its_form():
    entry = next(one for one in read_catalogue(catalogue.FOLDER).procedures if one.key == "kokuho-kanyu")
    assert "move-in" in entry.life_events
    assert "市外から転入した" in entry.texts["summary"]
    reason = next(field for field in entry.form.fields if field.key == "join_reason")
    assert "move_in" in [option.value for option in reason.options]


def test_every_way_to_file_is_used_in_the_real_catalogue():
    entries = {entry.key: entry for entry in read_catalogue(catalogue.FOLDER).procedures}
    texts = [entry.texts for entry in entries.values()]
    assert {text["mode"] for text in texts} == set(ProcedureMode)
    assert {kind for text in texts for kind in text["applicant_kinds"]} == set(ApplicantKind)
    assert {text["result_kind"] for text in texts} == set(ResultKind)
    assert {text["identity_level"] for text in texts} >= {"none", "email", "card"}
    assert (entries["doro-sonsho"].texts["allows_guests"], entries["hatachi-tsudoi"].texts["once_ever"]) == (True, True)
    places = entries["shimin-koza"].settings
    assert (places["capacity"], places["has_waiting_list"]) == (20, True)
    assert entries["shokuin-saiyo"].settings["opens_at"] < entries["shokuin-saiyo"].settings["closes_at"]


def test_every_type_of_question_is_used_in_the_real_catalogue():
    forms = [entry.form for entry in read_catalogue(catalogue.FOLDER).procedures if entry.form]
    assert {field.type for form in forms for field in all_fields(form)} == set(FieldType)


def test_real_catalogue_loads_and_a_second_load_changes_nothing(city, django_assert_num_queries):
    call_command("load_catalogue", verbosity=0)
    entries = read_catalogue(catalogue.FOLDER).procedures
    assert set(Procedure.objects.values_list("name", flat=True)) == {entry.texts["name"] for entry in entries}
    assert FormVersion.objects.count() == sum(entry.form is not None for entry in entries)
    before = stored_rows()
    # one savepoint pair; life events twice, departments, notice types, procedures and their links, kinds of
    # reports, and three for each guide
    with django_assert_num_queries(54):
        again = load_catalogue(folder=catalogue.FOLDER)
    assert {change.kind for change in again} == {ChangeKind.UNCHANGED}
    assert stored_rows() == before


def test_every_real_procedure_with_a_form_has_both_answers(city):
    call_command("load_catalogue", verbosity=0)
    for procedure in Procedure.objects.exclude(mode="guide_only"):
        assert procedure.approval_notice_type is not None, procedure.key
        assert procedure.refusal_notice_type is not None, procedure.key
        assert procedure.retention_years >= 1
        assert procedure.life_events.exists(), procedure.key


def decision_kinds():
    """Kinds that answer an application; mass notices have values and periods of their own."""
    return [kind for kind in NoticeType.objects.all() if kind.key.endswith(("-approved", "-refused", "-accepted"))]


def test_real_notice_texts_name_only_what_a_decision_gives(city):
    call_command("load_catalogue", verbosity=0)
    given = {"application_number", "procedure_name", "applicant_name", "decision_date", "reason", "city_name"}
    given.add("appeal_months")
    for kind in decision_kinds():
        version = kind.versions.get()
        texts = [version.title, version.body, version.appeal_text, *(row["text"] for row in version.particulars)]
        assert {name for text in texts for name in placeholders(text)} <= given, kind.key
        assert "((reason))" in version.body, kind.key


def test_real_texts_leave_the_period_of_appeal_to_the_procedure(city):
    call_command("load_catalogue", verbosity=0)
    appeals = {kind.key: kind.versions.get().appeal_text for kind in decision_kinds()}
    of_appeals = {key: text for key, text in appeals.items() if "審査請求をすることができます" in text}
    assert len(of_appeals) > 20
    for key, text in of_appeals.items():
        first = text.partition("。")[0]
        assert "((appeal_months))か月以内" in first, key
        assert not re.search(r"[0-9０-９一二三四五六]+[かカヶケ]月以内", first), key
    # nor does what residents read before they apply
    for row in Procedure.objects.all():
        texts = " ".join([row.summary, row.description, row.eligibility, row.deadline])
        assert not re.search(r"月以内[^。]*(審査請求|不服)", texts), row.key


def test_no_page_says_that_something_is_filled_in_when_nothing_may_be():
    """People without an account read the same words above empty boxes."""
    forms = [one.form for one in read_catalogue(catalogue.FOLDER).procedures if one.form]
    intros = [page.intro for form in forms for page in form.pages]
    assert not [intro for intro in intros if "情報が入っています" in intro]
    assert sum("すでに入っている内容は" in intro for intro in intros) >= 60
