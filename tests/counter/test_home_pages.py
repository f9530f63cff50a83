"""Prefill at home through its pages: chosen, typed, kept, shown, changed, deleted."""

import datetime as dt
import html
import io
import re
import subprocess
from dataclasses import replace

import pytest
import zxingcpp
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from PIL import Image

from applications.enums import ProcedureState
from applications.models import Procedure
from applications.services.drafts import NotOpen
from cityhall.crypto import decrypt
from cityhall.enums import Role
from cityhall.errors import StaleState
from cityhall.models import Municipality
from counter import codes, prefill_cookie
from counter.enums import PrefillState, Source
from counter.home import open_home, save
from counter.home_papers import at_desk
from counter.models import Prefill, PrefillProcedure
from counter.services import prefills
from counter.token_seal import COOKIE, MAIL, sealed
from counter.views.home import answering, choosing
from notices.models import OutgoingMail
from tests import factories
from tests.counter.homekit import APPLICANT, NAME, begin, household_of, make_forms, page_of, publish, token_of, url

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
SAKURA = {"family": "高橋", "given": "さくら", "family_kana": "タカハシ", "given_kana": "サクラ"}


@pytest.fixture
def procedures(municipality):
    return make_forms(2)


@pytest.fixture
def begun(client, procedures):
    begin(client, procedures)
    return client


def _values(client):
    return prefills.open_kept(token_of(client)).values


def _number(client, key):
    return open_home(token_of(client)).filling.form.page_of(key)


def _clerk():
    return factories.make_staff(role=Role.CLERK, department=factories.make_department())


def _fill(client, **answers):
    """Answer the questions, each on its page; what is hidden is sent by nobody."""
    for key, value in answers.items():
        client.post(url("page", _number(client, key)), {f"q-{key}": value, "action": "later"})


def test_start_page_says_what_it_is_and_needs_no_cookie(client, municipality):
    answer = client.get(url("start"))
    assert answer.status_code == 200
    assert url("choose") in answer.text
    assert prefill_cookie.NAME not in answer.cookies


def test_a_browser_gets_its_token_in_a_cookie_that_scripts_and_other_pages_cannot_see(client, procedures, settings):
    settings.SESSION_COOKIE_SECURE = True
    answer = client.get(url("choose"), {"q": "手続"})
    cookie = answer.cookies[prefill_cookie.NAME]
    assert codes.is_token(token_of(client))
    assert [cookie[name] for name in ("path", "httponly", "secure", "samesite")] == ["/prefill/", True, True, "Lax"]
    assert cookie.value not in answer["Location"]
    shown = client.get(answer["Location"])
    assert (shown.status_code, Prefill.objects.count()) == (200, 0)


def test_a_browser_without_cookies_is_told_before_it_types(client, procedures):
    tried = client.get(url("choose"))["Location"]
    answer = Client().get(tried)
    assert "このブラウザーでは、クッキーが使えません" in answer.text


def test_chosen_procedures_are_kept_at_once_and_lead_to_the_first_page(client, procedures):
    answer = begin(client, procedures)
    assert answer["Location"] == url("page", 1)
    prefill = Prefill.objects.get()
    assert [row.procedure for row in prefill.procedures.all()] == procedures
    assert prefill.expires_at - timezone.now() > 29 * DAY
    assert prefill.lookup == codes.lookup_of(token_of(client))


def test_nothing_chosen_is_said_at_the_list(client, procedures):
    answer = client.post(url("choose"), {"then": "questions"})
    assert answer.status_code == 422
    assert "手続を一つ以上選んでください" in answer.text
    assert not Prefill.objects.exists()


def test_the_button_above_takes_along_what_is_ticked_below(begun, procedures):
    make_forms(1)
    begun.post(url("remove"), {"procedure": procedures[1].key})
    page = begun.get(url("choose")).text
    assert 'value="questions" form="choose-more"' in page
    assert '<form class="stack" id="choose-more"' in page


def test_more_than_twenty_are_cut_with_a_sentence(client, municipality):
    answer = begin(client, make_forms(21), then="more")
    assert Prefill.objects.get().procedures.count() == 20
    assert "20件まで" in client.get(answer["Location"]).text


def test_procedures_come_and_go_and_answers_stay(begun, procedures):
    _fill(begun, p1_moves="no")
    begun.post(url("page", 1), {**NAME, "action": "next"})
    answer = begun.post(url("remove"), {"procedure": procedures[1].key})
    assert answer["Location"] == url("choose")
    assert _values(begun) == {
        "applicant_name": {"family": "高橋", "given": "さくら", "family_kana": "タカハシ", "given_kana": "サクラ"},
        "p1_moves": "no",
    }
    begun.post(url("remove"), {"procedure": procedures[0].key})
    assert PrefillProcedure.objects.count() == 1
    begin(begun, [procedures[1]])
    assert [row.procedure for row in Prefill.objects.get().procedures.all()] == procedures
    assert _values(begun)["p1_moves"] == "no"


def test_people_of_a_procedure_that_is_taken_out_are_not_those_of_the_one_that_stays(client, procedures):
    for procedure, label in zip(procedures, ("一緒に引っ越す方", "加入する方"), strict=True):
        publish(procedure, household_of(label))
    begin(client, procedures)
    home = open_home(token_of(client))
    rows = [
        {"id": key, "values": {"household_name": SAKURA, tick: ["yes"]}}
        for key, tick in (("r1", "in_1"), ("r2", "in_2"))
    ]
    save(home, replace(home.filling, values={"household": rows}), user=None)
    answer = client.post(url("remove"), {"procedure": procedures[1].key}, follow=True)
    assert _values(client) == {"household": [{"id": "r1", "values": {"household_name": SAKURA}}]}
    assert "残った手続の対象に選ばれていなかったため、外しました。" in answer.text
    begin(client, [procedures[1]])
    assert _values(client) == {"household": rows[:1]}


def test_shared_questions_are_asked_once_and_kept_page_by_page(begun):
    answer = begun.post(url("page", 1), {**NAME, "action": "next"})
    assert page_of(answer) == 2
    assert _values(begun)["applicant_name"]["family"] == "高橋"
    assert Prefill.objects.get().revision == 1


def test_a_page_with_a_mistake_is_shown_again_and_kept_all_the_same(begun):
    answer = begun.post(url("page", 1), {"q-applicant_name.family": "高橋", "action": "next"})
    assert answer.status_code == 200
    assert 'data-mistake="applicant_name"' in answer.text
    assert 'value="高橋"' in answer.text
    assert _values(begun) == {"applicant_name": {"family": "高橋", "given": "", "family_kana": "", "given_kana": ""}}


def test_what_one_does_not_know_is_left_for_the_desk(begun):
    assert page_of(begun.post(url("page", 1), {"action": "later"})) == 2


def test_a_new_question_is_shown_before_going_on(begun):
    number = _number(begun, "p1_moves")
    answer = begun.post(url("page", number), {"q-p1_moves": "yes", "seen": "", "action": "next"})
    assert "質問が増えました" in answer.text
    assert "引っ越しの理由" in answer.text


def test_many_pages_are_a_number_and_a_list_instead_of_a_row(client, municipality):
    begin(client, make_forms(3))
    assert "ページの一覧" not in client.get(url("page", 2)).text
    begin(client, make_forms(6))
    text = client.get(url("page", 2)).text
    assert re.search(r"11ページのうち<strong>2ページ目", text)
    assert f'href="{url("page", 10)}"' in text


def test_interrupting_tells_until_when_it_can_go_on(begun):
    answer = begun.post(url("page", 1), {**NAME, "action": "save"}, follow=True)
    assert answer.redirect_chain[-1][0] == url("start")
    assert "続きを入力できます" in answer.text
    assert "この端末に、入力した内容があります" in answer.text


def test_check_page_tells_what_is_refused_from_what_is_missing(begun):
    first = next(iter(NAME))
    begun.post(url("page", 1), {first: NAME[first], "action": "later"})
    text = begun.get(url("check")).text
    assert "直していただく項目が1件あります" in text
    assert "（入力した内容を直してください）" in text
    assert "まだ答えていない項目が2件あります" in text


def test_check_page_says_what_is_missing_and_what_to_bring(begun):
    begun.post(url("page", 1), {**NAME, "action": "next"})
    text = begun.get(url("check")).text
    assert "まだ答えていない項目が2件あります" in text
    assert "このまま保存して、残りは窓口で答える" in text
    assert [paper in text for paper in ("印鑑", "通帳の写し", "本人確認書類")] == [True] * 3
    assert "署名は、窓口で内容を確かめてから" in text
    _fill(begun, p1_moves="no", p2_moves="no")
    assert "保存してQRコードを表示する" in begun.get(url("check")).text


def test_keeping_with_a_day_ends_with_that_day(begun):
    text = begun.get(url("check")).text
    day = dt.date.fromisoformat(re.findall(r'<option value="(\d{4}-\d\d-\d\d)"', text)[1])
    answer = begun.post(url("keep"), {"visit_on": day.isoformat()})
    assert answer["Location"] == url("code")
    prefill = Prefill.objects.get()
    assert (prefill.visit_on, prefills.keeping.last_day_of(prefill)) == (day, day)
    assert begun.post(url("keep"), {"visit_on": ""})["Location"] == url("code")
    assert Prefill.objects.get().visit_on is None


def test_a_day_off_the_list_is_refused_at_the_field(begun):
    answer = begun.post(url("keep"), {"visit_on": "2020-01-01"})
    assert answer.status_code == 422
    assert "一覧から選び直してください" in answer.text


def test_code_page_shows_the_code_that_a_desk_reads(begun, municipality):
    text = begun.get(url("code")).text
    token = token_of(begun)
    assert codes.written(codes.spoken_code(token)) in text
    assert token not in text
    found = prefills.find_scanned(codes.full_code(municipality.code, token), by=_clerk())
    assert found.prefill == Prefill.objects.get()


def _picture(pdf, tmp_path):
    source = tmp_path / "one.pdf"
    source.write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "150", "-png", str(source), str(tmp_path / "one")], check=True)
    (picture, *_rest) = sorted(tmp_path.glob("one*.png"))
    return Image.open(io.BytesIO(picture.read_bytes()))


@pytest.mark.parametrize(("name", "size"), [("sheet", (210, 297)), ("card", (85.6, 54))])
def test_paper_carries_the_code_and_nothing_personal(begun, tmp_path, name, size):
    begun.post(url("page", 1), {**NAME, "action": "next"})
    answer = begun.get(url(name))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"].count("no-store") == 1
    picture = _picture(answer.content, tmp_path)
    assert [round(side / 150 * 25.4) for side in picture.size] == [round(side) for side in size]
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == codes.full_code(Municipality.objects.get().code, token_of(begun))
    words = subprocess.run(["pdftotext", "-raw", str(tmp_path / "one.pdf"), "-"], capture_output=True, check=True)
    text = words.stdout.decode()
    assert codes.written(codes.spoken_code(token_of(begun))) in text
    assert "高橋" not in text
    assert "Page" not in text


def test_mail_carries_the_digits_encrypted_and_its_address_stays_nowhere_else(begun):
    answer = begun.post(url("mail"), {"email": "hanako@example.jp"})
    assert answer["Location"] == url("code")
    mail = OutgoingMail.objects.get()
    spoken = codes.written(codes.spoken_code(token_of(begun)))
    assert (mail.to, mail.is_encrypted, spoken in mail.body) == ("hanako@example.jp", True, False)
    body = decrypt(mail.body)
    assert spoken in body
    assert token_of(begun) not in body
    assert "手続1号" not in body


@pytest.mark.parametrize(("email", "sentence"), [("", "入力してください"), ("hanako", "形が正しくありません")])
def test_a_wrong_address_is_said_at_the_field_and_stays(begun, email, sentence):
    answer = begun.post(url("mail"), {"email": email})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{email}"' in answer.text or not email
    assert not OutgoingMail.objects.exists()


def test_mails_are_counted(begun):
    for _number in range(3):
        begun.post(url("mail"), {"email": "hanako@example.jp"})
    answer = begun.post(url("mail"), {"email": "hanako@example.jp"})
    assert "1時間ほどおいてから" in answer.text
    assert OutgoingMail.objects.count() == 3


def test_deleting_asks_once_and_the_browser_says_so_afterwards(begun, procedures):
    assert "元に戻せません" in begun.get(url("delete")).text
    assert Prefill.objects.get().state == PrefillState.OPEN
    begun.post(url("delete"))
    assert (Prefill.objects.get().state, Prefill.objects.get().answers) == (PrefillState.DELETED, "")
    again = begun.post(url("delete"))
    assert again.status_code == 410
    assert "削除しました" in begun.get(url("start")).text
    assert begun.get(url("code")).status_code == 410
    begun.post(url("new"))
    begin(begun, procedures)
    assert begun.get(url("code")).status_code == 200


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (PrefillState.REDEEMED, "窓口で読み取りました"),
        (PrefillState.EXPIRED, "期限が過ぎました"),
        (PrefillState.DELETED, "削除しました"),
    ],
)
@pytest.mark.parametrize("name", ["check", "code", "choose", "sheet", "mail"])
def test_every_page_says_what_became_of_a_prefill(begun, state, sentence, name):
    Prefill.objects.update(state=state, ended_at=timezone.now(), answers="", key_by_token="", key_by_spoken="")
    answer = begun.get(url(name))
    assert (answer.status_code, sentence in answer.text) == (410, True)
    assert sentence in begun.get(url("start")).text


def test_a_page_sent_after_the_desk_has_read_it_is_told_so(begun):
    Prefill.objects.update(
        state=PrefillState.REDEEMED, ended_at=timezone.now(), answers="", key_by_token="", key_by_spoken=""
    )
    assert "窓口で読み取りました" in begun.post(url("page", 1), {**NAME, "action": "next"}).text


@pytest.mark.parametrize("name", ["check", "code", "sheet", "card", "mail", "delete"])
def test_a_browser_that_keeps_nothing_is_led_to_the_beginning(client, municipality, name):
    assert client.get(url(name))["Location"] == url("start")


def test_another_browser_finds_nothing(begun):
    assert Client().get(url("code"))["Location"] == url("start")
    guess = Client()
    guess.cookies[prefill_cookie.NAME] = sealed(codes.new_token(), COOKIE)
    assert guess.get(url("code"))["Location"] == url("start")


def test_a_photograph_of_the_code_opens_nothing_in_another_browser(begun, municipality):
    """The QR says the token; the cookie carries a mark of the server as well, which nobody can make from it."""
    token = token_of(begun)
    thief = Client()
    for value in (token, f"{token}.", sealed(token, MAIL), sealed(codes.new_token(), COOKIE).replace(".", f".{token}")):
        thief.cookies[prefill_cookie.NAME] = value
        for name in ("check", "code", "sheet"):
            assert thief.get(url(name))["Location"] == url("start")
        thief.post(url("delete"))
    assert Prefill.objects.get().state == PrefillState.OPEN
    assert thief.get(f"/prefill/open/{token}/").status_code == 404
    # the desk opens it for who is there, and compares
    assert (
        prefills.find_scanned(codes.full_code(municipality.code, token), by=_clerk()).prefill == Prefill.objects.get()
    )


def test_leaving_takes_the_token_away_and_the_code_still_works(begun, municipality):
    code = codes.full_code(municipality.code, token_of(begun))
    begun.post(url("leave"))
    assert token_of(begun) == ""
    assert prefills.find_scanned(code, by=_clerk()).prefill == Prefill.objects.get()


def test_what_the_city_knows_of_who_is_signed_in_is_filled_in_and_said(client, procedures):
    resident = factories.make_resident_user("resident@example.jp")
    client.force_login(resident.user)
    begin(client, procedures)
    kept = prefills.open_kept(token_of(client))
    assert kept.values["applicant_name"]["family"] == resident.family_name
    assert kept.sources == {"applicant_name": Source.RECORD}
    assert kept.prefill.user == resident.user
    assert "市の登録から入力してあります" in client.get(url("page", 1)).text
    assert "市の登録から" in client.get(url("check")).text
    client.post(url("page", 1), {**NAME, "q-applicant_name.family": "高梁", "action": "next"})
    assert prefills.open_kept(token_of(client)).sources == {}


def test_a_form_published_meanwhile_carries_the_answers_over(begun, procedures):
    begun.post(url("page", 1), {**NAME, "action": "next"})
    _fill(begun, p1_moves="no", p2_moves="no")
    fields = [one for one in APPLICANT["fields"] if one["key"] != "moves" and one["key"] != "reason"]
    publish(procedures[0], {"schema": 1, "pages": [APPLICANT | {"fields": fields}]})
    text = begun.get(url("check")).text
    assert "引っ越しを伴いますか" in html.unescape(text)
    begun.post(url("keep"), {"visit_on": ""})
    values = _values(begun)
    assert values["applicant_name"]["family"] == "高橋"
    assert {key for key in values if key.endswith("moves")} == {"p2_moves"}
    row = Prefill.objects.get().procedures.first()
    assert row.form_version == Procedure.objects.get(pk=procedures[0].pk).current_version


def test_a_page_made_from_the_form_before_loses_nothing(begun, procedures):
    mark = open_home(token_of(begun)).mark
    first = {"key": "new", "title": "新しい質問", "fields": [{"key": "phone", "type": "phone", "label": "電話番号"}]}
    publish(procedures[0], {"schema": 1, "pages": [first, APPLICANT]})
    number = 1
    answer = begun.post(url("page", number), {**NAME, "forms": mark, "action": "next"}, follow=True)
    assert "質問の内容が変わりました" in answer.text
    assert _values(begun)["applicant_name"]["given"] == "さくら"


@pytest.mark.parametrize("mark", ["", "no-such:1", "x" * 5000, ":", ",,,"])
def test_a_mark_that_was_made_up_changes_nothing(begun, mark):
    answer = begun.post(url("page", 1), {**NAME, "forms": mark, "action": "next"})
    assert answer["Location"] == url("check")
    assert _values(begun) == {}


def test_a_procedure_withdrawn_meanwhile_is_said_and_left_out(begun, procedures):
    Procedure.objects.filter(pk=procedures[0].pk).update(state=ProcedureState.CLOSED)
    text = begun.get(url("check")).text
    assert "「手続1号」は、いま事前入力を受け付けていないため外しました" in text
    assert [one.key for one in open_home(token_of(begun)).procedures] == [procedures[1].key]
    Procedure.objects.update(state=ProcedureState.CLOSED)
    assert begun.get(url("code"))["Location"] == url("choose")


def test_practice_has_a_made_up_person_ends_today_and_sends_no_mail(client, procedures):
    answer = client.post(url("new"), {"practice": "1"})
    assert "practice=1" in answer["Location"]
    assert "体験中です" in client.get(answer["Location"]).text
    begin(client, procedures, practice="1")
    prefill = Prefill.objects.get()
    assert (prefill.is_practice, prefills.keeping.last_day_of(prefill)) == (True, timezone.localdate())
    assert _values(client)["applicant_name"]["family"] == "体験"
    assert "市の登録から" not in client.get(url("page", 1)).text
    client.post(url("page", 1), {**NAME, "action": "next"})
    client.post(url("keep"), {"visit_on": ""})
    assert prefills.keeping.last_day_of(Prefill.objects.get()) == timezone.localdate()
    client.post(url("mail"), {"email": "hanako@example.jp"})
    assert not OutgoingMail.objects.exists()


def test_practice_is_forgotten_once_it_is_over(client, procedures):
    client.post(url("new"), {"practice": "1"})
    begin(client, procedures, practice="1")
    later = timezone.now() + DAY
    assert (prefills.expire(now=later), prefills.forget(now=later)) == (1, 1)
    assert not Prefill.objects.exists()


def test_too_many_changes_keep_what_was_typed_on_the_page(begun, monkeypatch):
    monkeypatch.setattr("counter.views.home.answering.may_change", lambda *_args: False)
    answer = begun.post(url("page", 1), {**NAME, "action": "next"})
    assert "まだ保存していません" in answer.text
    assert 'value="高橋"' in answer.text
    assert _values(begun) == {}


def test_two_windows_at_one_moment_lose_nothing(begun, monkeypatch):
    real, calls = answering.save, []

    def overtaken(home, filling, **kwargs):
        calls.append(home.prefill.revision)
        if len(calls) == 1:
            # the other window's page comes in between
            number = open_home(home.token).filling.form.page_of("p2_moves")
            begun.post(url("page", number), {"q-p2_moves": "no", "action": "next"})
        return real(home, filling, **kwargs)

    monkeypatch.setattr(answering, "save", overtaken)
    begun.post(url("page", 1), {**NAME, "action": "next"})
    assert calls == [0, 0, 1]
    assert {"applicant_name", "p2_moves"} == set(_values(begun))


def test_older_window_overwrites_nothing_that_it_has_not_shown(begun):
    mark = re.search(r'name="mark" value="(.+?)"', begun.get(url("page", 1)).text)[1]
    begun.post(url("page", 1), {**NAME, "mark": mark, "action": "next"})
    # the same page sent twice is no conflict
    assert begun.post(url("page", 1), {**NAME, "mark": mark, "action": "next"}).status_code == 302
    other = {"q-applicant_name.family": "鈴木", "mark": mark}
    for action in ("next", "later", "save", "previous"):
        answer = begun.post(url("page", 1), {**other, "action": action})
        assert "別の画面で、このページが書き換えられています" in answer.text
        assert "違いがある項目：「氏名」" in answer.text
        assert 'value="鈴木"' in answer.text
        assert _values(begun)["applicant_name"]["family"] == "高橋"
    seen = re.search(r'name="mark" value="(.+?)"', answer.text)[1]
    begun.post(url("page", 1), {**other, "mark": seen, "action": "later"})
    assert _values(begun)["applicant_name"]["family"] == "鈴木"


@pytest.mark.parametrize("is_older", [False, True])
def test_page_of_a_prefill_that_ends_between_two_windows_is_told_so(begun, procedures, monkeypatch, is_older):
    """Another window changes it, this page is tried once more, and by then it is deleted."""
    mark = open_home(token_of(begun)).mark
    if is_older:
        publish(procedures[0], {"schema": 1, "pages": [APPLICANT]})

    def overtaken(home, *_args, **_kwargs):
        prefills.delete(token=home.token)
        raise StaleState

    monkeypatch.setattr(answering, "save", overtaken)
    answer = begun.post(url("page", 1), {**NAME, "forms": mark, "action": "next"})
    assert (answer.status_code, "削除しました" in answer.text) == (410, True)


@pytest.mark.parametrize("name", ["remove", "choose"])
def test_page_of_another_window_is_kept_while_procedures_are_chosen(begun, procedures, monkeypatch, name):
    real, calls = choosing.choose, []

    def overtaken(home, *args, **kwargs):
        calls.append(home.prefill.revision)
        if len(calls) == 1:
            begun.post(url("page", 1), {**NAME, "action": "next"})
        return real(home, *args, **kwargs)

    key = procedures[1].key if name == "remove" else make_forms(1)[0].key
    monkeypatch.setattr(choosing, "choose", overtaken)
    begun.post(url(name), {"procedure": key})
    assert calls == [0, 1]
    assert "applicant_name" in _values(begun)
    assert PrefillProcedure.objects.count() == (1 if name == "remove" else 3)


def test_taking_out_is_tried_once_more_and_then_said(begun, procedures, monkeypatch):
    calls = []

    def overtaken(*_args, **_kwargs):
        calls.append(1)
        raise StaleState

    monkeypatch.setattr(choosing, "choose", overtaken)
    answer = begun.post(url("remove"), {"procedure": procedures[1].key}, follow=True)
    assert (len(calls), str(StaleState()) in answer.text) == (2, True)


def test_procedure_is_taken_out_of_one_that_is_read_at_this_moment(begun, procedures, monkeypatch):
    real = choosing.choose

    def overtaken(home, *args, **kwargs):
        prefills.delete(token=home.token)
        return real(home, *args, **kwargs)

    monkeypatch.setattr(choosing, "choose", overtaken)
    assert begun.post(url("remove"), {"procedure": procedures[1].key}).status_code == 410


def test_procedure_withdrawn_at_this_moment_is_told(begun, procedures, monkeypatch):
    def refused(*_args, **_kwargs):
        raise NotOpen

    monkeypatch.setattr(choosing, "choose", refused)
    answer = begun.post(url("remove"), {"procedure": procedures[1].key}, follow=True)
    assert str(NotOpen()) in answer.text
    assert begun.post(url("choose"), {"procedure": procedures[0].key}).status_code == 422


def test_too_many_procedures_taken_out_are_slowed_down(begun, procedures, monkeypatch):
    monkeypatch.setattr(choosing, "may_change", lambda *_args: False)
    assert begun.post(url("remove"), {"procedure": procedures[1].key}).status_code == 429
    assert PrefillProcedure.objects.count() == 2


def test_papers_that_a_procedure_names_itself_are_not_listed_twice(begun, procedures):
    Procedure.objects.filter(pk=procedures[0].pk).update(required_papers=["振込先の通帳の写し（表紙の裏）"])
    papers = at_desk(open_home(token_of(begun))).papers
    assert [(paper.name, paper.procedures) for paper in papers[1:]] == [
        ("振込先の通帳の写し（表紙の裏）", ("手続1号",)),
        ("印鑑", ("手続2号",)),
        ("通帳の写し", ("手続2号",)),
    ]


def test_new_prefills_of_one_address_are_counted(procedures, monkeypatch):
    monkeypatch.setattr("counter.views.home.choosing.MADE", {"times": 1, "seconds": 3600})
    cache.clear()
    begin(Client(), procedures)
    assert begin(Client(), procedures).status_code == 429
    assert Prefill.objects.count() == 1


def test_pages_are_stored_by_no_browser(begun):
    for name in ("start", "choose", "check", "code"):
        assert "no-store" in begun.get(url(name))["Cache-Control"]
