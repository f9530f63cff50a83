"""What a page costs here at the least: the same middleware and session, three plain queries, a small page of a list.

The page has a base template of its own (two style sheets, three links, sign-out form, messages), twenty rows with a
date each and the context processors of the product, of which it shows nothing that costs a query. Header, menus and
footer of the product count on the product's side.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from applications.models import LifeEvent, Procedure
from cityhall.models import Department


def yardstick(request: HttpRequest) -> HttpResponse:
    """Three queries and a small template; reads the user only when there is a session."""
    context = {
        "is_signed_in": "session" in " ".join(request.COOKIES) and request.user.is_authenticated,
        "rows": list(Procedure.objects.all()[:20]),
        "departments": list(Department.objects.all()[:20]),
        "events": list(LifeEvent.objects.all()[:20]),
    }
    return render(request, "benchmarks/list.html", context)
