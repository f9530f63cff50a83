"""Blank forms, places on them and what is read back from the paper."""

import io
import re

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LTChar, LTCurve
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage

from applications.definition import parse
from cityhall.services.files import check_pending_files
from counter.enums import SpotKind
from counter.layouts import Paper, Sheet, Spot
from counter.services import layouts

MM = 72 / 25.4
A4 = (210.0, 297.0)
IVS_NAME = {
    "family": "葛\U000e0100城",
    "given": "一葉",
    "family_kana": "カツラギ",
    "given_kana": "カズハ",
}
DOCUMENT = {
    "schema": 1,
    "pages": [
        {
            "key": "who",
            "title": "届け出る方",
            "intro": "",
            "fields": [
                {"key": "who", "type": "name", "label": "氏名", "required": True, "concept": "applicant.name"},
                {"key": "home", "type": "address", "label": "住所", "concept": "applicant.address"},
                {"key": "born", "type": "date", "label": "生年月日", "required": True},
                {
                    "key": "kind",
                    "type": "choice",
                    "label": "種類",
                    "other": True,
                    "options": [{"value": "in", "label": "転入"}, {"value": "out", "label": "転出"}],
                },
                {"key": "why", "type": "long_text", "label": "理由"},
                {"key": "mail", "type": "email", "label": "メール"},
                {"key": "agrees", "type": "yes_no", "label": "希望"},
                {
                    "key": "people",
                    "type": "rows",
                    "label": "一緒に動く方",
                    "min_rows": 0,
                    "max_rows": 8,
                    "fields": [
                        {"key": "name", "type": "name", "label": "氏名", "required": True},
                        {"key": "tie", "type": "text", "label": "続柄"},
                    ],
                },
            ],
        }
    ],
}
FORM = parse(DOCUMENT)


def blank_pdf(*sizes, rotate=0, shift=0.0):
    """Empty pages of these millimetres; turned, or cut out of a larger sheet."""
    with pikepdf.new() as pdf:
        for width, height in sizes or (A4,):
            page = pdf.add_blank_page(page_size=((width + 2 * shift) * MM, (height + 2 * shift) * MM))
            page.obj.CropBox = [shift * MM, shift * MM, (shift + width) * MM, (shift + height) * MM]
            if rotate:
                page.obj.Rotate = rotate
        target = io.BytesIO()
        pdf.save(target)
        return target.getvalue()


def spot(number=1, x=20, y=30, width=60, height=8, **more):
    values = {"kind": SpotKind.TEXT, "page": 1} | more
    return Spot(number=number, x=x, y=y, width=width, height=height, **values)


def paper(**answers):
    from applications.answers import display_rows

    sections = tuple(display_rows(FORM, answers))
    return Paper(title="住民異動届", number="123-4567-8901", form=FORM, answers=answers, sections=sections, fixed={})


def sheet(*spots, sizes=(A4,), prints_rest=False, blank=None):
    return Sheet(blank or blank_pdf(*sizes), sizes, tuple(spots), prints_rest)


def characters(content, page=1):
    """Every character of a page with its box in millimetres from the top left corner."""
    found = []

    def walk(item, height):
        if isinstance(item, LTChar):
            left, bottom, right, top = item.bbox
            # at the end of a line only the inked half of a mark counts (約物半角)
            right -= (right - left) / 2 if item.get_text() in "、。」）" else 0
            found.append(
                (
                    item.get_text().replace("\u200b", ""),
                    left / MM,
                    (height - top) / MM,
                    right / MM,
                    (height - bottom) / MM,
                )
            )
        elif hasattr(item, "__iter__"):
            for one in item:
                walk(one, height)

    walk_page(content, page, walk)
    return [one for one in found if one[0].strip()]


def curves(content, page=1):
    """The boxes of what was drawn with curves, in millimetres."""
    found = []

    def walk(item, height):
        if isinstance(item, LTCurve):
            left, bottom, right, top = item.bbox
            found.append((left / MM, (height - top) / MM, right / MM, (height - bottom) / MM))
        elif hasattr(item, "__iter__"):
            for one in item:
                walk(one, height)

    walk_page(content, page, walk)
    return found


def walk_page(content, page, walk):
    """Hand one page to `walk`, as it was set: nothing is put together or sorted."""
    resources = PDFResourceManager()
    device = PDFPageAggregator(resources, laparams=None)
    reader = PDFPageInterpreter(resources, device)
    for number, one in enumerate(PDFPage.get_pages(io.BytesIO(content)), start=1):
        if number == page:
            reader.process_page(one)
            laid = device.get_result()
            walk(laid, laid.height)


def text_of(content, page=None):
    """The characters of a file without blanks, page by page or of one page."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        count = len(pdf.pages)
    wanted = range(1, count + 1) if page is None else [page]
    return "".join(one[0] for number in wanted for one in characters(content, number))


def squeezed(text):
    return re.sub(r"\s", "", text)


def upload(content=None):
    return SimpleUploadedFile("blank.pdf", content or blank_pdf(), content_type="application/pdf")


def make_layout(procedure, by, *spots, active=False, content=None, **fields):
    """A layout whose file has passed the check, with these places."""
    import datetime as dt

    given = {"title": "住民異動届", "valid_from": dt.date(2020, 1, 1)} | fields
    made = layouts.make_layout(procedure=procedure, upload=upload(content), by=by, **given)
    check_pending_files()
    made.refresh_from_db()
    made.blank.refresh_from_db()
    assert layouts.take_sizes(made)
    layouts.place_spots(made, tuple(spots))
    if active:
        layouts.activate(made, by=by)
    return made
