"""A kind of extract that a handler takes out again and again, with one file that was made."""

from typing import Final

from applications.enums import ExtractScope
from applications.models import ExtractProfile, Procedure
from applications.queries.extracts import Limits
from applications.services import extracts
from applications.tasks import make_extracts
from cityhall.models import User

PROCEDURE: Final = "jido-teate-nintei"
NAME: Final = "児童手当システムへの取り込み"


def load_extract() -> bool:
    """Make the profile, order a file and let the worker make it; whether it is new."""
    procedure = Procedure.objects.filter(key=PROCEDURE).first()
    if procedure is None or ExtractProfile.objects.filter(procedure=procedure, name=NAME).exists():
        return False
    handler = User.objects.get(email="handler@city.example.jp")
    profile = extracts.create_profile(procedure=procedure, name=NAME, by=handler)
    if procedure.applications.filter(submitted_at__isnull=False).exists():
        extracts.order(profile=profile, limits=Limits(), scope=ExtractScope.ALL, request_key="demo-extract", by=handler)
        make_extracts()
    return True
