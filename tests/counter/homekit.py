"""Makers for the pages of a prefill at home."""

import hashlib
import json

from django.urls import reverse

from applications.models import FormVersion
from counter import prefill_cookie
from counter.token_seal import COOKIE, unsealed
from tests.applications import sample
from tests.counter.kit import make_procedures

APPLICANT = {
    "key": "who",
    "title": "届け出る方",
    "fields": [
        {"key": "name", "type": "name", "label": "氏名", "required": True, "concept": "applicant.name"},
        *sample.asked_on_yes("moves", "引っ越しを伴いますか", "reason", "引っ越しの理由"),
        {"key": "photo", "type": "file", "label": "通帳の写し", "required": True},
        {"key": "sign", "type": "signature", "label": "署名", "required": True},
    ],
}
NAME = {
    "q-applicant_name.family": "高橋",
    "q-applicant_name.given": "さくら",
    "q-applicant_name.family_kana": "タカハシ",
    "q-applicant_name.given_kana": "サクラ",
}


def make_forms(count=2, *, document=None, **fields):
    """Procedures that ask for the applicant's name once, and each for something of its own."""
    procedures = make_procedures(count, **fields)
    for number, procedure in enumerate(procedures, 1):
        procedure.name = f"手続{number}号"
        procedure.required_papers = ["印鑑"]
        procedure.save()
        publish(procedure, document or {"schema": 1, "pages": [APPLICANT]})
    return procedures


def publish(procedure, document):
    """A new version of the form, in force at once."""
    number = procedure.versions.count() + 1
    digest = hashlib.sha256(json.dumps([number, document]).encode()).hexdigest()
    version = FormVersion.objects.create(procedure=procedure, number=number, definition=document, sha256=digest)
    procedure.current_version = version
    procedure.save(update_fields=["current_version"])
    return version


def url(name, *parts):
    return reverse(f"counter:home_{name}", args=parts)


def begin(client, procedures, **more):
    """Choose these, as a person or a guide does."""
    return client.post(url("choose"), {"procedure": [one.key for one in procedures], "then": "questions"} | more)


def token_of(client):
    cookie = client.cookies.get(prefill_cookie.NAME)
    return unsealed(cookie.value, COOKIE) if cookie else ""


def page_of(answer):
    """The number of the page an answer leads to."""
    return int(answer["Location"].split("/")[3])


def household_of(label):
    """A form about some of the household, whom it calls so."""
    name = {"key": "name", "type": "name", "label": "氏名", "required": True, "concept": "household[].name"}
    group = {"key": "people", "type": "rows", "label": label, "fields": [name]}
    return {"schema": 1, "pages": [{"key": "who", "title": label, "fields": [group]}]}
