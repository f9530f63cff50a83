import io
import re
import time

import pytest
from django.urls import reverse
from pdfminer.high_level import extract_text

from applications.copy_pdf import STYLE, copy_pdf
from applications.services.submission import submit
from cityhall.references import format_number
from tests.applications import sample

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(municipality, department, resident):
    procedure = sample.make_procedure(department=department, name="児童手当 認定請求")
    return sample.fill(sample.start(procedure, resident), resident.user)


def _text(content):
    return extract_text(io.BytesIO(content)).replace("\n", "").replace(" ", "")


def test_copy_has_the_number_and_every_answer(login, draft, resident):
    sent = submit(application=draft, by=resident.user)
    response = login(resident).get(reverse("applications:application_copy", args=[sent.public_id]))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("inline;")
    text = _text(response.content)
    for words in (
        format_number(sent.number),
        "児童手当認定請求",
        "高橋　さくら".replace("　", ""),
        "1,234,567円",
        "証明書.png",
        "緑野市長",
    ):
        assert words in text.replace("　", "")


def test_copy_of_ten_thousand_characters_is_quick(draft, resident):
    draft.draft_answers["note"] = "子どもの養育状況について説明します。" * 600
    draft.save(update_fields=["draft_answers"])
    sent = submit(application=draft, by=resident.user)
    from applications.answers import display_rows

    revision = sent.revisions.get()
    sections = display_rows(sample.form(), revision.answers)
    copy_pdf(sent, revision, sections)  # fonts are found once in the life of a process
    begin = time.process_time()
    content = copy_pdf(sent, revision, sections)
    assert time.process_time() - begin < 2
    # one character: the footer of a page may stand within a word
    assert _text(content).count("養") == 600


def test_copy_never_fetches_what_an_answer_names(draft, resident):
    draft.draft_answers["note"] = '<img src="http://127.0.0.1:9/x"><style>@import url(file:///etc/hostname)</style>'
    draft.save(update_fields=["draft_answers"])
    sent = submit(application=draft, by=resident.user)
    revision = sent.revisions.get()
    from applications.answers import display_rows

    assert "<imgsrc=" in _text(copy_pdf(sent, revision, display_rows(sample.form(), revision.answers)))


_PAGES = """<body><table>{filler}</table><h2>ABSCHNITT</h2><table>
<tr class="entry"><th colspan="2">GRUPPE</th></tr><tr class="entry"><th colspan="2">ZEILE</th></tr>
<tr><th>label</th><td>value</td></tr><tr><th>label</th><td>{long}</td></tr></table></body>"""


def _last_lines(style):
    """What stands at the foot of the pages of some copies whose headings come lower and lower."""
    from weasyprint import CSS, HTML

    for rows in range(24, 34):
        filler = "<tr><th>a</th><td>b</td></tr>" * rows
        html = _PAGES.format(filler=filler, long="W" * 400)
        content = HTML(string=html).write_pdf(stylesheets=[CSS(string=style)])
        pages = extract_text(io.BytesIO(content)).split("\f")
        yield from (re.sub(r"\d+ / \d+", "", page).split() for page in pages if page.strip())


def _lonely(style):
    headings = ("ABSCHNITT", "GRUPPE", "ZEILE")
    return [words[-1] for words in _last_lines(style) if words and words[-1] in headings]


def test_a_heading_never_stands_alone_at_the_foot_of_a_page():
    style = STYLE.read_text(encoding="utf-8")
    assert _lonely(style) == []
    # without the rule it does
    assert _lonely(style.replace("break-after: avoid", "break-after: auto")) != []


def test_copy_of_a_draft_does_not_exist_yet(login, draft, resident):
    response = login(resident).get(reverse("applications:application_copy", args=[draft.public_id]))
    assert response.url == reverse("applications:draft_check", args=[draft.public_id])
