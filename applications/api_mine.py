"""JSON for residents: their own applications (public contract), and the autosave of our own form pages."""

from dataclasses import asdict
from typing import Any

from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from applications import definition, typed
from applications.models import Application, ApplicationEvent, Procedure
from applications.queries.mine import events_of, last_revision, own_list
from applications.services.drafts import page_mark, save_page
from applications.views.own import fillable_or_404
from applications.views.visits import Visit
from cityhall.access import signed_in_or_guest
from cityhall.api import SessionOrGuest


class OwnProcedureSerializer(serializers.ModelSerializer[Procedure]):
    class Meta:
        model = Procedure
        fields = ("key", "name")


class OwnApplicationSerializer(serializers.ModelSerializer[Application]):
    """One application of the person who asks."""

    id = serializers.CharField(source="public_id", read_only=True)
    procedure = OwnProcedureSerializer(read_only=True)

    class Meta:
        model = Application
        fields = ("id", "number", "procedure", "state", "channel", "submitted_at", "due_on", "decision", "decided_at")


class EventSerializer(serializers.ModelSerializer[ApplicationEvent]):
    class Meta:
        model = ApplicationEvent
        fields = ("kind", "at")


class OwnApplicationDetailSerializer(OwnApplicationSerializer):
    """One application with its history and the answers sent last, by the keys of the form version named."""

    form_version = serializers.IntegerField(source="form_version.number", read_only=True)
    events = serializers.SerializerMethodField()
    answers = serializers.SerializerMethodField()

    class Meta(OwnApplicationSerializer.Meta):
        fields = (  # type: ignore[assignment]
            *OwnApplicationSerializer.Meta.fields,
            "form_version",
            "events",
            "answers",
        )

    @extend_schema_field(EventSerializer(many=True))
    def get_events(self, application: Application) -> Any:
        return EventSerializer(events_of(application), many=True).data

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_answers(self, application: Application) -> dict[str, Any]:
        revision = last_revision(application)
        return dict(revision.answers) if revision else {}


@extend_schema(tags=["applications"])
class OwnApplicationList(generics.ListAPIView[Application]):
    """Applications sent by the person who asks, newest first; drafts are not part of the contract."""

    serializer_class = OwnApplicationSerializer

    def get_queryset(self) -> Any:
        return own_list(self.request.user)


@extend_schema(tags=["applications"])
class OwnApplicationDetail(generics.RetrieveAPIView[Application]):
    """One application of the person who asks."""

    serializer_class = OwnApplicationDetailSerializer
    lookup_field = "public_id"

    def get_queryset(self) -> Any:
        return own_list(self.request.user).select_related("form_version")


@signed_in_or_guest
@api_view(["POST"])
@authentication_classes([SessionOrGuest])
@permission_classes([AllowAny])
def save_draft(request: Request, public_id: str) -> Response:
    """Keep what stands on the page `?page=`, right or wrong (static/js/autosave.js).

    With `?check=` the answer says what is wrong with the page as it stands (static/js/mended.js).
    409 when this page was saved differently elsewhere since X-Draft-Revision (with X-Draft-Mark, the page's
    mark: whatever happened to other pages), or was sent meanwhile. X-Draft-Overwrite: the person wants it so.
    """
    application = fillable_or_404(request, public_id)
    form = definition.form_of(application.form_version)
    number = _integer(request.query_params.get("page"))
    if not 1 <= number <= len(form.pages):
        raise ValidationError({"page": [_("このページはありません。")]})
    page = form.pages[number - 1]
    controls = _controls(request.data)
    now = timezone.now()
    expected = _integer(request.headers.get("X-Draft-Revision"))
    is_wanted = "X-Draft-Overwrite" in request.headers
    revision = save_page(
        application=application,
        page=page,
        values=typed.read(page.fields, controls),
        expected_revision=None if is_wanted else expected,
        expected_mark="" if is_wanted else request.headers.get("X-Draft-Mark", ""),
        now=now,
    )
    application.refresh_from_db(fields=["draft_answers"])
    answer = {
        "revision": revision,
        "mark": page_mark(page, application.draft_answers),
        "saved_at": now.isoformat(),
    }
    if "check" in request.query_params:
        checked = Visit(request, application, form, number).page_form(data=controls)
        answer["problems"] = [asdict(mistake) for mistake in checked.problems()]
    return Response(answer)


def _controls(data: object) -> "MultiValueDict[str, str]":
    """{name: text or [texts]} as if a page had been sent."""
    if not isinstance(data, dict):
        raise ValidationError(_("名前と値の組で送信してください。"))
    controls: MultiValueDict[str, str] = MultiValueDict()
    for name, value in data.items():
        texts = value if isinstance(value, list) else [value]
        if not all(isinstance(text, str) for text in texts):
            raise ValidationError({str(name): [_("文字で送信してください。")]})
        controls.setlist(name, texts)
    return controls


def _integer(text: str | None) -> int:
    if text is None or not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ValidationError(_("ページと版の番号が必要です。"))
    return int(text)


own_v1_urlpatterns: list[URLPattern | URLResolver] = [
    path("applications/", OwnApplicationList.as_view(), name="api_application_list"),
    path("applications/<str:public_id>/", OwnApplicationDetail.as_view(), name="api_application_detail"),
]
own_ui_urlpatterns: list[URLPattern | URLResolver] = [
    path("drafts/<str:public_id>/", save_draft, name="api_draft_save"),
]
