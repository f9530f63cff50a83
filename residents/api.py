"""JSON of this app: the public contract (v1) and what our own pages use (ui)."""

from typing import Any

from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from cityhall.access import public
from residents.addresses import PostalAddress, lookup, normalize_postal_code

_ONE_DAY = 24 * 60 * 60


class PostalAddressSerializer(serializers.Serializer[PostalAddress]):
    """One town of a postal code, in the parts of an address form."""

    prefecture = serializers.CharField()
    city = serializers.CharField()
    town = serializers.CharField(allow_blank=True)
    street = serializers.CharField(allow_blank=True, help_text="事業所の個別番号のときだけ入ります。")
    building = serializers.CharField(allow_blank=True, help_text="事業所の個別番号のときだけ入ります。")
    label = serializers.CharField(  # type: ignore[assignment] # a column of ours, not the label of a field
        help_text="選択肢として示す一行の住所です。"
    )


class PostalCodeSerializer(serializers.Serializer[Any]):
    postal_code = serializers.CharField()
    addresses = PostalAddressSerializer(many=True, help_text="町が二つ以上のときは、本人に選んでもらいます。")


@extend_schema(responses=PostalCodeSerializer)
@public
@cache_control(public=True, max_age=_ONE_DAY)
@api_view(["GET", "HEAD"])
@permission_classes([AllowAny])
def postal_code(request: Request, code: str) -> Response:
    """All towns of a postal code; an unknown one is 404 in the common shape of errors.

    The page fills empty boxes only, never over typed text, and offers the choice when there are several.
    """
    digits = normalize_postal_code(code)
    towns = lookup(digits) if digits else []
    if not towns:
        raise NotFound(_("この郵便番号は見つかりませんでした。住所を直接入力してください。"))
    return Response(PostalCodeSerializer({"postal_code": digits, "addresses": towns}).data)


v1_urlpatterns: list[URLPattern | URLResolver] = []
ui_urlpatterns: list[URLPattern | URLResolver] = [
    path("postal-codes/<str:code>/", postal_code, name="postal_code"),
]
