"""聞き取り at the desk: the guide's questions, procedures added and dropped, and the ways out."""

import datetime as dt

import pytest
from django.utils import timezone

from applications.enums import ProcedureState
from applications.models import Procedure
from applications.queries.finding import renew_stamp
from cityhall.days import today
from counter import codes
from counter.enums import Origin, Source, VisitState
from counter.models import Visit
from counter.queries.visits import chosen_procedures
from counter.services import visits
from tests.applications import guidekit
from tests.counter.deskkit import filling, identified, make_place, procedures_of, start, stranger
from tests.counter.fillkit import make_procedure
from tests.counter.kit import keep

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(department):
    return make_place(department)


@pytest.fixture
def visit(municipality, place, clerk):
    now = timezone.now()
    return identified(start(place, clerk, now=now), clerk, now=now)


@pytest.fixture
def desk(municipality, clerk, login):
    return login(clerk)


def url(visit, rest="procedures/"):
    return f"/staff/visits/{visit.public_id}/{rest}"


def post(desk, visit, rest, **data):
    revision = Visit.objects.get(pk=visit.pk).revision
    return desk.post(url(visit, rest), {"revision": revision} | data, follow=True)


def text_of(response):
    return response.content.decode()


def chosen(visit):
    return [(one.procedure.key, one.reason, one.origin) for one in chosen_procedures(visit)]


@pytest.fixture
def guide(departments, clerk):
    """A life event whose guide names a procedure that this desk receives."""
    procedures_of(departments["kosodate"], 1, key="allowance", required_papers=["口座が分かるもの"])
    return guidekit.make_guide(by=clerk)


def answers(day=None, child="yes", **more):
    return guidekit.date_of("moved_on", day or today()) | {"q-child": child} | more


def test_guide_asks_everything_on_one_page(desk, visit, guide):
    text = text_of(desk.get(url(visit)))
    assert url(visit, "guide/move/") in text
    text = text_of(desk.get(url(visit, "guide/move/")))
    assert all(label in text for label in ("引っ越した日", "子どもがいますか", "持っているもの"))


def test_answers_name_procedures_with_reasons_and_are_kept_nowhere(desk, visit, guide):
    given = answers(**{"q-school": "yes", "q-owned": "dog"})
    response = post(desk, visit, "guide/move/", action="assess", **given)
    text = text_of(response)
    assert all(
        word in text for word in ("子どもがいるためです。 小学生のためです。", "口座が分かるもの", "駅前", "保健所")
    )
    can = {one.advice.key: one.can_add for one in response.context["found"]}
    # what is no procedure of this desk is told, not added
    assert can == {"notice": False, "allowance": True, "dog": False}
    assert Visit.objects.get(pk=visit.pk).revision == visit.revision
    assert "guides" not in desk.session


def test_what_the_guide_finds_and_the_desk_cannot_take_is_kept_without_an_answer(desk, visit, guide):
    post(desk, visit, "guide/move/", action="assess", **answers(**{"q-school": "yes", "q-owned": "dog"}))
    visit.refresh_from_db()
    dog, notice = sorted(visit.advised["move"], key=lambda one: one["title"] != "犬の登録")
    day = today() + dt.timedelta(days=14)
    assert (notice["title"], notice["papers"]) == ("転入届", ["本人確認書類", "転出証明書"])
    assert dt.date.fromisoformat(notice["due_on"]) >= day
    assert dog["office"] == {"name": "保健所", "place": "駅前", "phone": "0120-000-000"}
    assert not any(word in str(visit.advised) for word in ("犬がいる", "小学生", "児童手当"))
    # answers that call for less leave less
    post(desk, visit, "guide/move/", action="assess", **answers(child="no"))
    visit.refresh_from_db()
    assert [one["title"] for one in visit.advised["move"]] == ["転入届"]


def test_ticked_results_come_in_with_their_reasons(desk, visit, guide):
    given = answers(**{"q-school": "no"})
    response = post(desk, visit, "guide/move/", action="add", task=["allowance", "dog", "nonsense"], **given)
    assert chosen(visit) == [("allowance", "子どもがいるためです。", Origin.GUIDE)]
    assert "理由：子どもがいるためです。" in text_of(response)
    again = post(desk, visit, "guide/move/", action="assess", **given)
    assert "この来庁の手続に入っています。" in text_of(again)


def test_who_stands_at_the_right_desk_is_sent_nowhere(desk, visit, clerk, department):
    """A notice without a form of the department that serves is taken on paper; others are shown the way."""
    guidekit.make_guide(guidekit.with_result(0, office={"department": department.code}), by=clerk)
    given = answers(child="no", **{"q-owned": "dog"})
    text = text_of(post(desk, visit, "guide/move/", action="assess", **given))
    assert text.count("この手続は画面では受け付けず、紙の届書で受け付けます。") == 1
    assert text.count("この窓口では受け付けません。上の場所をご案内ください。") == 1


def test_missing_answers_are_said_at_the_question(desk, visit, guide):
    response = post(desk, visit, "guide/move/", action="assess", **{"q-child": "no"})
    assert (response.context["found"], len(response.context["problems"])) == (None, 1)
    assert "エラー：" in text_of(response)


def test_questions_nobody_has_seen_are_no_mistakes(desk, visit, guide):
    seen = {"seen": "moved_on child owned"}
    response = post(desk, visit, "guide/move/", action="assess", **answers(), **seen)
    assert (response.context["is_fresh"], response.context["problems"]) == (True, [])
    assert "小学生ですか" in text_of(response)


def test_guide_that_is_not_public_is_not_found(desk, visit, guide):
    assert desk.get(url(visit, "guide/nothing/")).status_code == 404


def test_staff_add_what_they_found_with_a_reason(desk, visit, department):
    (one,) = procedures_of(department, 1, name="住民票の写しの請求")
    renew_stamp()
    response = desk.get(url(visit), {"q": "住民票"})
    assert response.context["found"] == [one]
    response = post(desk, visit, "procedures/add/", procedure=one.key, q="住民票")
    text = text_of(response)
    assert (response.status_code, "手続を追加する理由を入力してください。" in text) == (422, True)
    assert 'name="procedure" value="住民票' not in text
    assert response.context["adding"]["procedure"].value() == [one.key]
    response = post(desk, visit, "procedures/add/", reason="希望", q="住民票")
    text = text_of(response)
    assert ("追加する手続を選んでください。" in text, 'value="希望"' in text) == (True, True)
    assert response.context["found"] == [one]
    post(desk, visit, "procedures/add/", procedure=one.key, reason="ご本人の希望")
    assert chosen(visit) == [(one.key, "ご本人の希望", Origin.STAFF)]
    assert desk.get(url(visit), {"q": "住民票"}).context["found"] == []


def test_dropped_with_a_reason_and_put_back_on_the_page(desk, visit, department, clerk):
    first, second = procedures_of(department)
    visits.add(visit, [(first, ""), (second, "")], origin=Origin.STAFF, by=clerk)
    response = post(desk, visit, f"procedures/{first.key}/drop/")
    assert (response.status_code, "手続を外す理由を入力してください。" in text_of(response)) == (422, True)
    text = text_of(post(desk, visit, f"procedures/{first.key}/drop/", reason="すでに済んでいる"))
    assert ("理由：すでに済んでいる" in text, [key for key, *_ in chosen(visit)]) == (True, [second.key])
    post(desk, visit, f"procedures/{first.key}/back/")
    assert [key for key, *_ in chosen(visit)] == [first.key, second.key]


def test_lost_answers_are_named(desk, place, clerk, municipality, department):
    now = timezone.now()
    values = {"p1_child_name": "高橋 太郎"}
    _prefill, token = keep(procedures=procedures_of(department), values=values, now=now)
    code = codes.full_code(municipality.code, token)
    visit = visits.start_with_code(text=code, place=place, by=clerk, request_key="k", now=now)
    identified(visit, clerk, now=now)
    key = chosen(visit)[0][0]
    text = text_of(post(desk, visit, f"procedures/{key}/drop/", reason="不要"))
    assert "（お子さんの氏名）は消えました" in text


def test_withdrawn_procedure_says_why_and_stops_the_way(desk, visit, department, clerk):
    (one,) = procedures_of(department, 1)
    visits.add(visit, [(one, "")], origin=Origin.STAFF, by=clerk)
    Procedure.objects.filter(pk=one.pk).update(state=ProcedureState.CLOSED)
    assert "現在受付期間外です" in text_of(desk.get(url(visit)))
    text = text_of(post(desk, visit, "procedures/begin/"))
    assert f"この窓口で受け付けられない手続があります：「{one.name}」。" in text
    assert Visit.objects.get(pk=visit.pk).state == VisitState.IDENTIFIED


def test_nothing_chosen_goes_no_further(desk, visit):
    assert "手続を一つ以上選んでください。" in text_of(post(desk, visit, "procedures/begin/"))


def test_questions_begin_once_also_with_two_taps(desk, visit, department, clerk):
    visits.add(visit, [(one, "") for one in procedures_of(department, 1)], origin=Origin.STAFF, by=clerk)
    data = {"revision": visit.revision}
    for _tap in range(2):
        response = desk.post(url(visit, "procedures/begin/"), data)
        assert response.url == url(visit, "questions/")
    assert Visit.objects.get(pk=visit.pk).state == VisitState.FILLING
    assert desk.get(url(visit, "")).url.startswith(url(visit, "questions/"))


def test_old_page_changes_nothing_and_says_so(desk, visit, department, clerk, handler):
    first, second = procedures_of(department)
    old = visit.revision
    visits.add(visit, [(first, "")], origin=Origin.STAFF, by=handler)
    response = desk.post(
        url(visit, "procedures/add/"), {"revision": old, "procedure": second.key, "reason": "希望"}, follow=True
    )
    text = text_of(response)
    assert ("他の人が先に操作しました" in text, 'value="希望"' in text) == (True, True)
    assert [key for key, *_ in chosen(visit)] == [first.key]


def test_two_buttons_of_one_old_page_are_no_double_tap(desk, visit, department):
    first, second = procedures_of(department)
    data = {"revision": Visit.objects.get(pk=visit.pk).revision, "reason": "希望"}

    def add(procedure):
        return text_of(desk.post(url(visit, "procedures/add/"), data | {"procedure": procedure.key}, follow=True))

    said = ["他の人が先に操作しました" in add(one) for one in (first, first, second)]
    assert (said, [key for key, *_ in chosen(visit)]) == ([False, False, True], [first.key])
    data["revision"] = Visit.objects.get(pk=visit.pk).revision
    add(second)
    old = {"revision": Visit.objects.get(pk=visit.pk).revision, "reason": "すでに済んでいる"}
    drops = [desk.post(url(visit, f"procedures/{one.key}/drop/"), old) for one in (first, first, second)]
    assert [response.status_code for response in drops] == [302, 302, 200]
    assert 'value="すでに済んでいる"' in text_of(drops[2])
    assert [key for key, *_ in chosen(visit)] == [second.key]


def test_unidentified_go_back_to_who_it_is(desk, place, clerk):
    visit = start(place, clerk, "open", now=timezone.now())
    assert desk.get(url(visit)).url == url(visit, "identify/")


def test_review_does_not_let_procedures_come_and_go(desk, place, clerk, department):
    visit = filling(
        start(place, clerk, "f", now=timezone.now()), clerk, procedures_of(department, 1), now=timezone.now()
    )
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.REVIEWING)
    text = text_of(desk.get(url(visit)))
    assert "手続は変えられません" in text
    assert "procedures/begin/" not in text


def test_colleague_is_named_and_taken_over(desk, place, handler, clerk):
    visit = start(place, handler, "h", now=timezone.now())
    assert "審査 三郎さんが担当しています。" in text_of(desk.get(url(visit, "identify/")))
    for _tap in range(2):
        assert "担当を引き継ぎました。" in text_of(post(desk, visit, "take-over/"))
    assert Visit.objects.get(pk=visit.pk).clerk == clerk
    assert "が担当しています。" not in text_of(desk.get(url(visit, "identify/")))


def test_taken_over_meanwhile_says_who_was_faster(desk, place, handler, approver):
    visit = start(place, handler, "h", now=timezone.now())
    old = visit.revision
    visits.take_over(visit, approver)
    response = desk.post(url(visit, "take-over/"), {"revision": old}, follow=True)
    assert "他の人が先に操作しました" in text_of(response)
    assert Visit.objects.get(pk=visit.pk).clerk == approver


def test_colleague_who_opens_what_was_left_half_way_reads_so(login, desk, visit, handler):
    post(desk, visit, "leave/", keep="yes")
    browser = login(handler, type(desk)())
    page = text_of(browser.get(url(visit)))
    assert ("中断中" in page, f'action="{url(visit, "resume/")}"' in page) == (True, True)
    assert "引き継ぐ" not in page
    post(browser, visit, "resume/")
    assert "中断中" not in text_of(browser.get(url(visit)))
    assert Visit.objects.get(pk=visit.pk).clerk == handler


def test_person_who_leaves_chooses_what_becomes_of_it(desk, visit, clerk):
    text = text_of(desk.get(url(visit, "leave/")))
    assert ("今日の終わりまで" in text, "元に戻せません" in text) == (True, True)
    assert "今日のうちは、来庁の一覧から続けられます。" in text_of(post(desk, visit, "leave/", keep="yes"))
    assert "中断中" in text_of(desk.get("/staff/visits/"))
    post(desk, visit, "resume/")
    assert "中断中" not in text_of(desk.get("/staff/visits/"))
    for _tap in range(2):
        response = desk.post(url(visit, "leave/"), {"revision": Visit.objects.get(pk=visit.pk).revision, "keep": "no"})
        assert response.status_code == 302
    assert Visit.objects.get(pk=visit.pk).state == VisitState.CLOSED


def test_neither_choice_asks_again(desk, visit):
    assert desk.post(url(visit, "leave/"), {"revision": visit.revision}).status_code == 200
    assert Visit.objects.get(pk=visit.pk).state == VisitState.IDENTIFIED


def test_strangers_change_nothing(visit, login, department):
    (one,) = procedures_of(department, 1)
    other = login(stranger())
    for rest in ("procedures/add/", "procedures/begin/", f"procedures/{one.key}/drop/", "leave/", "resume/"):
        assert other.post(url(visit, rest), {"revision": visit.revision}).status_code == 404
    assert other.get(url(visit, "guide/move/")).status_code == 404


def test_frame_tells_the_time_the_steps_and_what_it_is_about(desk, place, clerk, department):
    began = timezone.now() - dt.timedelta(minutes=12)
    visit = identified(start(place, clerk, "t", now=began), clerk, now=began)
    visits.add(visit, [(one, "") for one in procedures_of(department, 2)], origin=Origin.STAFF, by=clerk)
    text = text_of(desk.get(url(visit)))
    assert all(word in text for word in ("から12分", "手続 2件", "お名前は未確認", "担当 窓口 一郎"))
    assert text.count('aria-current="step"') == 1


def test_order_is_changed_on_the_page_of_procedures(desk, visit, clerk, department):
    first, second = procedures_of(department)
    visits.add(visit, [(first, ""), (second, "")], origin=Origin.STAFF, by=clerk)
    page = desk.get(url(visit)).content.decode()
    up = url(visit, f"procedures/{second.key}/up/")
    assert (up in page, url(visit, f"procedures/{first.key}/up/") in page) == (True, False)
    revision = Visit.objects.get(pk=visit.pk).revision
    for _tap in range(2):
        answer = desk.post(up, {"revision": revision})
        assert answer.url.endswith(f"procedures/#procedure-{second.key}")
    assert [one.procedure for one in chosen_procedures(visit)] == [second, first]
    assert desk.post(url(visit, "procedures/nothing/up/"), {"revision": 1}).status_code == 404


MOVED_ON = {"key": "on", "type": "date", "label": "引っ越しの日", "required": True, "concept": "applicant.moving_on"}


def asking_the_day(department, clerk, **telling):
    """A procedure that asks what its guide asks."""
    procedure = make_procedure(department, [MOVED_ON], key="allowance")
    tells = [{"concept": "applicant.moving_on", "value": {"answer": "moved_on"}, **telling}]
    guidekit.make_guide(guidekit.document(tells=tells), by=clerk)
    return procedure


def tell(desk, visit, day, **more):
    post(desk, visit, "guide/move/", action="add", task=["allowance"], **answers(day, **{"q-school": "no"} | more))
    visit.refresh_from_db()


def typed_day(day):
    return {"era": "reiwa", "year": str(day.year - 2018), "month": str(day.month), "day": str(day.day)}


def test_what_the_guide_was_told_is_not_asked_again_and_staff_asked_it(desk, visit, departments, clerk):
    asking_the_day(departments["kosodate"], clerk)
    day = today() - dt.timedelta(days=3)
    for _twice in range(2):
        tell(desk, visit, day)
    assert visit.values == {"applicant_moving_on": typed_day(day)}
    assert visit.sources == {"applicant_moving_on": Source.GUIDE}


def test_later_guide_takes_the_place_of_an_earlier_one_and_takes_back_what_it_no_longer_says(
    desk, visit, departments, clerk
):
    asking_the_day(departments["kosodate"], clerk, when={"eq": [{"answer": "school"}, "no"]})
    day = today() - dt.timedelta(days=3)
    for back in (3, 5):
        tell(desk, visit, today() - dt.timedelta(days=back))
    assert visit.values == {"applicant_moving_on": typed_day(day - dt.timedelta(days=2))}
    tell(desk, visit, day, **{"q-school": "yes"})
    assert (visit.values, visit.sources, visit.offers) == ({}, {}, {})


def test_guide_after_the_procedure_was_added_by_hand_fills_its_form(desk, visit, departments, clerk):
    procedure = asking_the_day(departments["kosodate"], clerk)
    visits.add(visit, [(procedure, "希望")], origin=Origin.STAFF, by=clerk)
    page = text_of(post(desk, visit, "guide/move/", action="assess", **answers(**{"q-school": "no"})))
    assert ("答えを手続の質問に入れる" in page, "選んだ手続を追加する" in page) == (True, False)
    tell(desk, visit, today())
    assert visit.values == {"applicant_moving_on": typed_day(today())}


def test_later_guide_stands_beside_what_was_typed(desk, visit, departments, clerk):
    asking_the_day(departments["kosodate"], clerk)
    day, typed = today(), typed_day(today() - dt.timedelta(days=9))
    tell(desk, visit, day - dt.timedelta(days=1))
    Visit.objects.filter(pk=visit.pk).update(
        values={"applicant_moving_on": typed}, sources={"applicant_moving_on": Source.RESIDENT}
    )
    tell(desk, visit, day)
    assert (visit.values, visit.sources) == (
        {"applicant_moving_on": typed},
        {"applicant_moving_on": Source.RESIDENT},
    )
    assert visit.offers == {"applicant_moving_on": {Source.GUIDE: typed_day(day)}}
