"""What this app shows staff: the entry of the menu, and a button beside who is served at a desk."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from applications.permissions import DESIGN_PROCEDURES
from applications.staff_home import FORMS
from cityhall.registry import NavigationItem, SubjectPanel, desk_panels, navigation
from counter.models import Visit
from counter.permissions import IMPORT
from counter.queries.brought import brought_with
from reservations.enums import TicketState
from reservations.models import Ticket
from reservations.staff_home import RESERVATIONS

SERVE = "counter.serve_visitor"
FIGURES = "counter.view_figures"


def register_staff_home() -> None:
    """Called once, from `AppConfig.ready`."""
    item = NavigationItem(_("来庁"), "counter:visits", "staff", SERVE, group=RESERVATIONS)
    navigation.register("counter.visits", item, position=39)
    certificates = NavigationItem(_("証明書"), "counter:certificates", "staff", SERVE, group=RESERVATIONS)
    navigation.register("counter.certificates", certificates, position=38)
    move_ins = NavigationItem(_("転入予約の取り込み"), "counter:move_ins", "staff", IMPORT, group=RESERVATIONS)
    navigation.register("counter.move_ins", move_ins, position=41)
    figures = NavigationItem(_("来庁の数字"), "counter:visit_figures", "staff", FIGURES, group=RESERVATIONS)
    navigation.register("counter.figures", figures, position=49)
    layouts = NavigationItem(_("様式への印字"), "counter:layouts", "staff", DESIGN_PROCEDURES, group=FORMS)
    navigation.register("counter.layouts", layouts, position=60)
    desk_panels.register("counter.visit", SubjectPanel("counter/desk/_desk_panel.html", visit_of), position=10)


def visit_of(request: HttpRequest, ticket: Ticket) -> dict[str, Any] | None:
    """The visit of who has the number, or the way to begin it; nothing for who may not."""
    if not request.user.has_perm(SERVE):
        return None
    visit = Visit.objects.only("public_id").filter(ticket=ticket).first()
    # once somebody is served without, to end is what comes next
    kind = "solid" if ticket.state == TicketState.CALLED else "outline"
    return {
        "ticket": ticket,
        "visit": visit,
        "kind": kind,
        "brings": visit is None and brought_with(ticket) is not None,
    }
