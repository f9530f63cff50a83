"""JSON of this app: cases on their way to the back office, for core systems and RPA (public contract); and what a
desk's page sends while somebody types (ui)."""

from typing import Any

from django.http import Http404
from django.urls import URLPattern, URLResolver, path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cityhall.api import IdCursorPagination
from cityhall.api_systems import IsSystem, SystemToken
from cityhall.enums import AuditAction
from cityhall.models import Device
from cityhall.services import audit
from counter.models import HandOver
from counter.queries.hand_overs import document, hand_overs_for, open_for
from counter.services import hand_overs
from counter.views.desk.keeping import visit_typing


class OldestFirst(IdCursorPagination):
    """In the order in which the cases were received."""

    ordering = "id"


class HandOverSerializer(serializers.ModelSerializer[HandOver]):
    """One case: its answers with key, concept, value and words, as `docs/hand-over.md` describes them.

    `kind` is `cancel` for a case that is not to be worked on any more.
    """

    id = serializers.CharField(source="public_id", read_only=True)
    case = serializers.SerializerMethodField()

    class Meta:
        model = HandOver
        fields = ("id", "kind", "times", "case")

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_case(self, row: HandOver) -> dict[str, Any]:
        return document(row)


class OutcomeSerializer(serializers.ModelSerializer[HandOver]):
    """What became of a case."""

    id = serializers.CharField(source="public_id", read_only=True)

    class Meta:
        model = HandOver
        fields = ("id", "kind", "times", "outcome", "outcome_at", "reference", "reason")
        read_only_fields = fields


class TakenSerializer(serializers.Serializer[Any]):
    times = serializers.IntegerField(min_value=1, max_value=32767)
    reference = serializers.CharField(max_length=60, required=False, allow_blank=True)


class ReturnedSerializer(serializers.Serializer[Any]):
    times = serializers.IntegerField(min_value=1, max_value=32767)
    reason = serializers.CharField(max_length=400)


@extend_schema(tags=["hand-overs"])
class HandOverList(generics.ListAPIView[HandOver]):
    """Cases that wait to be taken, and cancellations of those that may have been, the oldest first.

    What is taken leaves the list.
    """

    authentication_classes = [SystemToken]
    permission_classes = [IsSystem]
    pagination_class: type[BasePagination] | None = OldestFirst
    serializer_class = HandOverSerializer

    def get_queryset(self) -> Any:
        return open_for(system_of(self.request))

    def paginate_queryset(self, queryset: Any) -> Any:
        """What was cancelled while the page was made is left out; the rest counts as known to the program."""
        page = super().paginate_queryset(queryset) or []
        still_open = hand_overs.note_read(page, system=system_of(self.request))
        return [row for row in page if row.pk in still_open]

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One page; who read which cases is audited, and noted with each."""
        system = system_of(request)
        answer = super().list(request, *args, **kwargs)
        if shown := [row["id"] for row in answer.data["results"]]:
            audit.record(
                action=AuditAction.EXPORT,
                actor=None,
                target_type="hand_over",
                target_id=system.public_id,
                target_label=system.name,
                detail="read by a program",
                object_ids=shown,
            )
        return answer


class _Outcome(APIView):
    """What a program says of one case; `times` of the case it read, so that an old word changes nothing new."""

    authentication_classes = [SystemToken]
    permission_classes = [IsSystem]

    def found(self, request: Request, public_id: str, times: int) -> HandOver:
        """Raises Http404, also when the case went out anew since it was read."""
        row = hand_overs_for(system_of(request)).filter(public_id=public_id, times=times).first()
        if row is None:
            raise Http404
        return row


@extend_schema(tags=["hand-overs"], request=TakenSerializer, responses=OutcomeSerializer)
class HandOverTaken(_Outcome):
    """The case is in the core system. Saying it again changes nothing."""

    def post(self, request: Request, public_id: str) -> Response:
        said = _said(TakenSerializer(data=request.data))
        row = self.found(request, public_id, said["times"])
        taken = hand_overs.take(row, system=system_of(request), reference=said.get("reference", ""))
        return Response(OutcomeSerializer(taken).data)


@extend_schema(tags=["hand-overs"], request=ReturnedSerializer, responses=OutcomeSerializer)
class HandOverReturned(_Outcome):
    """The core system cannot take the case: the desk sees it with the reason. No personal data in the reason."""

    def post(self, request: Request, public_id: str) -> Response:
        said = _said(ReturnedSerializer(data=request.data))
        row = self.found(request, public_id, said["times"])
        returned = hand_overs.give_back(row, system=system_of(request), reason=said["reason"])
        return Response(OutcomeSerializer(returned).data)


def system_of(request: Request) -> Device:
    """The program; `IsSystem` let nobody else in. While the contract is written there is none: it sees nothing."""
    return request.auth if isinstance(request.auth, Device) else Device(department_id=0)


def _said(serializer: serializers.Serializer[Any]) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


v1_urlpatterns: list[URLPattern | URLResolver] = [
    path("hand-overs/", HandOverList.as_view(), name="hand_over_list"),
    path("hand-overs/<str:public_id>/taken/", HandOverTaken.as_view(), name="hand_over_taken"),
    path("hand-overs/<str:public_id>/returned/", HandOverReturned.as_view(), name="hand_over_returned"),
]
ui_urlpatterns: list[URLPattern | URLResolver] = [
    path("visits/<str:public_id>/typing/<str:key>/", visit_typing, name="visit_typing"),
]
