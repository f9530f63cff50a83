"""Forms and small steps for the tests of the designer."""

from django.urls import reverse

from applications.designer.operations import Design
from applications.models import FormDesign, Procedure
from applications.services import designing
from applications.services.publishing import publish
from tests.applications import casekit

MEANWHILE = "別の画面で、この様式が先に変更されました。"


def small_form():
    """Two sections: a choice, a date, a number, and a group of rows with a file in it."""
    return {
        "schema": 1,
        "pages": [
            {
                "key": "person",
                "title": "申請する方",
                "fields": [
                    {
                        "key": "kind",
                        "type": "choice",
                        "label": "区分",
                        "required": True,
                        "options": [{"value": "new", "label": "新規"}, {"value": "change", "label": "変更"}],
                    },
                    {"key": "birth", "type": "date", "label": "生年月日", "required": True},
                    {"key": "adults", "type": "number", "label": "大人の人数"},
                    {
                        "key": "news",
                        "type": "checkboxes",
                        "label": "お知らせ",
                        "options": [{"value": "mail", "label": "メール"}, {"value": "post", "label": "郵便"}],
                    },
                ],
            },
            {
                "key": "children",
                "title": "お子さま",
                "fields": [
                    {
                        "key": "child",
                        "type": "rows",
                        "label": "お子さま",
                        "max_rows": 5,
                        "fields": [
                            {"key": "name", "type": "text", "label": "氏名", "required": True},
                            {"key": "birth", "type": "date", "label": "生年月日"},
                            {"key": "cost", "type": "money", "label": "費用"},
                            {"key": "paper", "type": "file", "label": "証明書"},
                        ],
                    },
                    {"key": "note", "type": "text", "label": "備考"},
                ],
            },
        ],
    }


def design():
    return Design(small_form())


def long_form(count):
    """One section of `count` questions, every fifth with a condition on the one before it."""
    fields = [{"key": f"q{number}", "type": "text", "label": f"質問{number}"} for number in range(1, count + 1)]
    for one in fields[4::5]:
        one["visible_when"] = {"filled": {"answer": f"q{int(one['key'][1:]) - 1}"}}
    return {"schema": 1, "pages": [{"key": "page_1", "title": "質問", "fields": fields}]}


def keys(document, page=0):
    return [one["key"] for one in document["pages"][page]["fields"]]


def make_procedure(department):
    """A published procedure whose form is the small one."""
    made = casekit.make_procedure(
        department, key="moshikomi", name="放課後児童クラブの申込み", applicant_kinds=["person"]
    )
    published(made, small_form())
    return Procedure.objects.get(pk=made.pk)


def published(procedure, document, note="様式を変更"):
    return publish(procedure=procedure, form=designing.checked_form(document), change_note=note)[0]


def in_work(procedure, document, by):
    """Begin to work on a procedure with this document."""
    fresh = Procedure.objects.select_related("current_version").get(pk=procedure.pk)
    return FormDesign.objects.create(
        procedure=fresh, document=document, base_version=fresh.current_version, changed_by=by
    )


def url(name, *parts, key="moshikomi"):
    return reverse(f"applications:{name}", args=[key, *parts])


def text_of(response):
    return response.content.decode()


def messages_of(response):
    return [str(message) for message in response.context["messages"]]


def document(key="moshikomi"):
    return FormDesign.objects.get(procedure__key=key).document


def revision(key="moshikomi"):
    row = FormDesign.objects.filter(procedure__key=key).first()
    return row.revision if row else 0


def act(client, action, **data):
    return client.post(url("design_act"), {"revision": revision(), "action": action} | data, follow=True)
