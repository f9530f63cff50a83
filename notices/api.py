"""JSON of this app: a person's own notices in the public contract. Reading here opens nothing."""

from typing import Any

from django.urls import URLPattern, URLResolver, path
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers

from cityhall.models import User
from notices.models import Notice
from notices.queries import visible_to


class OwnNoticeSerializer(serializers.ModelSerializer[Notice]):
    """What stands on the envelope; the text is on the page, behind the opening."""

    id = serializers.CharField(source="public_id", read_only=True)
    department = serializers.CharField(source="department.name", read_only=True)

    class Meta:
        model = Notice
        fields = (
            "id",
            "number",
            "title",
            "department",
            "state",
            "paper_state",
            "issued_on",
            "available_at",
            "opened_at",
            "confirmed_at",
            "withdrawn_at",
        )


class _OwnNotices(generics.GenericAPIView[Notice]):
    """The shared beginning: what this person may see."""

    serializer_class = OwnNoticeSerializer

    def get_queryset(self) -> Any:
        user = self.request.user
        return visible_to(user) if isinstance(user, User) else Notice.objects.none()


@extend_schema(tags=["notices"])
class OwnNoticeList(_OwnNotices, generics.ListAPIView[Notice]):
    """Notices of the person who asks, newest first."""


@extend_schema(tags=["notices"])
class OwnNoticeDetail(_OwnNotices, generics.RetrieveAPIView[Notice]):
    """One notice of the person who asks."""

    lookup_field = "public_id"


v1_urlpatterns: list[URLPattern | URLResolver] = [
    path("notices/", OwnNoticeList.as_view(), name="api_notice_list"),
    path("notices/<str:public_id>/", OwnNoticeDetail.as_view(), name="api_notice_detail"),
]
ui_urlpatterns: list[URLPattern | URLResolver] = []
