"""Filling in on the tablet at the hall: chosen, typed, finished, printed, and nothing left behind."""

import datetime as dt
from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import timezone

from applications import definition
from applications.enums import FieldType
from applications.models import LifeEvent
from cityhall.days import TOKYO, today
from cityhall.enums import DeviceKind, Role
from cityhall.models import Municipality
from counter import codes
from counter.enums import PrefillState
from counter.kiosk import cookie, help_words, languages
from counter.models import Prefill
from counter.queries.brought import brought_with
from counter.services import prefills
from counter.services.prefills import entering
from counter.token_seal import COOKIE, ENTRY, sealed, unsealed
from counter.views.kiosk import answering
from reservations.enums import ExceptionKind
from reservations.hall.languages import LANGUAGES
from reservations.models import Kiosk, OpeningException, Ticket
from tests import factories
from tests.applications.casekit import text_of
from tests.counter.homekit import NAME, make_forms, publish
from tests.reservations import kit
from tests.reservations.test_hall_pages import open_always, paired

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(municipality):
    return kit.make_place("hall")


@pytest.fixture
def kiosk(client, place):
    return Kiosk.objects.create(place=place, name="記載台", device=paired(client, DeviceKind.KIOSK))


@pytest.fixture
def service(place):
    group = kit.make_group(letter="B", has_tickets=True)
    open_always(group, place)
    return kit.make_service(group, place, key="juminhyo", names={"en": "Residence record"})


@pytest.fixture
def procedures(kiosk):
    return make_forms(2)


@pytest.fixture
def begun(client, procedures):
    client.post(url("begin"))
    for one in procedures:
        client.post(url("choose"), {"add": one.key, "event": "all", "page": "1"})
    return client


def url(name, *parts):
    return reverse(f"counter:entry_{name}", args=parts)


def token(client):
    held = client.cookies.get(cookie.NAME)
    return unsealed(held.value, ENTRY) if held else ""


def values(client):
    return prefills.open_kept(token(client)).values


def finished(client):
    client.post(url("page", 1), NAME | {"action": "later"})
    assert client.post(url("finish")).url == url("done")
    return Prefill.objects.get()


@pytest.mark.parametrize("name", ["start", "choose", "check", "done"])
def test_only_a_paired_machine_of_a_place_has_these_pages(client, municipality, name):
    assert client.get(url(name)).status_code == 404
    paired(client, DeviceKind.KIOSK)
    assert client.get(url(name)).status_code == 404


def test_from_the_first_page_to_the_code(begun, procedures):
    assert token(begun)
    assert [row.procedure for row in Prefill.objects.get().procedures.order_by("position")] == procedures
    page = begun.get(url("page", 1))
    assert "書き方" in text_of(page)
    assert begun.post(url("page", 1), NAME | {"action": "next"}).url == url("page", 2)
    assert values(begun)["applicant_name"]["family"] == "高橋"
    check = text_of(begun.get(url("check")))
    assert "高橋 さくら" in check.replace("　", " ")
    assert begun.post(url("finish")).url == url("done")
    done = begun.get(url("done"))
    assert done["Cache-Control"] == "no-store"
    assert codes.written(codes.spoken_code(token(begun))) in text_of(done)
    clerk = factories.make_staff(role=Role.CLERK, department=procedures[0].department)
    found = prefills.find_scanned(codes.full_code(Municipality.objects.get().code, token(begun)), by=clerk)
    assert found.values["applicant_name"]["given"] == "さくら"


def test_the_token_ends_with_the_browser_and_goes_to_the_tablets_pages_only(begun):
    held = begun.cookies[cookie.NAME]
    assert (held["path"], held["max-age"], held["expires"]) == ("/kiosk/entry/", "", "")
    assert (held["httponly"], held["samesite"]) == (True, "Strict")


def test_a_token_that_was_photographed_opens_nothing(begun):
    begun.post(url("page", 1), NAME | {"action": "next"})
    held = token(begun)
    for value in (held, sealed(held, COOKIE)):
        begun.cookies[cookie.NAME] = value
        assert begun.get(url("page", 1)).status_code == 302
    begun.cookies[cookie.NAME] = sealed(held, ENTRY)
    assert begun.get(url("page", 1)).status_code == 200


def test_what_is_left_unfinished_is_over_after_twenty_minutes(begun):
    prefill = Prefill.objects.get()
    assert prefill.expires_at <= timezone.now() + entering.IDLE
    prefills.expire(now=timezone.now() + entering.IDLE)
    prefill.refresh_from_db()
    assert (prefill.state, prefill.answers) == (PrefillState.EXPIRED, "")
    assert begun.post(url("page", 1), NAME | {"action": "next"}).url == url("start")
    assert "消しました" in text_of(begun.get(url("start")))


def test_going_on_puts_the_end_off(begun):
    Prefill.objects.update(expires_at=timezone.now() + dt.timedelta(seconds=5))
    begun.post(url("page", 1), NAME | {"action": "next"})
    now = timezone.now()
    midnight = prefills.keeping.end_of(timezone.localdate(), now)
    assert Prefill.objects.get().expires_at >= min(now + entering.IDLE, midnight) - dt.timedelta(minutes=1)


def test_what_is_typed_just_before_midnight_is_not_finished(begun):
    prefill = Prefill.objects.get()
    late = dt.datetime.combine(timezone.localdate(), dt.time(23, 50), TOKYO)
    entering.hold(prefill, language="ja", now=late)
    prefill.refresh_from_db()
    assert late < prefill.expires_at < late + dt.timedelta(minutes=10)
    assert not entering.is_finished(prefill)
    entering.finish(prefill, language="ja", now=late)
    assert entering.is_finished(prefill)


@pytest.mark.parametrize("way", ["idle", "first page", "next person"])
def test_who_walks_away_leaves_nothing(begun, way):
    old = token(begun)
    begun.post(url("page", 1), NAME | {"action": "next"})
    if way == "idle":
        for _time in range(2):
            assert begun.post(url("wipe")).url == url("start")
    elif way == "first page":
        begun.get(url("start"))
    else:
        begun.post(url("begin"))
    prefill = Prefill.objects.get()
    assert (prefill.state, prefill.answers) == (PrefillState.DELETED, "")
    assert token(begun) != old
    assert begun.get(url("check")).url in (url("start"), url("choose"))


def test_what_is_finished_waits_for_the_desk_until_the_end_of_the_day(begun):
    prefill = finished(begun)
    assert prefill.visit_on == timezone.localdate()
    assert prefill.expires_at == prefills.keeping.end_of(prefill.visit_on, timezone.now())
    begun.post(url("wipe"))
    prefill.refresh_from_db()
    assert (prefill.state, token(begun)) == (PrefillState.OPEN, "")
    assert begun.get(url("done")).url == url("start")


def test_finishing_twice_changes_nothing(begun):
    prefill = finished(begun)
    begun.post(url("finish"))
    assert Prefill.objects.get().expires_at == prefill.expires_at


def test_the_code_is_not_shown_before_the_end(begun):
    assert begun.get(url("done")).url == url("check")
    assert begun.post(url("ticket"), {"service": "juminhyo"}).url == url("check")


def test_a_ticket_goes_with_the_code_and_two_taps_are_one(begun, service):
    prefill = finished(begun)
    assert "住民票の写し" in text_of(begun.get(url("done")))
    for _time in range(2):
        assert begun.post(url("ticket"), {"service": "juminhyo"}).url == url("done")
    ticket = Ticket.objects.get()
    assert brought_with(ticket) == prefill
    done = begun.get(url("done"))
    assert (done.context["ticket"], done.context["services"]) == (ticket, [])
    assert f'data-print-once="{ticket.public_id}"' in text_of(done)
    assert begun.post(url("ticket"), {"service": "unknown"}).status_code == 404


def test_the_tickets_offered_are_those_of_the_procedures(begun, service, place, procedures):
    group = kit.make_group(letter="C", has_tickets=True)
    open_always(group, place)
    other = kit.make_service(group, place, key="tax", name="税の窓口")
    finished(begun)
    assert [key for key, _name in begun.get(url("done")).context["services"]] == ["juminhyo", "tax"]
    procedures[0].visit_service = other
    procedures[0].save()
    assert [key for key, _name in begun.get(url("done")).context["services"]] == ["tax"]
    # nobody is led to a counter that is closed
    OpeningException.objects.create(
        place=place, group=group, date=today(), kind=ExceptionKind.CLOSED, reason="研修のため"
    )
    assert begun.get(url("done")).context["services"] == []


def test_procedures_are_found_by_life_event_and_taken_out_again(begun, procedures):
    event = LifeEvent.objects.create(key="moving", name="引っ越し")
    procedures[0].life_events.add(event)
    start = begun.get(url("choose"))
    assert [name for name, _said, _address in start.context["events"]] == ["引っ越し"]
    page = begun.get(f"{url('choose')}?event=moving")
    assert [one for one, _name, _is_said in page.context["procedures"]] == [procedures[0]]
    begun.post(url("choose"), {"remove": procedures[0].key, "event": "moving"})
    assert [row.procedure for row in Prefill.objects.get().procedures.all()] == [procedures[1]]
    # the last one takes all that was typed with it, and one goes on with a token of one's own
    begun.post(url("choose"), {"remove": procedures[1].key})
    assert Prefill.objects.get().state == PrefillState.DELETED
    begun.post(url("choose"), {"add": procedures[1].key})
    assert Prefill.objects.filter(state=PrefillState.OPEN).count() == 1


def test_a_choice_made_up_chooses_nothing(client, procedures):
    client.post(url("begin"))
    client.post(url("choose"), {"add": "no-such-procedure"})
    assert not Prefill.objects.exists()
    assert client.get(url("choose")).context["chosen"] == []


def test_the_language_goes_from_page_to_page(client, procedures):
    begun = client.post(f"{url('begin')}?lang=ja-easy")
    assert begun.url == f"{url('choose')}?lang=ja-easy"
    page = client.post(begun.url, {"add": procedures[0].key, "event": "all"})
    assert page.url == f"{url('choose')}?event=all&lang=ja-easy"
    shown = client.get(page.url)
    assert shown.context["questions_url"] == f"{url('page', 1)}?lang=ja-easy"
    text = text_of(client.get(shown.context["questions_url"]))
    assert "かきかた" in text
    assert "みょうじと なまえ" in text
    assert Prefill.objects.get().language == "ja-easy"


def test_every_sentence_has_every_language():
    for texts in languages._TEXTS.values():
        assert set(texts) == set(LANGUAGES)
    for words in help_words._BY_TYPE.values():
        assert set(words) == set(LANGUAGES)


def test_every_kind_of_question_that_is_typed_is_explained():
    from applications.enums import FILE_TYPES, GIVEN_TYPES, SHOWN_ONLY

    left_out = FILE_TYPES | GIVEN_TYPES | SHOWN_ONLY | {FieldType.SIGNATURE}
    explained = {FieldType(kind) for kind in help_words._BY_TYPE} | set(help_words._SAME_AS)
    assert explained == set(FieldType) - left_out


def test_mistakes_are_said_and_what_was_typed_stays(begun):
    page = begun.post(url("page", 1), {"q-applicant_name.family": "高橋", "action": "next"})
    assert page.status_code == 200
    assert "error-summary" in text_of(page)
    assert values(begun)["applicant_name"]["family"] == "高橋"
    assert begun.post(url("page", 1), {"action": "later"}).url == url("page", 2)


def test_a_form_published_meanwhile_leads_to_the_check_page(begun, procedures):
    begun.post(url("page", 1), NAME | {"action": "next"})
    mark = begun.get(url("page", 1)).context["home"].mark
    question = {"key": "more", "type": "text", "label": "新しい質問"}
    publish(procedures[0], {"schema": 1, "pages": [{"key": "new", "title": "新しい様式", "fields": [question]}]})
    assert begun.post(url("page", 1), NAME | {"action": "next", "forms": mark}).url == url("check")
    assert "高橋" in text_of(begun.get(url("check")))


def test_a_place_for_trials_has_a_made_up_person(client, kiosk, procedures):
    type(kiosk.place).objects.filter(pk=kiosk.place.pk).update(is_practice=True)
    client.post(url("begin"))
    client.post(url("choose"), {"add": procedures[0].key})
    assert Prefill.objects.get().is_practice
    assert values(client)["applicant_name"]


def test_pages_wipe_after_ninety_seconds_and_count_twenty(begun):
    for page in (begun.get(url("choose")), begun.get(url("page", 1)), begun.get(url("check"))):
        assert 'data-idle-wipe="90" data-idle-warn="20"' in text_of(page)
    finished(begun)
    assert 'data-idle-wipe="90"' in text_of(begun.get(url("done")))
    assert "data-idle-wipe" not in text_of(begun.get(url("start")))


def test_the_slower_of_two_taps_is_kept_as_well_and_goes_on(begun, monkeypatch):
    keep = answering.keep
    calls = []

    def keep_behind_another_tap(home, filling, entry):
        calls.append(home.prefill.revision)
        if len(calls) == 1:
            keep(home, filling, entry)
        return keep(home, filling, entry)

    monkeypatch.setattr(answering, "keep", keep_behind_another_tap)
    assert begun.post(url("page", 1), NAME | {"action": "next"}).url == url("page", 2)
    assert len(calls) == 2
    assert values(begun)["applicant_name"]["family"] == "高橋"


def test_ticket_machine_leads_here_where_the_city_says_so(client, kiosk, service):
    home = reverse("reservations:kiosk_home")
    assert url("start") not in text_of(client.get(home))
    Kiosk.objects.update(offers_forms=True)
    for language in LANGUAGES:
        page = text_of(client.get(home, {"lang": language}))
        words = languages.texts_in(language)
        assert words["title"] in page
        assert words["button_hint"] in page
        query = "" if language == "ja" else f"?lang={language}"
        assert f'href="{url("start")}{query}"' in page
    # on somebody's own telephone there is the prefill at home
    assert url("start") not in text_of(client.get(reverse("reservations:phone_home", args=[kiosk.place.key])))


def _translate(procedure, **words):
    """A new version of a form, the same but for words in English."""
    form = definition.parse(procedure.current_version.definition)
    publish(procedure, definition.document_of(replace(form, translations={"en": words})))


def test_forms_are_shown_in_the_language_and_in_japanese_where_they_have_no_words(client, procedures):
    first, second = procedures
    field = next(definition.parse(first.current_version.definition).questions)
    _translate(first, **{"form:name": "Resident record", f"{field.key}:label": "Your full name"})
    client.post(f"{url('begin')}?lang=en")
    listed = text_of(client.get(f"{url('choose')}?lang=en&event=all"))
    assert "Resident record" in listed
    assert second.name in listed
    for one in procedures:
        client.post(f"{url('choose')}?lang=en", {"add": one.key, "event": "all", "page": "1"})
    page = client.get(f"{url('page', 1)}?lang=en")
    assert "Your full name" in text_of(page)
    assert field.label not in [block.field.label for block, _help in page.context["helped"]][:1]
    assert "Your full name" not in text_of(client.get(url("page", 1)))


def test_answers_typed_in_one_language_stand_in_every_other(client, procedures):
    field = next(definition.parse(procedures[0].current_version.definition).questions)
    _translate(procedures[0], **{f"{field.key}:label": "Your full name"})
    client.post(f"{url('begin')}?lang=en")
    client.post(f"{url('choose')}?lang=en", {"add": procedures[0].key, "event": "all", "page": "1"})
    client.post(f"{url('page', 1)}?lang=en", NAME | {"action": "later"})
    held = values(client)
    assert held
    checked = client.get(f"{url('check')}?lang=en")
    assert "Your full name" in text_of(checked)
    assert "やさしい にほんご" in text_of(checked)
    assert "Your full name" not in text_of(client.get(f"{url('check')}?lang=ja-easy"))
    assert values(client) == held


def test_what_is_kept_and_supposed_is_of_the_japanese_form(client, procedures):
    field = next(definition.parse(procedures[0].current_version.definition).questions)
    _translate(procedures[0], **{f"{field.key}:label": "Your full name"})
    client.post(f"{url('begin')}?lang=en")
    client.post(f"{url('choose')}?lang=en", {"add": procedures[0].key, "event": "all", "page": "1"})
    filling = client.get(f"{url('page', 1)}?lang=en").context["home"].filling
    assert (filling.page(1).fields[0].label, filling.page_read(1).fields[0].label) == (field.label, "Your full name")


def test_life_events_and_the_slip_are_in_the_language(client, procedures):
    event = LifeEvent.objects.create(key="moved", name="転入", names={"en": "Moving in"})
    other = LifeEvent.objects.create(key="else", name="婚姻")
    for one in (event, other):
        one.procedures.set(procedures)
    _translate(procedures[0], **{"form:name": "Resident record"})
    client.post(f"{url('begin')}?lang=en")
    chosen = client.get(f"{url('choose')}?lang=en")
    names = [(name, said) for name, said, _address in chosen.context["events"]]
    assert {("Moving in", True), ("婚姻", False)} <= set(names)
    assert '<span class="hall-choice__label" lang="ja">婚姻</span>' in text_of(chosen)
    client.post(f"{url('choose')}?lang=en", {"add": procedures[0].key, "event": "all", "page": "1"})
    client.post(f"{url('page', 1)}?lang=en", NAME | {"action": "later"})
    client.post(f"{url('finish')}?lang=en")
    slip = text_of(client.get(f"{url('done')}?lang=en"))
    assert f'Resident record<br><span lang="ja">{procedures[0].name}</span>' in slip
    assert ">婚姻<" in text_of(client.get(url("choose")))


def test_form_with_a_translated_name_alone_says_that_it_is_japanese(client, procedures):
    _translate(procedures[0], **{"form:name": "Resident record"})
    client.post(f"{url('begin')}?lang=en")
    client.post(f"{url('choose')}?lang=en", {"add": procedures[0].key, "event": "all", "page": "1"})
    page = client.get(f"{url('page', 1)}?lang=en")
    label = page.context["helped"][0][0].field.label
    assert f'<span class="visually-hidden" lang="ja"> {label}</span>' in text_of(page)


def test_what_few_say_is_folded_and_open_once_it_is_said(client, procedures):
    questions = [
        {"key": "name", "type": "name", "label": "氏名", "required": True, "concept": "applicant.name"},
        {"key": "mail", "type": "email", "label": "連絡先のメール", "concept": "applicant.email"},
    ]
    publish(procedures[0], {"schema": 1, "pages": [{"key": "new", "title": "様式", "fields": questions}]})
    client.post(url("begin"))
    client.post(url("choose"), {"add": procedures[0].key, "event": "all", "page": "1"})
    folded = '<details class="disclosure"><summary>書き足す（書かなくてもかまいません）：'
    assert f'{folded} <span lang="ja">連絡先のメール</span>' in client.get(url("page", 1)).content.decode()
    client.post(url("page", 1), NAME | {"q-applicant_email": "a@example.jp", "action": "next"})
    assert '<details class="disclosure" open>' in client.get(url("page", 1)).content.decode()
