"""The guide for people without an account, page by page, and its staff pages."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications.enums import ProcedureState
from applications.guide import codes
from applications.models import GuideVersion, LifeEvent, Procedure, SharedGuide
from applications.services import guides
from cityhall.days import today
from cityhall.models import AuditEvent
from reservations.models import ServiceGroup
from tests.applications import guidekit
from tests.applications.guidekit import date_of
from tests.reservations import kit

START = "/guide/move/"


@pytest.fixture
def version(municipality, departments):
    return guidekit.make_guide()


def url(name, *parts):
    return reverse(f"applications:guide_{name}", args=["move", *parts])


def answer(client, day=None, **more):
    """Both pages answered: a child, no pupil, a dog."""
    first = {**date_of("moved_on", day or today()), "q-child": "yes", "q-school": "no", "seen": "school"}
    client.post(url("page", 1), first | {"action": "next"} | more)
    return client.post(url("page", 2), {"q-owned": ["dog"], "action": "next"})


# --- residents ------------------------------------------------------------------------------------


def test_guides_are_listed_and_lead_to_their_questions(client, version):
    page = client.get(reverse("applications:guide_list")).content.decode()
    assert START in page
    Procedure.objects.get().life_events.add(version.life_event)
    assert reverse("applications:guide_list") in client.get("/").content.decode()
    assert START in client.get("/procedures/allowance/").content.decode()
    assert url("page", 1) in client.get(START).content.decode()


def test_answers_go_page_by_page_to_the_summary_and_the_result(client, version):
    response = client.post(url("page", 1), {**date_of("moved_on", today()), "q-child": "no", "action": "next"})
    assert response.url == url("page", 2)
    response = client.post(url("page", 2), {"action": "next"})
    assert response.url == url("check")
    page = client.get(url("check")).content.decode()
    assert f"{url('page', 1)}?check=1" in page
    assert client.get(url("result")).context["count"] == 1


def test_nothing_that_was_answered_stands_in_an_address(client, version):
    assert answer(client).url == url("check")
    assert "?" not in answer(client).url


def test_going_back_keeps_what_was_typed_right_or_wrong(client, version):
    client.post(url("page", 1), {"q-moved_on.era": "reiwa", "q-moved_on.year": "八", "action": "next"})
    page = client.get(url("page", 1)).content.decode()
    assert 'value="八"' in page
    response = client.post(url("page", 2), {"q-owned": ["car"], "action": "previous"})
    assert response.url == url("page", 1)
    assert client.get(url("page", 2)).context["form"].initial["owned"] == ["car"]


def test_question_that_an_answer_brings_up_is_shown_before_going_on(client, version):
    sent = {**date_of("moved_on", today()), "q-child": "yes", "seen": "", "action": "next"}
    response = client.post(url("page", 1), sent)
    assert response.context["fresh"] == ["小学生ですか"]


def test_mistakes_are_told_at_their_questions(client, version):
    response = client.post(url("page", 1), {"action": "next"})
    assert [one.key for one in response.context["problems"]] == ["moved_on", "child"]


@pytest.mark.parametrize(
    ("days", "words"),
    [(181, "180日より先の予定は"), (-122 * 366, "120年より前の日付です")],
)
def test_day_that_cannot_be_meant_is_asked_again(client, version, days, words):
    day = today() + dt.timedelta(days=days)
    response = client.post(url("page", 1), {**date_of("moved_on", day), "q-child": "no", "action": "next"})
    assert next(one.message for one in response.context["problems"]).startswith(words)
    client.post(url("page", 2), {"action": "next"})
    assert client.get(url("result")).url == url("check")
    assert words in client.get(url("check")).content.decode()


def test_planned_day_tells_from_when_on(client, version):
    answer(client, today() + dt.timedelta(days=30))
    assert [when for when, _heading, _found in client.get(url("result")).context["groups"]][-1] == "not_yet"


def test_day_forty_years_ago_is_asked_about_and_deadlines_are_said_to_be_over(client, version):
    answer(client, today().replace(year=today().year - 40, day=1))
    assert "かなり前の日付です" in client.get(url("check")).content.decode()
    response = client.get(url("result"))
    page = response.content.decode()
    assert response.context["groups"][0][0] == "overdue"
    assert "この日を過ぎています" in page
    assert "かなり前の日付でご案内しています" in page


def test_result_names_reason_place_papers_and_what_is_done(client, version):
    answer(client)
    response = client.get(url("result"))
    page = response.content.decode()
    for words in ("住所が変わるためです。", "市民課", "転出証明書", "マイナポータル", "0120-000-000"):
        assert words in page
    assert list(response.context["papers"]) == ["本人確認書類", "転出証明書", "口座が分かるもの"]
    assert client.post(url("tick"), {"task": "notice", "is": "done"}).url == f"{url('result')}#task-notice"
    response = client.get(url("result"))
    assert (response.context["done"], response.context["left"]) == (["notice"], 2)
    assert "転出証明書" not in response.context["papers"]
    client.post(url("tick"), {"task": "notice", "is": "open"})
    client.post(url("tick"), {"task": "no-such", "is": "done"})
    assert client.get(url("result")).context["done"] == []


def test_no_button_leads_nowhere(client, version):
    answer(client)
    page = client.get(url("result")).content.decode()
    assert "/procedures/allowance/" in page
    assert "来庁を予約する" not in page
    Procedure.objects.update(state=ProcedureState.CLOSED)
    page = client.get(url("result")).content.decode()
    assert "/procedures/allowance/" not in page
    assert "子育て支援課" in page


def test_visit_can_be_booked_where_the_procedure_names_one(client, version):
    service = kit.make_service(kit.make_group(), kit.make_place(), key="kosodate")
    Procedure.objects.filter(key="allowance").update(visit_service=service)
    answer(client)
    page = client.get(url("result")).content.decode()
    # the other one is the entry of the menu
    assert page.count("/reserve/kosodate/") == 1
    assert page.count("/reserve/") == 2
    ServiceGroup.objects.update(is_bookable=False)
    assert "/reserve/kosodate/" not in client.get(url("result")).content.decode()


def test_result_costs_the_same_however_many_there_are(client, version, django_assert_num_queries):
    answer(client)
    client.get(url("result"))
    # one of them asks whether a corner of the city belongs to the guide
    with django_assert_num_queries(8):
        client.get(url("result"))
    made = guidekit.document()
    made["results"] = [{**made["results"][0], "key": f"r{number}"} for number in range(50)]
    second, _new = guides.add_version(life_event=version.life_event, document=made)
    guides.publish_version(version=second, expected=version.pk)
    with django_assert_num_queries(7):
        # no procedure is named
        assert client.get(url("result")).context["count"] == 50


def test_paper_has_every_result(client, version):
    assert client.get(url("pdf")).url == url("check")
    answer(client)
    response = client.get(url("pdf"))
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")
    assert "attachment" in response["Content-Disposition"]


def test_paper_has_a_limit(client, version, monkeypatch):
    from applications.views.guide import results

    monkeypatch.setitem(results.PDFS, "times", 1)
    answer(client)
    assert [client.get(url("pdf")).status_code for _ in range(2)] == [200, 429]


def test_pages_without_answers_lead_to_the_beginning(client, version):
    assert client.get(url("check")).url == START
    assert client.get(url("result")).url == url("check")
    assert client.get(url("page", 9)).url == START


def test_hidden_guide_and_unknown_life_event_are_not_there(client, version, administrator):
    guides.set_public(life_event=version.life_event, is_public=False, by=administrator)
    for path in (START, url("page", 1), url("result"), "/guide/nothing/"):
        assert client.get(path).status_code == 404
    assert START not in client.get(reverse("applications:guide_list")).content.decode()


def test_forgetting_leaves_nothing_in_the_browser(client, version):
    answer(client)
    assert client.post(url("forget")).url == reverse("applications:guide_list")
    assert client.get(url("result")).url == url("check")


def test_endless_answers_are_not_kept(client, version):
    response = client.post(url("page", 1), {**date_of("moved_on", today()), "q-child": "x" * 30_000, "action": "next"})
    assert response.url == url("page", 1)
    assert client.get(url("check")).url == START


def test_new_version_asks_what_is_new_and_keeps_the_rest(client, version):
    answer(client)
    made = guidekit.document()
    made["pages"][1]["fields"].append({"key": "new", "type": "yes_no", "label": "新しい質問", "required": True})
    second, _new = guides.add_version(life_event=version.life_event, document=made)
    guides.publish_version(version=second, expected=version.pk)
    assert client.get(url("result")).url == url("check")
    assert [one.key for one in client.get(url("check")).context["problems"]] == ["new"]


def test_answer_whose_question_is_another_now_is_asked_again(client, version):
    answer(client)
    made = guidekit.document()
    first, second = made["pages"][0]["fields"], made["pages"][1]["fields"]
    first[1:], second[:] = [{**second[0], "key": "child", "label": "子ども"}], [{**first[1], "key": "owned"}]
    made["results"] = made["results"][:1]
    third, _new = guides.add_version(life_event=version.life_event, document=made)
    guides.publish_version(version=third, expected=version.pk)
    assert [one.key for one in client.get(url("check")).context["problems"]] == ["owned"]
    for number in (1, 2):
        assert client.get(url("page", number)).status_code == 200


# --- codes ----------------------------------------------------------------------------------------


def share(client):
    answer(client)
    client.post(url("share"))
    return client.get(url("result")).context["code"]


def open_code(client, code):
    return client.post(reverse("applications:guide_open"), {"code": code})


def test_code_opens_the_result_in_another_browser_with_its_ticks(client, version):
    from django.test import Client

    code = share(client)
    client.post(url("share"))
    assert SharedGuide.objects.count() == 1
    client.post(url("tick"), {"task": "notice", "is": "done"})
    other = Client()
    assert open_code(other, code.upper()).url == url("result")
    assert other.get(url("result")).context["done"] == ["notice"]
    # changed answers go along, too
    other.post(url("page", 2), {"q-owned": ["car"], "action": "next"})
    third = Client()
    open_code(third, code)
    assert "警察署" in third.get(url("result")).content.decode()
    other.post(url("unshare"))
    assert SharedGuide.objects.count() == 0
    assert other.get(url("result")).context["code"] == ""
    assert "見つかりません" in open_code(Client(), code).content.decode()
    # the browser that made the code hears of it with its next tick
    client.post(url("tick"), {"task": "notice", "is": "open"})
    assert client.get(url("result")).context["code"] == ""


def test_session_alone_opens_no_shared_answers(client, version):
    code = codes.read_code(share(client))
    assert code not in str(dict(client.session))


def test_slip_is_told_from_a_code_that_is_over(client, version):
    response = open_code(client, "abcd-efgh-jkmn")
    assert str(response.context["form"].errors["code"][0]).startswith("コードに誤りがあります")


def test_looking_codes_up_has_a_limit(client, version, monkeypatch):
    from applications.views.guide import sharing

    monkeypatch.setitem(sharing.OPENED, "times", 2)
    forms = [open_code(client, codes.random_code()).context["form"] for _ in range(3)]
    assert [list(form.errors) for form in forms] == [["code"], ["code"], ["__all__"]]


def test_code_of_a_hidden_guide_opens_nothing(client, version, administrator):
    code = share(client)
    guides.set_public(life_event=version.life_event, is_public=False, by=administrator)
    assert "見つかりません" in open_code(client, code).content.decode()


# --- staff ----------------------------------------------------------------------------------------


def staff_url(name, *parts):
    return reverse(f"applications:staff_guide{name}", args=["move", *parts])


@pytest.mark.parametrize("role", ["clerk", "handler", "approver", "auditor", "resident"])
def test_only_administrators_look_after_guides(client, version, login, request, role):
    login(request.getfixturevalue(role))
    for path in (
        staff_url(""),
        staff_url("_version", 1),
        staff_url("_upload"),
        reverse("applications:staff_guide_list"),
    ):
        assert client.get(path).status_code == 404
    assert client.post(staff_url("_public"), {"is": "hidden"}).status_code == 404
    assert client.post(staff_url("_publish", 1)).status_code == 404
    assert LifeEvent.objects.get(key="move").is_guide_public


def upload(client, made, **more):
    data = SimpleUploadedFile("move.yaml", made if isinstance(made, bytes) else guidekit.as_yaml(made).encode())
    return client.post(staff_url("_upload"), {"file": data, "change_note": "直した"} | more)


def test_downloaded_version_is_changed_uploaded_tried_and_published(client, version, login, administrator):
    login(administrator)
    response = client.get(staff_url("_file", 1))
    text = response.content.decode()
    assert 'filename="move.yaml"' in response["Content-Disposition"]
    assert AuditEvent.objects.filter(action="export", target_id="move").count() == 1
    response = upload(client, text.replace("引っ越しのガイド", "新しいガイド").encode())
    assert response.url == staff_url("_version", 2)
    page = client.get(response.url).content.decode()
    assert "題名・説明文・できごとの日を変更" in page
    trial = reverse("applications:guide_try_start", args=["move", 2])
    assert "新しいガイド" in client.get(trial).content.decode()
    assert "引っ越しのガイド" in client.get(START).content.decode()
    response = client.post(staff_url("_publish", 2), {"expected": version.pk})
    assert response.url == staff_url("")
    assert "新しいガイド" in client.get(START).content.decode()
    assert GuideVersion.objects.get(number=2).created_by == administrator


def test_trial_has_answers_of_its_own_and_no_code(client, version, login, administrator):
    login(administrator)
    first = {**date_of("moved_on", today()), "q-child": "no", "action": "next"}
    client.post(reverse("applications:guide_try_page", args=["move", 1, 1]), first)
    client.post(reverse("applications:guide_try_page", args=["move", 1, 2]), {"action": "next"})
    result = reverse("applications:guide_try_result", args=["move", 1])
    response = client.get(result)
    assert response.context["count"] == 1
    assert "コードを作る" not in response.content.decode()
    client.post(reverse("applications:guide_try_tick", args=["move", 1]), {"task": "notice", "is": "done"})
    assert client.get(result).context["done"] == ["notice"]
    assert client.get(url("result")).url == url("check")
    client.post(reverse("applications:guide_try_forget", args=["move", 1]))
    assert client.get(result).url == reverse("applications:guide_try_check", args=["move", 1])


def test_every_mistake_of_an_upload_is_listed_and_nothing_is_lost(client, version, login, administrator):
    login(administrator)
    made = guidekit.with_result(0, title=None, procedure="nothing")
    response = upload(client, made)
    assert response.status_code == 422
    assert [one.path for one in response.context["problems"]] == ["results.notice"]
    assert response.context["form"]["text"].value() == guidekit.as_yaml(made)
    assert response.context["form"]["change_note"].value() == "直した"
    response = upload(client, guidekit.with_result(0, procedure="nothing"))
    assert "手続 nothing がありません" in response.content.decode()
    assert GuideVersion.objects.count() == 1


def test_text_in_the_page_is_taken_as_a_file(client, version, login, administrator):
    login(administrator)
    text = guidekit.as_yaml(guidekit.document(title="書き直した"))
    response = client.post(staff_url("_upload"), {"text": text, "change_note": "題名"})
    assert response.url == staff_url("_version", 2)
    again = client.post(staff_url("_upload"), {"text": text, "change_note": "題名"})
    assert again.url == staff_url("_version", 2)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe",
        b"a: [",
        b"- 1",
        b"x: !!python/object/apply:os.system [ls]",
        b"a: &a [1]\nb: *a",
        b"a: " + b"[" * 60 + b"]" * 60,
        b"a: \x00",
        "題名: 1\n題名: 2".encode(),
        b"x" * 600_000,
    ],
)
def test_hostile_uploads_are_answered_in_sentences(client, version, login, administrator, data):
    login(administrator)
    response = upload(client, data)
    assert response.status_code == 422
    assert response.context["problems"] or response.context["form"].errors
    assert GuideVersion.objects.count() == 1


def test_empty_upload_is_asked_for_again(client, version, login, administrator):
    login(administrator)
    response = client.post(staff_url("_upload"), {"text": " "})
    assert set(response.context["form"].errors) == {"change_note", "file"}


def test_hidden_procedure_is_warned_of_and_published_on_purpose(client, version, login, administrator):
    login(administrator)
    Procedure.objects.update(state=ProcedureState.DRAFT)
    upload(client, guidekit.document(title="二"))
    page = client.get(staff_url("_version", 2)).content.decode()
    assert "児童手当の請求（allowance" in page
    assert client.post(staff_url("_publish", 2), {"expected": version.pk}).url == staff_url("_version", 2)
    assert LifeEvent.objects.get(key="move").current_guide_id == version.pk
    client.post(staff_url("_publish", 2), {"expected": version.pk, "accepts_hidden": "on"})
    assert LifeEvent.objects.get(key="move").current_guide.number == 2


@pytest.mark.parametrize("expected", ["", "0", "x", "99999999999999999999"])
def test_publishing_from_an_old_page_changes_nothing(client, version, login, administrator, expected):
    login(administrator)
    upload(client, guidekit.document(title="二"))
    client.post(staff_url("_publish", 2), {"expected": expected})
    assert LifeEvent.objects.get(key="move").current_guide_id == version.pk


def test_guide_is_hidden_and_shown_with_a_button(client, version, login, administrator):
    login(administrator)
    client.post(staff_url("_public"), {"is": "hidden"})
    assert client.get(START).status_code == 404
    client.post(staff_url("_public"), {"is": "public"})
    assert client.get(START).status_code == 200


def test_numbers_beyond_the_database_are_no_versions(client, version, login, administrator):
    login(administrator)
    assert client.get(staff_url("_version", 10**18)).status_code == 404
    assert client.get(staff_url("_version", 7)).status_code == 404


def test_staff_list_costs_the_same_for_one_and_more(client, version, login, administrator, django_assert_num_queries):
    login(administrator)
    path = reverse("applications:staff_guide_list")
    client.get(path)
    with django_assert_num_queries(6):
        client.get(path)
    for number in range(3):
        guidekit.make_guide(event=guidekit.make_event(f"event{number}"))
    with django_assert_num_queries(6):
        client.get(path)
