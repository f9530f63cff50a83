"""A small morning at two tablets: calling, serving, a gap in the network, the panic button, and no scripts at all."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from reservations.enums import TicketState
from reservations.models import DeskSession, Ticket
from reservations.services import queue
from tests.e2e.conftest import TABLET, in_worker
from tests.reservations.kit import make_service
from tests.reservations.queuekit import make_hall, make_ticket_group

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
S = TicketState


@pytest.fixture
def hall(municipality, department):
    return make_hall(2, department=department, now=None)


@pytest.fixture
def at_desk(open_browser, hall):
    """The tablet of a clerk, showing the desk."""

    def show(number=0, **how):
        page = open_browser(hall.clerks[number], size=TABLET, **how)
        page.goto(reverse("reservations:desk"))
        return page

    return show


def press(page, name):
    page.get_by_role("button", name=name, exact=True).first.click()


def number_shown(page):
    return page.locator(".desk-person__number")


def states():
    [found] = in_worker(lambda: list(Ticket.objects.order_by("id").values_list("state", flat=True)))
    return found


@pytest.mark.parametrize("javascript", [True, False])
def test_small_morning(at_desk, hall, javascript, axe):
    other = make_service(make_ticket_group(hall.department), hall.place, name="転入届")
    first, second, third = (hall.issue_now() for _number in range(3))
    page = at_desk(javascript=javascript)
    expect(page.get_by_role("heading", level=1, name="3人がお待ちです")).to_be_visible()
    press(page, "次の方を呼ぶ")
    expect(number_shown(page)).to_have_text(first.label)
    press(page, "対応を始める")
    press(page, "保留にする")
    # the parked one waits in a list of their own, the next one is called
    press(page, "次の方を呼ぶ")
    expect(number_shown(page)).to_have_text(second.label)
    press(page, "対応を始める")
    press(page, "終えて次の方を呼ぶ")
    expect(number_shown(page)).to_have_text(third.label)
    page.get_by_role("link", name="別の窓口へ").click()
    page.get_by_label("転入届").check()
    press(page, "送る")
    expect(page.get_by_text(f"{third.label} の方を「本庁舎 転入届」へ送りました。")).to_be_visible()
    if javascript:
        axe(page)
    press(page, "呼ぶ")
    expect(number_shown(page)).to_have_text(first.label)
    press(page, "対応を始める")
    press(page, "終える")
    expect(page.get_by_role("heading", level=1, name="お待ちの方はいません")).to_be_visible()
    expect(page.get_by_text("今日 2人")).to_be_visible()
    assert states() == [S.DONE, S.DONE, S.WAITING]
    sent = Ticket.objects.get(pk=third.pk)
    assert (sent.service, sent.label) == (other, third.label)


def test_page_follows_what_others_do(at_desk, hall):
    """Nobody presses anything on this tablet."""
    page = at_desk()
    expect(page.get_by_role("heading", level=1, name="お待ちの方はいません")).to_be_visible()
    in_worker(hall.issue_now)
    expect(page.get_by_role("heading", level=1, name="1人がお待ちです")).to_be_visible()
    in_worker(lambda: queue.call_next(**hall.seat(1)))
    expect(page.get_by_text("窓口 2 窓口 2")).to_be_visible()


def test_gap_in_the_network_loses_nothing(at_desk, hall):
    ticket = hall.issue_now()
    page = at_desk()
    page.context.set_offline(True)
    expect(page.locator("[data-desk-offline]")).to_contain_text("通信できません")
    press(page, "次の方を呼ぶ")
    expect(page.locator("[data-desk-offline]")).to_contain_text("つながると自動で送ります")
    assert states() == [S.WAITING]
    page.context.set_offline(False)
    expect(number_shown(page)).to_have_text(ticket.label)
    expect(page.locator("[data-desk-offline]")).to_be_hidden()


def test_double_tap_calls_one_person(at_desk, hall):
    hall.issue_now()
    hall.issue_now()
    page = at_desk()
    page.get_by_role("button", name="次の方を呼ぶ").dblclick()
    expect(number_shown(page)).to_be_visible()
    assert sorted(states()) == [S.CALLED, S.WAITING]


def test_help_is_asked_for_and_comes(at_desk):
    frightened, colleague = at_desk(0), at_desk(1)
    press(frightened, "緊急の呼び出し")
    expect(frightened.get_by_text("緊急の呼び出しをしています")).to_be_visible()
    expect(colleague.get_by_text("から緊急の呼び出しです")).to_be_visible()
    expect(colleague).to_have_title("【緊急】窓口 1 窓口 2 | 緑野市 職員用")
    press(colleague, "向かいます")
    expect(frightened.get_by_text("窓口 2さんが向かっています")).to_be_visible()
    press(frightened, "解除する")
    expect(colleague.get_by_role("alert")).to_have_count(0)


def test_colleague_who_signs_on_at_the_desk_ends_the_page(at_desk, hall):
    page = at_desk()
    in_worker(lambda: DeskSession.objects.filter(user=hall.clerks[0]).delete())
    expect(page.get_by_role("heading", level=1, name="窓口を選ぶ")).to_be_visible()
