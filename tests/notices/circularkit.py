"""What the tests of circulars share."""

import datetime as dt
import io
import subprocess

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile

from cityhall.days import today
from notices.models import CircularHome, District, DistrictHead
from notices.services import circulars
from notices.services.circulars import CircularFields
from residents.models import Household


def make_district(name="緑町自治会", *, towns=("緑町",), head=None, **fields):
    district = District.objects.create(name=name, towns=list(towns), **fields)
    if head is not None:
        DistrictHead.objects.create(district=district, user=head, valid_from=today() - dt.timedelta(days=30))
    return district


def make_home(district, name="青木", **fields):
    return CircularHome.objects.create(district=district, name=name, **fields)


def in_household(resident, number="000000001"):
    """Put a resident into a household of the register."""
    resident.household, _is_new = Household.objects.get_or_create(number=number)
    resident.save(update_fields=["household"])
    return resident


def publish(
    districts, *, by, department=None, title="一斉清掃", body="日曜の朝です。", ends_on=None, now=None, upload=None
):
    """A circular that goes round."""
    fields = CircularFields(title=title, body=body, districts=districts, ends_on=ends_on, upload=upload)
    circular = circulars.save_draft(fields=fields, department=department, by=by, request_key=f"{title}-{by.pk}")
    if circular.file is not None:
        circular.file.state = "clean"
        circular.file.save(update_fields=["state"])
    circulars.publish(circular, by=by, now=now)
    return circular


def pdf(pages=1):
    """An upload of empty pages."""
    target = io.BytesIO()
    with pikepdf.new() as made:
        for _number in range(pages):
            made.add_blank_page(page_size=(595, 842))
        made.save(target)
    return SimpleUploadedFile("ちらし.pdf", target.getvalue(), content_type="application/pdf")


def text_of_pdf(content, *, page):
    """The words of one page."""
    command = ["pdftotext", "-f", str(page), "-l", str(page), "-layout", "-", "-"]
    return subprocess.run(command, input=content, capture_output=True, check=True, timeout=30).stdout.decode()
