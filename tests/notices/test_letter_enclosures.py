"""What is enclosed with a notice reaches the person on paper too, and so does the one-time code."""

import io
import shutil
import subprocess

import pikepdf
import pytest

from cityhall.enums import FileKind
from cityhall.services.files import read_bytes, store_bytes
from cityhall.services.work import claim_due, finish
from notices import tasks
from notices.models import LetterRun, Notice, NoticeFile
from notices.services import create_letter_run
from notices.services.letters import release_given_up
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter(available):
    """A letter that is due, with these files enclosed."""

    def make(*files, **given):
        person = factories.make_resident(given=f"{Notice.objects.count()}子")
        notice = available(person, key=f"letter-{person.pk}", **given)
        for position, file in enumerate(files):
            NoticeFile.objects.create(notice=notice, file=file, position=position)
        return notice

    return make


@pytest.fixture
def run_letters(department, handler):
    def make(key="run-1"):
        run = create_letter_run(department=department, request_key=key, by=handler)
        tasks.build_letters()
        run.refresh_from_db()
        return run

    return make


def pdf(pages, *, box=200):
    target = io.BytesIO()
    with pikepdf.new() as made:
        for _page in range(pages):
            made.add_blank_page(page_size=(box, box))
        made.save(target)
    return target.getvalue()


def stored(content, *, name="leaflet.pdf", content_type="application/pdf"):
    return store_bytes(content=content, name=name, content_type=content_type, kind=FileKind.NOTICE)


def widths(run):
    with pikepdf.open(io.BytesIO(read_bytes(run.file))) as file:
        return [round(float(page.mediabox[2])) for page in file.pages]


def test_enclosed_files_follow_the_document_and_count(letter, run_letters):
    leaflet = stored(pdf(2, box=200))
    for number in range(2):
        letter(leaflet, stored(pdf(1, box=300 + number)))
    run = run_letters()
    # cover, document, two of the leaflet, one of their own, and a blank side
    assert widths(run) == [595, 595, 200, 200, 300, 595, 595, 595, 200, 200, 301, 595]
    assert list(run.items.order_by("position").values_list("pages", "sheets", "first_page")) == [(5, 3, 1), (5, 3, 7)]
    assert run.sheet_count == 6


@pytest.mark.parametrize(
    ("content", "content_type"), [(b"PK", "application/vnd.ms-excel"), (b"%PDF-1.7 broken", "application/pdf")]
)
def test_file_that_no_printer_takes_goes_to_a_person(letter, run_letters, content, content_type):
    bad = letter(stored(content, name="表.xlsx", content_type=content_type))
    letter()
    run = run_letters()
    assert run.count == 1
    assert "添付ファイル「表.xlsx」" in run.items.get(notice=bad).problem


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils are not installed")
def test_code_stands_on_the_letter_of_those_who_have_no_other_way(letter, run_letters):
    letter(one_time_code="WX7-991")
    file = read_bytes(run_letters().file)
    text = subprocess.run(["pdftotext", "-l", "1", "-", "-"], input=file, capture_output=True, check=True).stdout
    assert "WX7-991" in text.decode()


def test_code_that_cannot_be_read_stops_only_its_letter(letter, run_letters):
    bad = letter()
    Notice.objects.filter(pk=bad.pk).update(one_time_code="not ours")
    letter()
    run = run_letters()
    assert run.count == 1
    problem = run.items.get(notice=bad).problem
    assert problem
    assert "not ours" not in problem


def test_letters_of_a_run_that_was_given_up_wait_for_the_next_one(letter, department, handler, run_letters):
    notice = letter()
    lost = create_letter_run(department=department, request_key="lost", by=handler)
    assert release_given_up() == 0
    LetterRun.objects.filter(pk=lost.pk).update(state="given_up", finished_at=lost.created_at)
    tasks.start_letter_runs()
    assert Notice.objects.get(pk=notice.pk).paper_state == "due"
    assert release_given_up() == 0
    assert run_letters().count == 1
    # tried once more, the lost one prints nothing a second time
    LetterRun.objects.filter(pk=lost.pk).update(state="queued", finished_at=None)
    tasks.build_letters()
    lost.refresh_from_db()
    assert (lost.run_state, lost.count) == ("printed", 0)


def test_one_print_file_is_made_at_a_time(letter, department, handler):
    for key in ("first", "second"):
        letter()
        create_letter_run(department=department, request_key=key, by=handler)
    (claimed,) = claim_due(LetterRun, lease=tasks.LETTERS_LEASE)
    assert tasks.build_letters() == 0
    finish(claimed)
    assert tasks.build_letters() == 1
