"""The page on which it is said who came: search, comparison, documents, a second person."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.utils import timezone

from cityhall.models import AuditEvent
from counter import codes
from counter.enums import Companion, Origin, VisitState
from counter.errors import CannotFileHere, NotInMandate, Unjudged
from counter.identity import BY_KEY
from counter.models import Visit
from counter.queries.procedures import hindrance_in
from counter.services import visits
from residents.services import create_mandate
from tests import factories
from tests.counter.deskkit import identified, make_place, procedures_of, start
from tests.counter.kit import keep
from tests.counter.receivingkit import make_procedure

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_count():
    cache.clear()


@pytest.fixture
def place(department):
    return make_place(department)


@pytest.fixture
def visit(municipality, place, clerk):
    return start(place, clerk, now=timezone.now())


@pytest.fixture
def desk(municipality, clerk, login):
    return login(clerk)


def url(visit, rest="identify/"):
    return f"/staff/visits/{visit.public_id}/{rest}"


def post(desk, visit, **data):
    visit = Visit.objects.get(pk=visit.pk)
    values = {"revision": visit.revision, "action": "identify", "documents": ["driving_licence"], "companion": ""}
    return desk.post(url(visit), values | data)


def text_of(response):
    return response.content.decode()


def test_search_keeps_what_was_chosen_and_is_audited(desk, visit):
    resident = factories.make_resident()
    response = post(
        desk,
        visit,
        action="search",
        text="タカハシ",
        documents=["pension", "student_card"],
        companion="family",
        companion_name="高橋 太郎",
    )
    text = text_of(response)
    assert (response.status_code, Visit.objects.get().state) == (200, VisitState.OPEN)
    assert response.context["form"]["documents"].value() == ["pension", "student_card"]
    assert all(word in text for word in ("高橋 さくら", 'value="高橋 太郎"', 'value="タカハシ"'))
    # the only one found is chosen
    assert response.context["form"]["who"].value() == resident.public_id
    event = AuditEvent.objects.filter(action="search").get()
    assert event.object_ids == [resident.public_id]


def test_identified_goes_on_to_what_is_needed(desk, visit):
    resident = factories.make_resident()
    response = post(desk, visit, text="タカハシ", who=resident.public_id)
    row = Visit.objects.get()
    # at once: by way of the visit's own address it would be a request more
    assert (response.url, row.state, row.resident) == (url(visit, "procedures/"), VisitState.IDENTIFIED, resident)
    assert desk.get(url(visit, "")).url == url(visit, "procedures/")


def test_what_somebody_without_a_record_brought_stands_beside_the_document(
    desk, place, clerk, municipality, department
):
    name = {"family": "遠山", "given": "はるか", "family_kana": "トオヤマ", "given_kana": "ハルカ"}
    _prefill, token = keep(procedures=[make_procedure(department)], values={"applicant_name": name}, now=timezone.now())
    code = codes.full_code(municipality.code, token)
    visit = visits.start_with_code(text=code, place=place, by=clerk, request_key="brought")
    brought = desk.get(url(visit)).context["brought"]
    assert [(str(one.label), *one.texts) for one in brought.lines] == [
        ("氏名", "遠山　はるか"),
        ("フリガナ", "トオヤマ　ハルカ"),
    ]
    assert [str(one) for one in brought.sources] == ["入力・事前入力"]


def test_without_anything_brought_the_page_says_where_it_is_asked(desk, visit):
    response = desk.get(url(visit))
    assert response.context["brought"].lines == []
    assert "次の画面で書類を見ながら入力します" in text_of(response)


@pytest.mark.parametrize(
    ("documents", "folds"),
    [
        (["my_number_card"], (False, False)),
        (["pension", "student_card"], (False, True)),
        (["driving_licence", "letter_of_attorney"], (True, False)),
    ],
)
def test_what_few_people_show_is_folded_until_it_is_used(desk, visit, documents, folds):
    """In a fold stands who came along, and in another what goes without a photograph."""
    visits.identify(visit, documents=documents, resident=None, by=visit.clerk)
    form = desk.get(url(visit)).context["form"]
    assert (form.has_companion, form.is_without_photo) == folds


def test_every_document_stands_on_the_page_once(desk, visit):
    text = text_of(desk.get(url(visit)))
    assert {key: text.count(f'name="documents" value="{key}"') for key in BY_KEY} == dict.fromkeys(BY_KEY, 1)


def test_a_list_of_documents_that_is_not_enough_unfolds_the_others(desk, visit):
    text = text_of(post(desk, visit, who="none", documents=["pension"]))
    assert text.partition("顔写真付きの証明書がないとき")[0].rstrip().endswith("open>\n            <summary>")


def test_nobody_on_record_goes_on_too(desk, visit):
    post(desk, visit, who="none", documents=["questions"])
    row = Visit.objects.get()
    assert (row.state, row.resident, row.documents) == (VisitState.IDENTIFIED, None, ["questions"])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"who": ""}, "どなたの手続かを選んでください。"),
        ({"documents": []}, "確認した書類を選んでください。"),
        ({"documents": ["pension"]}, "本人確認の書類が足りません。"),
        ({"companion": "family"}, "もう一人の方の氏名を入力してください。"),
        ({"companion": "proxy", "companion_name": "佐藤"}, "代理の方の権限を確かめてください。"),
        ({"who": "2" * 22}, "選んだ方が、検索の結果にありません。"),
        ({"companion": "family", "companion_name": "123456789018"}, "マイナンバー"),
    ],
)
def test_every_refusal_is_said_and_nothing_is_lost(desk, visit, data, sentence):
    response = post(desk, visit, **{"who": "none", "companion_name": "", "text": "タカハシ"} | data)
    text = text_of(response)
    assert (response.status_code, sentence in text, Visit.objects.get().state) == (422, True, VisitState.OPEN)
    assert 'value="タカハシ"' in text


def test_tapped_twice_is_harmless_and_two_desks_are_told(desk, visit, handler, login):
    data = {"revision": 0, "action": "identify", "documents": ["driving_licence"], "who": "none", "companion": ""}
    assert desk.post(url(visit), data).status_code == 302
    assert desk.post(url(visit), data).status_code == 302
    other = type(desk)()
    login(handler, other)
    response = other.post(url(visit), data | {"companion": "family", "companion_name": "高橋 太郎"})
    text = text_of(response)
    assert (response.status_code, "他の人が先に操作しました" in text, 'value="高橋 太郎"' in text) == (409, True, True)
    assert Visit.objects.get().companion == ""


def test_somebody_else_named_on_an_old_page_is_no_double_tap(desk, visit):
    resident = factories.make_resident()
    data = {"revision": visit.revision, "action": "identify", "documents": ["driving_licence"], "companion": ""}
    first = data | {"text": "タカハシ", "who": resident.public_id}
    assert [desk.post(url(visit), first).status_code for _tap in range(2)] == [302, 302]
    response = desk.post(url(visit), data | {"who": "none"})
    assert (response.status_code, "他の人が先に操作しました" in text_of(response)) == (409, True)
    assert Visit.objects.get().resident == resident


def test_mandate_of_the_register_is_offered_and_taken(desk, visit, clerk):
    resident, agent = factories.make_resident(), factories.make_resident(family="佐藤", family_kana="サトウ")
    mandate = create_mandate(
        principal=resident, agent=agent, evidence="委任状", valid_from=dt.date(2026, 1, 1), by=clerk
    )
    post(
        desk,
        visit,
        text="タカハシ",
        who=resident.public_id,
        companion=Companion.PROXY,
        companion_name="佐藤 さくら",
        mandate=mandate.public_id,
    )
    assert Visit.objects.get().mandate == mandate


def test_mandate_for_other_procedures_says_so_before_anything_is_asked(desk, visit, clerk, department):
    """Not at the last button: on the identification, beside the procedure, and before the review."""
    covered, other = procedures_of(department, 2)
    resident, agent = factories.make_resident(), factories.make_resident(family="佐藤", family_kana="サトウ")
    fields = {"principal": resident, "agent": agent, "valid_from": dt.date(2026, 1, 1), "by": clerk}
    mandate = create_mandate(evidence="委任状", procedure_keys=[covered.key], **fields)
    found = post(desk, visit, action="search", text="タカハシ")
    assert f"対象: {covered.name}" in text_of(found)
    proxy = {"companion": Companion.PROXY, "companion_name": "佐藤 さくら", "resident": resident}
    row = identified(visit, clerk, mandate=mandate, now=timezone.now(), **proxy)
    visits.add(row, [(one, "") for one in (covered, other)], origin=Origin.STAFF, by=clerk)
    page = text_of(desk.get(f"/staff/visits/{row.public_id}/procedures/"))
    assert page.count("は、選んだ代理権の対象ではありません") == 1
    hindrances = [hindrance_in(row, one, clerk, timezone.now()) for one in (covered, other)]
    assert [bool(one) for one in hindrances] == [False, True]
    with pytest.raises(CannotFileHere):
        visits.begin_questions(row, clerk)
    Visit.objects.filter(pk=row.pk).update(state=VisitState.FILLING)
    row.refresh_from_db()
    with pytest.raises(NotInMandate):
        visits.to_review(row, clerk)
    # another paper of the same person says the rest
    create_mandate(evidence="委任状", procedure_keys=[other.key], **fields)
    assert hindrance_in(row, other, clerk, timezone.now()) == ""


def brought(place, clerk, municipality, department, values, key="k"):
    now = timezone.now()
    _prefill, token = keep(procedures=procedures_of(department, 1), values=values, now=now)
    return visits.start_with_code(
        text=codes.full_code(municipality.code, token), place=place, by=clerk, request_key=key, now=now
    )


def test_code_after_the_beginning_comes_into_the_visit(desk, visit, municipality, department):
    _prefill, token = keep(procedures=procedures_of(department), now=timezone.now())
    code = codes.full_code(municipality.code, token)
    assert 'name="code"' in text_of(desk.get(url(visit)))
    for _tap in range(2):
        response = desk.post(url(visit, "identify/code/"), {"code": code, "revision": 0})
        assert response.status_code == 302
    row = Visit.objects.get()
    assert (row.prefill is not None, bool(row.values), row.procedures.count()) == (True, True, 2)
    assert 'name="code"' not in text_of(desk.get(url(visit)))


@pytest.mark.parametrize(("family", "is_other"), [("別", True), ("高橋", False)])
def test_answers_after_the_identification_are_compared_before_the_questions(
    desk, visit, clerk, municipality, department, family, is_other
):
    resident = factories.make_resident()
    identified(visit, clerk, resident, now=timezone.now())
    values = {"applicant_name": {"family": family, "given": "さくら"}}
    _prefill, token = keep(procedures=[make_procedure(department)], values=values, now=timezone.now())
    code = codes.full_code(municipality.code, token)
    led = desk.post(url(visit, "identify/code/"), {"code": code, "revision": visit.revision})
    assert led.url == url(visit, "identify/" if is_other else "procedures/")
    if not is_other:
        assert visits.begin_questions(Visit.objects.get(), clerk).state == VisitState.FILLING
        return
    with pytest.raises(Unjudged):
        visits.begin_questions(Visit.objects.get(), clerk)
    assert post(desk, visit, who=resident.public_id).status_code == 422
    assert post(desk, visit, who=resident.public_id, judged="on").url == url(visit, "procedures/")
    assert visits.begin_questions(Visit.objects.get(), clerk).state == VisitState.FILLING


def test_wrong_code_says_so_on_the_page(desk, visit):
    response = desk.post(url(visit, "identify/code/"), {"code": "12345", "revision": 0})
    text = text_of(response)
    assert (response.status_code, "あと5桁足りません。" in text, 'value="12345"' in text) == (422, True, True)


def test_answers_beside_answers_are_refused(desk, place, clerk, municipality, department):
    visit = brought(place, clerk, municipality, department, {"p1_child_name": "高橋 太郎"})
    _prefill, token = keep(procedures=procedures_of(department), now=timezone.now())
    code = codes.full_code(municipality.code, token)
    response = desk.post(url(visit, "identify/code/"), {"code": code, "revision": 0})
    assert "すでに入力された内容があります" in text_of(response)


def test_reading_the_page_is_audited(desk, visit):
    desk.get(url(visit))
    event = AuditEvent.objects.filter(action="read", target_type="visit").get()
    assert (event.target_id, event.detail) == (visit.public_id, "identify")


def test_over_is_over(desk, visit, clerk):
    visits.leave(visit, keep=False, by=clerk)
    assert [desk.get(url(visit, rest)).url for rest in ("identify/", "")] == [url(visit, "closed/")] * 2
    assert "この来庁は終わっています" in text_of(desk.get(url(visit, "closed/")))
