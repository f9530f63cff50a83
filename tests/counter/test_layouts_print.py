"""Applications become paper: the city's form or the default sheet, several in one file, addresses under protection."""

import datetime as dt
import hashlib
import io
import json

import pikepdf
import pytest
from django.utils import timezone

from applications.models import Attachment, FormVersion
from cityhall.enums import FileKind, FileState
from cityhall.models import StoredFile
from cityhall.services.files import store_bytes
from counter.enums import SpotFixed, SpotKind, SpotPart
from counter.errors import NothingToPrint
from counter.models import FormLayout
from counter.printing.forms import forms_pdf, print_forms
from counter.services import layouts
from tests import factories
from tests.applications import casekit
from tests.counter.layoutkit import DOCUMENT, IVS_NAME, make_layout, spot, text_of

pytestmark = pytest.mark.django_db
HOME = {"postal_code": "1980001", "prefecture": "東京都", "city": "緑野市", "town": "中央一丁目", "street": "9番"}
ANSWERS = {"who": IVS_NAME, "home": HOME, "born": "1990-04-01", "kind": "in", "agrees": "yes"}


@pytest.fixture
def procedure(department, municipality):
    return with_document(department)


def with_document(department, document=DOCUMENT, **fields):
    made = casekit.make_procedure(department, notices=False, name="住民異動届", **fields)
    digest = hashlib.sha256(json.dumps(document).encode()).hexdigest()
    version = FormVersion.objects.create(procedure=made, number=2, definition=document, sha256=digest)
    made.current_version = version
    made.save(update_fields=["current_version"])
    return made


def make_case(procedure, **fields):
    answers = fields.pop("answers", ANSWERS)
    return casekit.make_case(procedure, answers=answers, **fields)


def pages(content):
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


def test_without_a_layout_the_default_sheet_is_printed(procedure, clerk):
    case = make_case(procedure)
    text = text_of(forms_pdf([case], reader=clerk))
    assert case.number[:3] in text
    for words in (
        "住民異動届",
        "緑野市長",
        "令和8年11月20日",
        "葛\U000e0100城",
        "中央一丁目9番",
        procedure.department.name,
    ):
        assert words in text, words


def test_the_form_of_the_city_is_printed_where_it_has_one(procedure, administrator, clerk):
    make_layout(
        procedure,
        administrator,
        spot(question="who", width=80),
        spot(2, y=60, fixed=SpotFixed.NUMBER),
        spot(3, y=80, fixed=SpotFixed.RECEIVED_ON, part=SpotPart.YEAR),
        active=True,
        prints_rest=False,
    )
    text = text_of(forms_pdf([make_case(procedure)], reader=clerk))
    assert "葛\U000e0100城" in text
    assert "住所" not in text
    assert "次のとおり申請します" not in text


def test_a_layout_counts_from_its_first_day(procedure, administrator, clerk):
    make_layout(procedure, administrator, spot(question="who"), active=True, title="旧")
    later = make_layout(procedure, administrator, spot(question="kind"), active=True, valid_from=dt.date(2099, 1, 1))
    case = make_case(procedure)
    assert "葛" in text_of(forms_pdf([case], reader=clerk), 1)
    layouts.end(later, by=administrator)
    FormLayout.objects.filter(ended_at=None).first()
    assert "葛" in text_of(forms_pdf([case], reader=clerk), 1)


def test_a_layout_that_was_ended_prints_no_more(procedure, administrator, clerk):
    made = make_layout(procedure, administrator, spot(question="who"), active=True)
    layouts.end(made, by=administrator)
    assert "次のとおり申請します" in text_of(forms_pdf([make_case(procedure)], reader=clerk))


def test_several_forms_keep_their_own_pages_and_numbers(procedure, administrator, clerk, department):
    make_layout(procedure, administrator, spot(question="who"), active=True, prints_rest=False)
    other = with_document(department)
    people = [{"id": f"r{n}", "name": IVS_NAME, "tie": "子" * 60} for n in range(30)]
    long = make_case(other, answers=ANSWERS | {"people": people, "why": "理由" * 900})
    content = forms_pdf([make_case(procedure), long, make_case(other)], reader=clerk)
    count = pages(content)
    assert count > 3
    assert f"1/{count - 2}" in text_of(content, 2)
    assert text_of(content, count).endswith("1/1")


def test_an_address_under_protection_is_on_no_form(procedure, administrator, clerk, settings):
    person = factories.make_resident_user(protected_until=timezone.localdate() + dt.timedelta(days=30))
    case = make_case(procedure, resident=person)
    assert "9番" not in text_of(forms_pdf([case], reader=clerk))
    make_layout(procedure, administrator, spot(question="home", width=120, part=SpotPart.LINE), active=True)
    text = text_of(forms_pdf([case], reader=clerk))
    assert "9番" not in text
    assert "支援措置のため表示できません" in text


def test_a_form_that_cannot_be_printed_goes_to_a_person_and_the_others_are_printed(procedure, clerk):
    bad = make_case(procedure, answers=ANSWERS | {"why": "\U0001f9ff"})
    printed = print_forms([bad, make_case(procedure)], reader=clerk)
    assert [one.application for one in printed.refused] == [bad]
    assert "理由" in printed.refused[0].why
    assert "この様式は印字していません" in text_of(printed.content, 1)
    assert "次のとおり申請します" in text_of(printed.content, 2)


def test_a_draft_is_not_printed(procedure, clerk):
    with pytest.raises(NothingToPrint):
        forms_pdf([make_case(procedure, state=casekit.S.DRAFT)], reader=clerk)


def test_the_drawn_signature_of_a_form_is_printed(department, municipality, administrator, clerk):
    from PIL import Image

    document = json.loads(json.dumps(DOCUMENT))
    document["pages"][0]["fields"].append({"key": "sign", "type": "signature", "label": "署名"})
    procedure = with_document(department, document)
    picture = io.BytesIO()
    Image.new("RGBA", (300, 100), (0, 0, 0, 255)).save(picture, "PNG")
    case = make_case(procedure)
    file = store_bytes(content=picture.getvalue(), name="s.png", content_type="image/png", kind=FileKind.ATTACHMENT)
    attached = Attachment.objects.create(application=case, field_key="sign", file=file, request_key="sign")
    casekit.ApplicationRevision.objects.create(
        application=case, number=2, answers=ANSWERS | {"sign": {"file": attached.public_id}}
    )
    for layout in (None, spot(fixed=SpotFixed.SIGNATURE, kind=SpotKind.IMAGE)):
        if layout:
            make_layout(procedure, administrator, layout, active=True, prints_rest=False)
        content = forms_pdf([case], reader=clerk)
        with pikepdf.open(io.BytesIO(content)) as pdf:
            images = [one for one in pdf.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"]
            assert images


def images_of(content):
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return [one for one in pdf.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"]


def test_the_seal_of_the_city_is_printed_where_it_was_placed(procedure, administrator, clerk, municipality):
    from PIL import Image

    make_layout(
        procedure,
        administrator,
        spot(fixed=SpotFixed.SEAL, kind=SpotKind.IMAGE, height=18),
        active=True,
        prints_rest=False,
    )
    case = make_case(procedure)
    # without a picture nothing stands there, and no word of a signature
    empty = forms_pdf([case], reader=clerk)
    assert (images_of(empty), "署名" in text_of(empty)) == ([], False)
    picture = io.BytesIO()
    Image.new("RGBA", (60, 60), (200, 0, 0, 128)).save(picture, "PNG")
    municipality.seal_image = store_bytes(
        content=picture.getvalue(), name="seal.png", content_type="image/png", kind=FileKind.SEAL
    )
    municipality.save()
    assert images_of(forms_pdf([case], reader=clerk))
    # a picture that did not pass the check is not printed, and nothing says that somebody signed
    StoredFile.objects.update(state=FileState.PENDING)
    pending = forms_pdf([case], reader=clerk)
    assert (images_of(pending), "署名" in text_of(pending)) == ([], False)


def test_twelve_forms_take_a_fixed_number_of_queries_besides_masks(
    procedure, administrator, clerk, django_assert_max_num_queries
):
    make_layout(procedure, administrator, spot(question="who"), active=True, prints_rest=False)
    cases = [make_case(procedure) for _ in range(3)]
    one = casekit.fresh(cases[0])
    with django_assert_max_num_queries(14):
        forms_pdf([one], reader=clerk)
    fresh = [casekit.fresh(case) for case in cases]
    with django_assert_max_num_queries(14):
        forms_pdf(fresh, reader=clerk)
