"""A short form, and the steps of somebody who files it in a browser without an account or for somebody else."""

import re

from django.urls import reverse

from applications import definition
from applications.models import Application
from cityhall.crypto import decrypt
from notices.models import OutgoingMail
from tests.applications import sample

DOCUMENT = {
    "schema": 1,
    "pages": [
        {
            "key": "about",
            "title": "申込者",
            "fields": [
                {"key": "name", "type": "text", "label": "氏名", "required": True, "concept": "applicant.name"},
                {"key": "kana", "type": "kana", "label": "フリガナ", "concept": "applicant.kana"},
                {"key": "home", "type": "address", "label": "住所", "concept": "applicant.address"},
                {"key": "agent", "type": "text", "label": "代理人", "concept": "agent.name"},
                {"key": "firm", "type": "text", "label": "会社", "concept": "business.name"},
                {"key": "source", "type": "hidden", "label": "案内の番号"},
            ],
        },
        {
            "key": "wish",
            "title": "希望",
            "fields": [{"key": "wish", "type": "text", "label": "希望", "required": True}],
        },
    ],
}


def make_procedure(**fields):
    """A published procedure of the short form."""
    return sample.make_procedure(document=DOCUMENT, **{"identity_level": "none"} | fields)


def form():
    return definition.parse(DOCUMENT)


def guest_procedure(**fields):
    return make_procedure(allows_guests=True, **fields)


def begin(browser, procedure, how="guest_start", query="", **data):
    """Press one of the buttons of the procedure's page. Returns the draft."""
    answer = browser.post(reverse(f"applications:{how}", args=[procedure.key]) + query, {"request_key": "k1"} | data)
    assert answer.status_code == 302, answer.content.decode()
    public_id = re.search(r"/applications/([^/]+)/pages/1/", answer.url).group(1)
    return Application.objects.get(public_id=public_id)


def url(name, application, *more):
    return reverse(f"applications:{name}", args=[application.public_id, *more])


def fill(browser, draft, name="来訪 太郎"):
    """Both pages, as somebody types them."""
    first = {"q-name": name, "q-kana": "ライホウ タロウ", "action": "next"}
    assert browser.post(url("draft_page", draft, 1), first).url == url("draft_page", draft, 2)
    answer = browser.post(url("draft_page", draft, 2), {"q-wish": "午前", "action": "next"})
    assert answer.url == url("draft_check", draft)


def send(browser, draft, email="Guest@Example.JP "):
    """From the check page over the address to the number. Returns the application."""
    assert browser.post(url("guest_contact", draft), {"email": email}).url == url("draft_check", draft)
    draft.refresh_from_db()
    answer = browser.post(url("application_submit", draft), {"draft_revision": draft.draft_revision})
    assert answer.url == url("application_done", draft)
    draft.refresh_from_db()
    return draft


def mails():
    """Address and readable body of every mail, oldest first."""
    rows = OutgoingMail.objects.order_by("id")
    return [(row.to, decrypt(row.body) if row.is_encrypted else row.body) for row in rows]


def link_in(body):
    """The path of the guest's link in a mail."""
    return re.search(r"https?://[^/\s]+(/applications/\S+/open/\S+/)", body).group(1)
