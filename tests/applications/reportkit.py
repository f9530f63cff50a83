"""What tests of reports need: kinds, photos with and without a position in them, reports in every state."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from applications.models import Report, ReportKind
from applications.reports.positions import position
from applications.services import reports as services
from applications.services.reports import NewReport
from cityhall.ids import public_id
from cityhall.services.files import check_pending_files

PLACE = position("35.788", "139.276")
_GPS = 0x8825
_numbers = iter(range(1, 10_000))


def make_kind(department, key="road", **fields):
    return ReportKind.objects.create(key=key, department=department, **{"name": "道路の穴", **fields})


def make_report(kind, **fields):
    """A report as a person sends it."""
    values = {
        "kind": kind,
        "request_key": public_id(),
        "body": "穴があります。",
        "position": PLACE,
        "place_note": "交差点",
    }
    return services.send(NewReport(**values | fields))


def photo(colour="#456789", *, gps=None, name="IMG_0001.jpg", size=(64, 48), make="SecretCamera 9"):
    """A JPEG as a phone writes it: maker, and where it was taken as (north, east) in degrees, minutes, seconds."""
    exif = Image.Exif()
    exif[0x010F] = make
    if gps is not None:
        north, east = gps
        exif.get_ifd(_GPS).update({1: "N", 2: north, 3: "E", 4: east})
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", exif=exif)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def kept(*uploads, held=(), room=5):
    """Public ids of photos that were received and found clean."""
    found = services.keep_photos(uploads=uploads, held=held, room=room)
    check_pending_files()
    return [file.public_id for file in found.files]


def seen(report):
    """The report as it is now."""
    return Report.objects.select_related("kind", "department", "handler", "merged_into").get(pk=report.pk)
