"""The public contract about procedures: what can be applied for, with the questions of the current form."""

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.urls import URLPattern, URLResolver, path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from applications.enums import ApplicantKind
from applications.models import FormVersion, Procedure
from applications.models.procedure import ProcedureQuerySet
from applications.queries import procedures
from applications.search_form import ProcedureSearchForm
from cityhall.models import Department


class DepartmentSerializer(serializers.ModelSerializer[Department]):
    class Meta:
        model = Department
        fields = ("code", "name", "phone", "email", "place")


class FormVersionSerializer(serializers.ModelSerializer[FormVersion]):
    """The frozen questions; `sha256` is of the canonical JSON of `definition`."""

    definition = serializers.SerializerMethodField()

    class Meta:
        model = FormVersion
        fields = ("number", "schema", "sha256", "change_note", "created_at", "definition")

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_definition(self, version: FormVersion) -> dict[str, Any]:
        return dict(version.definition)


class ProcedureSerializer(serializers.ModelSerializer[Procedure]):
    """One procedure of the list."""

    department = DepartmentSerializer(read_only=True)
    life_events: ClassVar[Any] = serializers.SlugRelatedField(many=True, read_only=True, slug_field="key")
    keywords = serializers.ListField(child=serializers.CharField(), read_only=True)
    required_papers = serializers.ListField(child=serializers.CharField(), read_only=True)
    applicant_kinds = serializers.ListField(child=serializers.ChoiceField(ApplicantKind.choices), read_only=True)

    class Meta:
        model = Procedure
        fields = (
            "key",
            "name",
            "name_kana",
            "summary",
            "department",
            "life_events",
            "keywords",
            "mode",
            "legal_basis",
            "fee",
            "standard_days",
            "deadline",
            "required_papers",
            "applicant_kinds",
            "identity_level",
            "opens_at",
            "closes_at",
        )


class ProcedureDetailSerializer(ProcedureSerializer):
    """One procedure with its texts and its current form; a procedure that is only guided has none."""

    current_version = FormVersionSerializer(read_only=True, allow_null=True)

    class Meta(ProcedureSerializer.Meta):
        fields = (  # type: ignore[assignment]
            *ProcedureSerializer.Meta.fields,
            "description",
            "eligibility",
            "my_number_at_desk",
            "once_per_applicant",
            "current_version",
        )


_FILTERS = [
    OpenApiParameter("q", str, description="ことば（名称・ふりがな・概要・検索のことば）"),
    OpenApiParameter("event", str, description="ライフイベントのキー"),
    OpenApiParameter("department", str, description="課コード"),
    OpenApiParameter("kana", str, description="五十音の行（あ か さ …）"),
]


@extend_schema(parameters=_FILTERS, tags=["procedures"])
class ProcedureList(generics.ListAPIView[Procedure]):
    """Published procedures, newest first, without their questions."""

    permission_classes = (AllowAny,)
    serializer_class = ProcedureSerializer

    def get_queryset(self) -> ProcedureQuerySet:
        filters = ProcedureSearchForm(self.request.query_params).filters()
        return procedures.search(filters).prefetch_related("life_events")


class ProcedureDetail(APIView):
    """One published procedure with the definition of its current form."""

    permission_classes = (AllowAny,)

    @extend_schema(responses=ProcedureDetailSerializer, tags=["procedures"])
    def get(self, request: Request, key: str) -> Response:
        rows = procedures.visible().select_related("current_version").prefetch_related("life_events")
        return Response(ProcedureDetailSerializer(get_object_or_404(rows, key=key)).data)


procedure_v1_urlpatterns: list[URLPattern | URLResolver] = [
    path("procedures/", ProcedureList.as_view(), name="api_procedure_list"),
    path("procedures/<slug:key>/", ProcedureDetail.as_view(), name="api_procedure_detail"),
]
