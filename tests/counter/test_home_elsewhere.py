"""What no desk takes (water, bulky rubbish) stands beside the prefill with a link and is never combined."""

import pytest
from django.test import RequestFactory

from applications.enums import Channel
from applications.queries.guide import Left
from applications.services.drafts import NotOpen
from counter.elsewhere import elsewhere_among
from counter.guide_panel import shown
from counter.queries.offered import offered_by_key
from counter.services.prefills.keeping import form_of_visit
from tests import factories
from tests.applications import guidekit
from tests.counter.homekit import begin, make_forms, url

pytestmark = pytest.mark.django_db


def make_three(elsewhere=1):
    """Two procedures of a desk, and some that are done online only."""
    made = make_forms(2 + elsewhere)
    for number, one in enumerate(made[2:], 1):
        one.name, one.channels = f"水道の使用開始{number}", [Channel.ONLINE, Channel.ASSISTED]
        one.save()
    return made


def test_procedure_without_a_desk_is_not_offered_and_has_no_form_of_a_visit():
    desk, _other, water = make_three()
    assert offered_by_key([water.key, desk.key]) == [desk]
    assert elsewhere_among([water.key, desk.key, "no-such"]) == [water]
    with pytest.raises(NotOpen):
        form_of_visit(water)


def test_panel_of_a_guide_tells_what_is_done_elsewhere():
    desk, _other, water = make_three()
    request = RequestFactory().get("/")
    left = Left("move-in", (desk.key, water.key), ("licence",))
    assert shown(request, left) == {"left": left, "count": 1, "without": 2}
    # no desk takes any of it: there is nothing to fill in before a visit
    assert shown(request, Left("move-in", (water.key,))) is None
    assert shown(request, Left("move-in", (), ("licence",))) is None


def test_guide_brings_desk_procedures_and_lists_the_others(client):
    factories.make_municipality()
    desk, other, water = make_three()
    assert begin(client, [desk, water, other]).status_code == 302
    for name in ("choose", "check", "code"):
        answer = client.get(url(name))
        assert answer.context["home"].procedures == [desk, other]
        assert answer.context["elsewhere"] == [water]
        page = answer.content.decode()
        assert "窓口のほかで行う手続" in page
        assert f'href="/procedures/{water.key}/">{water.name}</a>' in page
    assert client.get(url("sheet")).status_code == 200


def test_guide_with_nothing_for_a_desk_chooses_nothing(client):
    water = make_three()[2]
    answer = begin(client, [water])
    assert answer.status_code == 422
    assert answer.context["elsewhere"] == [water]
    assert "窓口のほかで行う手続" in answer.content.decode()


def test_list_is_forgotten_with_the_prefill_and_not_shown_without_one(client):
    desk, other, water = make_three()
    begin(client, [desk, other])
    assert "窓口のほかで行う手続" not in client.get(url("choose")).content.decode()
    begin(client, [water])
    client.post(url("delete"))
    client.post(url("new"))
    assert client.get(url("choose")).context["elsewhere"] == []


def test_procedure_that_loses_its_desk_leaves_the_prefill(client):
    desk, other, _water = make_three()
    begin(client, [desk, other])
    other.channels = [Channel.ONLINE]
    other.save()
    answer = client.get(url("check"))
    assert answer.context["home"].procedures == [desk]


def test_results_without_a_form_are_named_with_the_way_back_to_the_guide(client):
    desk, other, _water = make_three()
    factories.make_departments()
    event = guidekit.make_guide().life_event
    known = next(one for one in guidekit.document()["results"])
    sent = [f"{event.key}/{known['key']}", f"{event.key}/nothing", "no/such", "bad", "x" * 200 + "/y"]
    begin(client, [desk, other], formless=sent)
    answer = client.get(url("choose"))
    assert [(one.key, one.title) for one in answer.context["formless"]] == [(known["key"], known["title"])]
    page = answer.content.decode()
    assert "入力する様式がない手続" in page
    assert f'href="/guide/{event.key}/result/#task-{known["key"]}"' in page
    client.post(url("delete"))
    assert client.get("/").wsgi_request.session.get("prefill_formless") is None
