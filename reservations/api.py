"""JSON of this app for our own pages: how much room the days of a month have."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, path
from django.utils.cache import get_conditional_response
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from cityhall.access import public
from reservations.queries.availability import SECONDS, Document, kept
from reservations.views.booking.times import document_of, month_of, sought_by
from reservations.views.booking.wish import WishInvalid, wish_of


@extend_schema(exclude=True)
@public
@api_view(["GET", "HEAD"])
@authentication_classes([])
@permission_classes([AllowAny])
def availability(request: Request, key: str, place_key: str) -> HttpResponseBase:
    """The same document the calendar was made of. Nobody is asked who they are, so that proxies may keep it."""
    plain: HttpRequest = request._request

    def make() -> Document:
        sought = sought_by(wish_of(plain, key, place_key))
        return document_of(sought, month_of(sought, plain.GET.get("month", "")))

    try:
        document = kept(plain.get_full_path(), make)
    except WishInvalid:
        raise Http404 from None
    return answer_with(document, plain)


def answer_with(document: Document, request: HttpRequest) -> HttpResponseBase:
    """The document, or 304 for who has it already."""
    answer = HttpResponse(document.body, content_type="application/json")
    answer["ETag"] = document.etag
    answer["Cache-Control"] = f"public, max-age={int(SECONDS)}"
    if "HTTP_IF_NONE_MATCH" not in request.META:
        return answer
    return get_conditional_response(request, etag=document.etag, response=answer) or answer


v1_urlpatterns: list[URLPattern | URLResolver] = []
ui_urlpatterns: list[URLPattern | URLResolver] = [
    path("availability/<slug:key>/<slug:place_key>/", availability, name="availability"),
]
