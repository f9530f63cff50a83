"""Visits that are read and signed, with procedures whose forms ask for papers and a signature."""

import io
import itertools

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from counter.enums import Origin, VisitState
from counter.models import Visit, VisitProcedure
from counter.services import visits
from tests.applications import sample
from tests.counter.kit import NOW

_number = itertools.count(1)
VALUES = {"applicant_name": {"family": "高橋", "given": "さくら", "family_kana": "タカハシ", "given_kana": "サクラ"}}


def document(**settings):
    """A form that asks for a name, a reason, a paper and a signature."""
    return {
        "schema": 1,
        "pages": [
            {
                "key": "one",
                "title": "申請者",
                "fields": [
                    {
                        "key": "name",
                        "type": "name",
                        "label": "お名前",
                        "required": True,
                        "concept": "applicant.name",
                    },
                    {"key": "reason", "type": "text", "label": "理由", "required": True},
                    {"key": "proof", "type": "file", "label": "本人確認書類の写し", "required": True} | settings,
                    {"key": "sign", "type": "signature", "label": "署名", "required": True},
                ],
            }
        ],
    }


def make_procedure(department, **fields):
    settings = fields.pop("proof", {})
    return sample.make_procedure(department=department, document=document(**settings), standard_days=10, **fields)


def drawing(*, ink=True):
    """What the box to sign in sends: a transparent picture."""
    image = Image.new("RGBA", (640, 240), (0, 0, 0, 0))
    if ink:
        ImageDraw.Draw(image).line([(40, 120), (300, 60), (500, 180)], fill="black", width=4)
    data = io.BytesIO()
    image.save(data, format="PNG")
    return SimpleUploadedFile("sign.png", data.getvalue(), content_type="image/png")


def reviewing(place, by, procedures, *, resident=None, **fields):
    """A visit whose answers are complete and are being read."""
    visit = visits.start(place=place, by=by, request_key=f"desk {next(_number)}", now=NOW)
    VisitProcedure.objects.bulk_create(
        VisitProcedure(
            visit=visit, procedure=one, form_version=one.current_version, position=number, origin=Origin.STAFF
        )
        for number, one in enumerate(procedures, start=1)
    )
    reasons = {f"p{number}_reason": f"理由{number}" for number in range(1, len(procedures) + 1)}
    values = {
        "state": VisitState.REVIEWING,
        "identified_at": NOW,
        "identified_by": by,
        "documents": ["driving_licence"],
        "resident": resident,
        "values": VALUES | reasons,
        "values_revision": 1,
    }
    Visit.objects.filter(pk=visit.pk).update(**values | fields)
    return fresh(visit)


def signed(place, by, procedures, *, image=None, **fields):
    """The same, signed; on paper without an image."""
    visit = reviewing(place, by, procedures, **fields)
    visits.sign(visit, image=image, by=by, now=NOW)
    return visit


def papers(*procedures):
    """That the paper of every procedure was seen."""
    return [f"{one.key}:proof" for one in procedures]


def fresh(visit):
    return Visit.objects.get(pk=visit.pk)
