"""What a page costs here at the least: the same middleware and session, three queries, twenty rows of a template."""

from django.http import HttpRequest, HttpResponse
from django.template import Context, Template

from applications.models import LifeEvent, Procedure
from cityhall.models import Department

TEMPLATE = Template(
    "<!doctype html><title>yardstick</title><p>{{ who }}</p><ul>"
    "{% for row in rows %}<li>{{ row.name }} {{ row.department_id }} {{ row.created_at|date:'Y-m-d H:i' }}</li>"
    "{% endfor %}"
    "</ul><p>{{ departments|length }} {{ events|length }}</p>"
)


def yardstick(request: HttpRequest) -> HttpResponse:
    """Three queries and a small template; reads the user only when there is a session."""
    who = str(request.user) if "session" in " ".join(request.COOKIES) else "–"
    context = {
        "who": who,
        "rows": list(Procedure.objects.all()[:20]),
        "departments": list(Department.objects.all()[:20]),
        "events": list(LifeEvent.objects.all()[:20]),
    }
    return HttpResponse(TEMPLATE.render(Context(context)))
