import io
import re
import subprocess

import pytest
import zxingcpp
from django.urls import reverse
from PIL import Image

from applications import posters
from applications.enums import ProcedureState
from applications.models import Procedure
from cityhall.enums import Role
from cityhall.ids import read_short_code, short_code
from tests.applications.sample import make_procedure
from tests.factories import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def procedure(municipality, department):
    return make_procedure(department=department)


@pytest.fixture
def designer(login, department):
    return login(make_staff(role=Role.HANDLER, department=department))


def _address(name, procedure, **kwargs):
    return reverse(f"applications:{name}", kwargs={"key": procedure.key, **kwargs})


def test_every_procedure_has_a_short_address_of_its_own(procedure, department):
    other = make_procedure(department=department, key="another")
    assert re.fullmatch("[2-9a-z]{6}", procedure.short_code)
    assert procedure.short_code != other.short_code


def test_short_code_has_no_letters_that_look_alike():
    assert not set("".join(short_code() for _ in range(500))) & set("01ilo")


@pytest.mark.parametrize("typed", [str.lower, str.upper, lambda code: code.translate({ord("a"): "ａ", ord("2"): "２"})])
def test_short_address_leads_to_the_procedure_however_it_is_typed(client, procedure, typed):
    Procedure.objects.filter(pk=procedure.pk).update(short_code="ab2cd3")
    answer = client.get(f"/p/{typed('ab2cd3')}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/procedures/{procedure.key}/")
    assert read_short_code(typed("ab2cd3")) == "ab2cd3"


@pytest.mark.parametrize("code", ["zzzzzz", "x", "%00", "a" * 300])
def test_short_address_that_nobody_has_is_not_found(client, procedure, code):
    assert client.get(f"/p/{code}/").status_code == 404


def test_short_address_of_a_closed_procedure_is_not_found(client, procedure):
    Procedure.objects.filter(pk=procedure.pk).update(state=ProcedureState.CLOSED)
    assert client.get(f"/p/{procedure.short_code}/").status_code == 404


def test_qr_codes_lead_to_the_short_address(designer, procedure):
    png = designer.get(_address("procedure_qr", procedure, suffix="png"))
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(png.content)))
    assert code.text == posters.short_url(procedure)
    svg = designer.get(_address("procedure_qr", procedure, suffix="svg"))
    assert (svg["Content-Type"], b"<svg" in svg.content) == ("image/svg+xml", True)
    assert designer.get(_address("procedure_qr", procedure, suffix="gif")).status_code == 404


def test_poster_is_one_page_with_a_code_that_reads(designer, procedure, tmp_path):
    answer = designer.get(_address("procedure_poster", procedure))
    assert answer["Content-Type"] == "application/pdf"
    file = tmp_path / "poster.pdf"
    file.write_bytes(answer.content)
    drawn = subprocess.run(["pdftoppm", "-r", "100", "-png", file], check=True, capture_output=True).stdout
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(drawn)))
    assert code.text == posters.short_url(procedure)
    text = subprocess.run(["pdftotext", file, "-"], check=True, capture_output=True, text=True).stdout
    assert (procedure.name in text, text.count("\f")) == (True, 1)


def test_poster_of_another_department_is_not_found(login, procedure, departments):
    client = login(make_staff(role=Role.HANDLER, department=departments["kaigo"]))
    assert client.get(_address("procedure_poster", procedure)).status_code == 404


def test_poster_of_an_unpublished_procedure_is_not_found(designer, procedure):
    Procedure.objects.filter(pk=procedure.pk).update(state=ProcedureState.CLOSED)
    assert designer.get(_address("procedure_poster", procedure)).status_code == 404
