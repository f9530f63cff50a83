"""Pages of the hall: the machines, a phone with a ticket, the floor staff, and draws and figures beside them."""

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from cityhall.machines import TOKEN_COOKIE
from cityhall.models import User
from cityhall.services import devices
from reservations.contacts import ContactData
from reservations.enums import TicketSource
from reservations.models import Display, Draw, Kiosk, Place, RouteStep, Service, ServiceGroup
from reservations.queries.draws import slots_of
from reservations.services import draws, queue
from tests.e2e.conftest import in_worker

PLACE, SERVICE = "hall", "tennyu"


def at(name, *parts, query=""):
    return reverse(f"reservations:{name}", args=parts) + (f"?{query}" if query else "")


def visit_hall(walk, open_browser, *, machine, screen):
    """A kiosk and a display, each paired; then a phone with a ticket, at the hall and at the place for trials."""
    token_of_kiosk, token_of_display, ticket, question = in_worker(_machines)[0]
    kiosk = paired(open_browser, token_of_kiosk, size=machine)
    walk.visit(kiosk, [at(f"kiosk_{name}") for name in ("home", "services", "route", "check_in")])
    walk.visit(kiosk, [at("kiosk_home", query="lang=en"), at("kiosk_services", query="lang=ja-easy")])
    walk.visit(kiosk, [at("kiosk_service", SERVICE), at("kiosk_question", question), at("kiosk_ticket", ticket)])
    walk.visit(paired(open_browser, token_of_display, size=screen), [at("display")])
    walk.visit(open_browser(), pages_of_phone(ticket, question))
    walk.visit(open_browser(), in_worker(lambda: list(pages_of_draws()))[0])


def pages_of_phone(ticket, question):
    yield from (at(f"phone_{name}", PLACE) for name in ("home", "services", "route"))
    yield from (at("phone_service", PLACE, SERVICE), at("phone_question", PLACE, question))
    yield from (at(f"phone_{name}", "practice") for name in ("home", "check_in"))
    yield from (at("ticket", ticket), at("ticket_leave", ticket))
    yield from (at("waiting_places"), at("waiting_place", PLACE))


def pages_of_floor(user):
    """The tablet of the floor staff, draws, and the figures of the day."""
    ticket, question = _ticket().public_id, _question()
    yield at("reception_places")
    yield from (at(f"reception_{name}", PLACE) for name in ("home", "services", "route", "check_in"))
    yield from (at("reception_service", PLACE, SERVICE), at("reception_question", PLACE, question))
    yield at("reception_ticket", PLACE, ticket)
    draw = _draw(user, 21)
    yield from (at("staff_draws"), at("staff_draw_new"), at("staff_draw", draw.public_id))
    yield from (at("queue_figures"), at("queue_figures", query="by=hour"))


def pages_of_draws():
    """One that can be entered, with an entry; one that was drawn."""
    editor = User.objects.get(email="handler2@city.example.jp")
    opened, drawn = _draw(editor, 7), _draw(editor, 14)
    wish = _enter(opened)
    _enter(drawn)
    draws.run(draw=drawn, now=drawn.wishes_until)
    yield at("draw_list")
    yield from (at("draw", one.public_id) for one in (opened, drawn))
    yield at("draw_enter", opened.public_id)
    yield at("draw_wish", wish.public_id, draws.secret_of(wish))


def paired(open_browser, token, *, size):
    page = open_browser(size=size)
    page.goto("/healthz")
    page.context.add_cookies([{"name": TOKEN_COOKIE, "value": token, "url": page.url}])
    return page


def _machines():
    tokens = [
        _pair(kind.objects.select_related("device").filter(place__key=PLACE).first()) for kind in (Kiosk, Display)
    ]
    return *tokens, _ticket().public_id, _question()


def _pair(machine):
    device = machine.device
    return devices.pair(devices.new_pairing_code(device, by=None), public_id=device.public_id)


def _ticket():
    return queue.issue(
        place=Place.objects.get(key=PLACE),
        service=Service.objects.select_related("group").get(key=SERVICE),
        source=TicketSource.STAFF,
        # staff give tickets at any hour
        by=User.objects.get(email="handler2@city.example.jp"),
        request_key=f"axe {timezone.now().isoformat()}",
    )


def _question():
    return RouteStep.objects.filter(children__isnull=False, parent__isnull=False).first().pk


def _draw(user, days):
    """A draw over the week that begins in so many days; its group has places on Saturdays."""
    group = ServiceGroup.objects.get(key="kenshin")
    now, first = timezone.now(), timezone.localdate() + dt.timedelta(days=days)
    draw = Draw(
        group=group,
        place=Place.objects.get(key="center"),
        title="冬の集団健診",
        text="検診です。",
        from_day=first,
        until_day=first + dt.timedelta(days=6),
        wishes_from=now - dt.timedelta(hours=1),
        wishes_until=now + dt.timedelta(hours=1),
        max_choices=3,
    )
    return draws.open_draw(draw=draw, by=user)


def _enter(draw):
    return draws.enter(
        draw=draw,
        service=draw.group.services.get(),
        slots=[slots_of(draw).first()],
        contact=ContactData(name="希望 花子", kana="キボウ ハナコ", email="wish@example.jp"),
        request_key=f"axe {draw.public_id}",
    )
