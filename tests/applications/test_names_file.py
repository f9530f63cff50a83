"""Names of departments and places: out to a translator, back in after a look."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cityhall.models import AuditEvent
from reservations.models import Place
from tests.reservations import kit

pytestmark = pytest.mark.django_db
HEADER = "key,日本語,English,やさしい日本語\n"


@pytest.fixture
def department(department):
    department.name, department.place = "市民課", "本庁舎1階"
    department.names = {"en": "Citizens"}
    department.save()
    return department


@pytest.fixture
def place(department):
    place = kit.make_place()
    Place.objects.filter(pk=place.pk).update(key="hall", name="本庁舎")
    return place


@pytest.fixture
def browser(login, administrator):
    return login(administrator)


def sent(browser, text):
    file = SimpleUploadedFile("names.csv", (HEADER + text).encode())
    return browser.post(reverse("applications:names_import"), {"file": file})


def take(browser, looked):
    said = {"text": looked.context["text"], "mark": looked.context["mark"]}
    return browser.post(reverse("applications:names_import"), said, follow=True)


def test_every_name_goes_out_with_its_words(browser, department, place):
    answer = browser.get(reverse("applications:names_csv"))
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    rows = {row["key"]: row for row in csv.DictReader(io.StringIO(text.decode("utf-8-sig")))}
    assert rows[f"department.{department.code}:name"]["English"] == "Citizens"
    assert rows[f"department.{department.code}:place"]["日本語"] == "本庁舎1階"
    assert rows["place.hall:name"]["日本語"] == "本庁舎"


def test_file_changes_nothing_before_it_was_looked_at(browser, department, place):
    code = department.code
    text = (
        f"department.{code}:name,市民課,Citizens’ Division,しみんの 課\n"
        f"department.{code}:place,別の場所,Floor 1,\n"
        "place.hall:name,本庁舎,Main building,\n"
        "department.gone:name,消えた課,Gone,\n"
    )
    looked = sent(browser, text)
    found = looked.context["found"]
    assert (len(found.changes), len(found.stale), len(found.unknown)) == (3, 1, 1)
    department.refresh_from_db()
    assert department.names == {"en": "Citizens"}
    take(browser, looked)
    department.refresh_from_db()
    place.refresh_from_db()
    assert department.names == {"en": "Citizens’ Division", "ja-easy": "しみんの 課"}
    assert (department.place_names, place.names) == ({}, {"en": "Main building"})
    assert AuditEvent.objects.filter(changed_fields=["names"], target_label="市民課").count() == 1
    # pressed twice
    assert "変わる訳はありませんでした" in take(browser, looked).content.decode()


def test_names_changed_meanwhile_are_looked_at_again(browser, department):
    looked = sent(browser, f"department.{department.code}:name,市民課,Division,\n")
    department.names = {"en": "Other"}
    department.save()
    assert "別の人が、先に名称を変更しました" in take(browser, looked).content.decode()
    department.refresh_from_db()
    assert department.names == {"en": "Other"}


def test_file_that_cannot_be_read_says_why(browser, department):
    assert (
        "1行目"
        in browser.post(
            reverse("applications:names_import"), {"file": SimpleUploadedFile("x.csv", b"a,b\n")}
        ).content.decode()
    )
    answer = browser.post(reverse("applications:names_import"), {"text": "nothing"}, follow=True)
    assert answer.status_code == 200


def test_nobody_else_sees_it(login, handler):
    for name in ("names_import", "names_csv"):
        assert login(handler).get(reverse(f"applications:{name}")).status_code == 404


def test_name_longer_than_its_box_is_refused(browser, department, place):
    """Otherwise the department could not be saved in the admin any more."""
    looked = sent(browser, f"department.{department.code}:name,市民課,{'x' * 101},\n")
    found = looked.context["found"]
    assert ([one.place for one in found.changes], len(found.wrong)) == ([], 1)
    assert "100文字まで" in looked.content.decode()
