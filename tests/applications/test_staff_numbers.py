"""Twelve digits in what staff write: refused with a sentence, let through with a tick, and the tick is audited."""

import pytest
from django.urls import reverse

from applications.forms import CorrectionForm, DecisionForm
from applications.models import FormDesign, Message, Procedure
from applications.services import messages as service
from applications.services.casework import take
from cityhall.models import AuditEvent
from cityhall.my_numbers import REFUSED, REFUSED_TO_STAFF, TICK
from tests.applications import casekit
from tests.applications.designkit import document, make_procedure, text_of, url

NUMBER = "123456789018"
DETAIL = "number confirmed as no My Number"


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def procedure(department):
    return make_procedure(department)


def confirmed():
    return list(AuditEvent.objects.filter(detail=DETAIL).values_list("target_id", flat=True))


def test_text_of_the_designer_needs_the_tick_and_the_tick_is_audited(login, handler, procedure):
    client = login(handler)
    data = {"revision": "0", "label": "備考", "help": f"問い合わせ番号 {NUMBER} をお知らせください。"}
    assert TICK not in text_of(client.get(url("design_field", "note")))
    refused = client.post(url("design_field", "note"), data)
    assert refused.context["form"].errors == {"help": [REFUSED_TO_STAFF]}
    assert f'name="{TICK}"' in text_of(refused)
    assert not FormDesign.objects.exists()
    client.post(url("design_field", "note"), data | {TICK: "on"})
    assert document()["pages"][1]["fields"][1] == {
        "key": "note",
        "type": "text",
        "label": "備考",
        "help": data["help"],
    }
    event = AuditEvent.objects.get(detail=DETAIL)
    assert (event.actor, event.target_id) == (handler, "moshikomi")
    assert NUMBER not in str(AuditEvent.objects.values().get(pk=event.pk))


@pytest.mark.parametrize(
    ("name", "parts", "data"),
    [
        ("design_section", ["person"], {"title": "申請する方", "intro": NUMBER}),
        ("design_section_add", [], {"title": "次", "intro": NUMBER}),
        ("design_field_add", ["person"], {"label": NUMBER, "type": "text"}),
        ("design_publish", [], {"change_note": NUMBER}),
        ("design_field", ["kind"], {"label": "区分", "options": f"a | 一\nb | {NUMBER}"}),
    ],
)
def test_every_page_of_the_designer_asks(login, handler, procedure, name, parts, data):
    client, address = login(handler), url(name, *parts)
    refused = client.post(address, {"revision": "0"} | data)
    assert REFUSED_TO_STAFF in [str(error) for errors in refused.context["form"].errors.values() for error in errors]
    assert client.post(address, {"revision": "0", TICK: "on"} | data).status_code == 302
    assert confirmed() == ["moshikomi"]


def test_settings_and_new_procedures_ask_too(login, approver, department, procedure):
    client = login(approver)
    page = client.post(url("design_settings"), {"description": NUMBER, "mode": "online"})
    assert page.context["form"].errors["description"] == [REFUSED_TO_STAFF]
    assert f'name="{TICK}"' in text_of(page)
    data = {"name": "名前", "name_kana": "なまえ", "summary": NUMBER, "department": department.pk, "key": "atarashii"}
    assert client.post(reverse("applications:design_new"), data).context["form"].errors["summary"]
    assert client.post(reverse("applications:design_new"), data | {TICK: "on"}).status_code == 302
    assert Procedure.objects.get(key="atarashii").summary == NUMBER
    assert confirmed() == ["atarashii"]


def test_typed_value_of_a_condition_asks_and_a_chosen_one_does_not(login, handler, procedure):
    client, address = login(handler), url("design_logic", "kind", "required")
    data = {"revision": "0", "action": "save", "subject-0": "answer:note", "operator-0": "eq", "value-0": NUMBER}
    refused = client.post(address, data)
    assert refused.context["form"].rows[0].error == REFUSED_TO_STAFF
    assert f'name="{TICK}"' in text_of(refused)
    assert not FormDesign.objects.exists()
    # no value counts with this operator: what was typed before is not saved
    assert client.post(address, data | {"operator-0": "filled"}).status_code == 302
    assert confirmed() == []
    assert client.post(address, data | {"revision": "1", TICK: "on"}).status_code == 302
    assert document()["pages"][0]["fields"][0]["required_when"] == {"eq": [{"answer": "note"}, NUMBER]}
    assert confirmed() == ["moshikomi"]


def test_tick_without_a_number_says_nothing(login, handler, procedure):
    login(handler).post(url("design_field", "note"), {"revision": "0", "label": "備考", TICK: "on"})
    assert document()["pages"][1]["fields"][1] == {"key": "note", "type": "text", "label": "備考"}
    assert confirmed() == []


# --- on a case ----------------------------------------------------------------------------------


@pytest.fixture
def case(procedure, resident, handler):
    made = casekit.make_case(procedure, resident)
    take(application=made, by=handler)
    return made


def test_message_of_the_city_is_refused_without_the_tick(case, handler, resident):
    with pytest.raises(service.MyNumberTyped, match=REFUSED[:20]):
        service.send_from_city(application=case, body=NUMBER, by=handler, request_key="a")
    sent = service.send_from_city(application=case, body=NUMBER, by=handler, request_key="a", is_no_my_number=True)
    assert sent.body == NUMBER
    with pytest.raises(service.MyNumberTyped):
        service.send_from_applicant(application=case, body=NUMBER, by=resident, request_key="b")


def test_clerk_who_writes_a_number_in_a_message_ticks_the_box(login, case, handler):
    client = login(handler)
    address = reverse("applications:case_message", args=[case.public_id])
    data = {"body": f"お客様番号は {NUMBER} です。", "request_key": "k1"}
    refused = client.post(address, data)
    assert refused.context["message_form"].errors["body"] == [REFUSED_TO_STAFF]
    assert not Message.objects.exists()
    client.post(address, data | {TICK: "on"})
    assert Message.objects.get().body == data["body"]
    assert confirmed() == [case.public_id]


def test_reasons_and_comments_need_the_tick_and_a_preview_hands_it_on(case):
    data = {"revision": "1", "decision": "approve", "reason": NUMBER}
    assert DecisionForm(data).errors["reason"] == [REFUSED_TO_STAFF]
    ticked = DecisionForm(data | {TICK: "on"})
    assert ticked.is_valid()
    assert ticked.has_confirmed_number
    # the page between the form and the signature
    hidden = "".join(field.as_hidden() for field in DecisionForm(data | {TICK: "on"}))
    assert f'name="{TICK}"' in hidden
    assert DecisionForm(data | {TICK: "True"}).is_valid()
    assert not CorrectionForm({"revision": "1", "message": NUMBER}, sections=[]).is_valid()
    assert CorrectionForm({"revision": "1", "message": NUMBER, TICK: "on"}, sections=[]).is_valid()


def test_step_of_a_case_with_a_tick_is_audited(login, case, handler):
    client = login(handler)
    address = reverse("applications:case_return", args=[case.public_id])
    case.refresh_from_db()
    data = {"revision": case.revision, "message": f"番号 {NUMBER}"}
    assert client.post(address, data).context["form"].errors["message"] == [REFUSED_TO_STAFF]
    assert client.post(address, data | {TICK: "on"}).status_code == 302
    assert confirmed() == [case.public_id]
