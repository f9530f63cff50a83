"""Publishing a form: one spelling, one fingerprint, nothing changes afterwards."""

import threading

import pytest
from django.db import DatabaseError, connections, transaction

from applications.definition import canonical_json, document_of, fingerprint, parse
from applications.models import FormVersion, Procedure
from applications.services.publishing import publish
from tests.applications.catalogue_files import PROCEDURE, pages
from tests.factories import make_department


def form(*fields):
    return parse({"schema": 1, "pages": pages(*fields)})


@pytest.fixture
def procedure(db):
    return Procedure.objects.create(key="dog", name="犬の登録", summary="…", department=make_department("kosodate"))


def test_document_reads_back_as_the_same_form_and_leaves_defaults_out():
    document = document_of(form())
    assert parse(document) == form()
    assert document["pages"][0]["fields"][0] == {
        "key": "dog_name",
        "type": "text",
        "label": "名前",
        "required": True,
        "max_length": 30,
    }
    assert document["pages"][0]["fields"][2]["max"] == "30"


def test_fingerprint_does_not_depend_on_how_the_form_was_written():
    shuffled = [dict(reversed(page.items())) for page in PROCEDURE["pages"]]
    shuffled[0]["fields"] = [{**one, "help": "", "min_length": None} for one in shuffled[0]["fields"]]
    other = parse({"pages": shuffled, "schema": 1})
    assert fingerprint(document_of(other)) == fingerprint(document_of(form()))
    assert canonical_json({"b": "葛\U000e0100", "a": [1, None]}) == '{"a":[1,null],"b":"葛\U000e0100"}'


def test_publishing_numbers_versions_and_makes_the_newest_current(procedure):
    first, is_first_new = publish(procedure=procedure, form=form(), change_note="初版")
    second, is_second_new = publish(procedure=procedure, form=form({"key": "breed", "type": "text", "label": "種類"}))
    procedure.refresh_from_db()
    assert (first.number, second.number, is_first_new, is_second_new) == (1, 2, True, True)
    assert procedure.current_version == second
    assert first.change_note == "初版"
    assert second.sha256 == fingerprint(second.definition)


def test_publishing_the_same_form_again_makes_no_version(procedure):
    first, _new = publish(procedure=procedure, form=form())
    again, is_new = publish(procedure=procedure, form=form())
    assert (again, is_new, FormVersion.objects.count()) == (first, False, 1)


def test_returning_to_an_earlier_form_makes_its_version_current(procedure):
    first, _new = publish(procedure=procedure, form=form())
    publish(procedure=procedure, form=form({"key": "breed", "type": "text", "label": "種類"}))
    back, is_new = publish(procedure=procedure, form=form())
    procedure.refresh_from_db()
    assert (back, is_new, procedure.current_version, FormVersion.objects.count()) == (first, False, first, 2)


def test_what_the_database_holds_has_the_fingerprint_it_says(procedure):
    version, _new = publish(procedure=procedure, form=form())
    stored = FormVersion.objects.get(pk=version.pk)
    assert fingerprint(stored.definition) == stored.sha256
    assert parse(stored.definition) == form()


@pytest.mark.parametrize("change", [{"definition": {}}, {"sha256": "0" * 64}, {"change_note": "…"}, {"number": 9}])
def test_a_version_is_frozen_by_the_database_itself(procedure, change):
    version, _new = publish(procedure=procedure, form=form())
    with pytest.raises(DatabaseError), transaction.atomic():
        FormVersion.objects.filter(pk=version.pk).update(**change)
    stored = FormVersion.objects.get(pk=version.pk)
    assert (stored.definition, stored.sha256, stored.number) == (version.definition, version.sha256, 1)


def test_a_version_is_not_deleted(procedure):
    version, _new = publish(procedure=procedure, form=form())
    Procedure.objects.filter(pk=procedure.pk).update(current_version=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        FormVersion.objects.filter(pk=version.pk).delete()
    assert FormVersion.objects.filter(pk=version.pk).exists()


def at_once(*calls):
    """Run the calls in threads that start together; what each returned or raised."""
    barrier = threading.Barrier(len(calls))
    results = [None] * len(calls)

    def run(index, call):
        try:
            barrier.wait(10)
            results[index] = call()
        except Exception as error:  # noqa: BLE001 - looked at by the test
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.mark.django_db(transaction=True)
def test_publishers_at_the_same_moment_get_a_number_each():
    procedure = Procedure.objects.create(key="dog", name="犬", summary="…", department=make_department("kosodate"))
    forms = [form({"key": f"question{number}", "type": "text", "label": "…"}) for number in range(4)]
    calls = [lambda one=one: publish(procedure=Procedure.objects.get(pk=procedure.pk), form=one) for one in forms]
    versions = [version for version, _new in at_once(*calls)]
    assert sorted(version.number for version in versions) == [1, 2, 3, 4]
    procedure.refresh_from_db()
    assert procedure.current_version.number == 4


@pytest.mark.django_db(transaction=True)
def test_publishers_of_the_same_form_at_the_same_moment_make_one_version():
    procedure = Procedure.objects.create(key="dog", name="犬", summary="…", department=make_department("kosodate"))
    calls = [lambda: publish(procedure=Procedure.objects.get(pk=procedure.pk), form=form())] * 4
    results = at_once(*calls)
    assert sorted(is_new for _version, is_new in results) == [False, False, False, True]
    assert FormVersion.objects.count() == 1
