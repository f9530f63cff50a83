import datetime as dt
from collections import Counter

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse

from applications.enums import ApplicationState
from applications.models import Application, Rating, RatingTally
from applications.queries.ratings import LEAST, Opinion, opinions
from applications.services.ratings import AlreadyRated, NotYetFiled, NumberInComment, rate
from cityhall.days import local_date
from cityhall.models import AuditEvent
from cityhall.spreadsheets import BOM, safe_cell
from tests.applications.sendkit import make_draft, make_procedure, seen, send

pytestmark = pytest.mark.django_db

S = ApplicationState
NOON = dt.datetime(2026, 11, 20, 3, 0, tzinfo=dt.UTC)


@pytest.fixture
def procedure(municipality, department):
    return make_procedure(department)


@pytest.fixture
def sent(procedure, resident):
    return send(make_draft(procedure, resident), resident)


def add(procedure, *scores, comment=""):
    month = dt.date(2026, 11, 1)
    Rating.objects.bulk_create(
        [Rating(procedure=procedure, score=score, month=month, comment=comment) for score in scores]
    )
    for score, times in Counter(scores).items():
        tally, _is_new = RatingTally.objects.get_or_create(procedure=procedure, score=score)
        RatingTally.objects.filter(pk=tally.pk).update(count=F("count") + times)


def moments_of(application):
    row = Application.objects.filter(pk=application.pk).values().get()
    return [value for value in row.values() if isinstance(value, dt.datetime)]


def url(name, *parts):
    return reverse(f"applications:{name}", args=parts)


def test_a_rating_knows_the_procedure_and_the_month_only(sent, procedure):
    rate(application=sent, score=9, comment=" 早かったです。 ", now=NOON)
    rating = Rating.objects.get()
    assert (rating.procedure, rating.score, rating.comment) == (procedure, 9, "早かったです。")
    assert rating.month == local_date(NOON).replace(day=1)
    # pages read the tally
    assert RatingTally.objects.values_list("procedure", "score", "count").get() == (procedure.pk, 9, 1)
    assert {field.name for field in Rating._meta.get_fields()} == {"id", "procedure", "score", "comment", "month"}
    # a moment would lead from the application to its rating
    assert seen(sent).is_rated
    assert NOON.date() not in {moment.date() for moment in moments_of(sent)}
    assert not AuditEvent.objects.filter(target_type="rating").exists()


def test_a_second_answer_is_refused(sent):
    rate(application=sent, score=9)
    with pytest.raises(AlreadyRated):
        rate(application=seen(sent), score=1)
    assert Rating.objects.get().score == 9


def test_a_draft_is_not_rated(procedure, resident):
    with pytest.raises(NotYetFiled):
        rate(application=make_draft(procedure, resident), score=5)


def test_a_my_number_is_not_kept(sent):
    with pytest.raises(NumberInComment):
        rate(application=sent, score=5, comment="123456789018")
    assert (Rating.objects.count(), seen(sent).is_rated) == (0, False)


def test_a_score_beyond_10_passes_no_form_and_no_table(procedure):
    with pytest.raises(IntegrityError), transaction.atomic():
        add(procedure, 11)


@pytest.mark.parametrize(("scores", "mean", "balance"), [([10] * 5, 10, 100), ([0, 6, 7, 8, 9], 6, -20)])
def test_opinions_in_figures(procedure, scores, mean, balance):
    counts = tuple(scores.count(score) for score in range(11))
    opinion = Opinion(procedure, counts)
    assert (opinion.total, opinion.is_shown, opinion.mean, opinion.balance) == (5, True, mean, balance)


def test_few_answers_are_counted_and_not_shown(login, procedure, handler):
    add(procedure, *[3] * (LEAST - 1), comment="だれかわかる意見")
    page = login(handler).get(url("rating_list")).text
    assert f"回答 {LEAST - 1}件。" in page
    assert "だれかわかる意見" not in page
    assert "だれかわかる意見" not in export(login(handler))
    add(procedure, 3)
    page = login(handler).get(url("rating_list")).text
    assert "だれかわかる意見" in page
    assert "9〜10が0件、7〜8が0件、0〜6が5件" in page


def export(browser):
    response = browser.get(url("rating_export"))
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    return b"".join(response.streaming_content).decode()


def test_export_is_a_table_without_formulas(login, procedure, handler):
    add(procedure, *[4] * LEAST, comment="=HYPERLINK(1)")
    lines = export(login(handler)).splitlines()
    assert lines[0] == f"{BOM}手続キー,手続,満足度,ご意見"
    assert lines[1:] == [f"{procedure.key},{procedure.name},4,'=HYPERLINK(1)"] * LEAST
    assert AuditEvent.objects.get(action="export").actor == handler


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+81", "'+81"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("＝1", "'＝1"),
        (-5, "-5"),
        ("ふつうの文", "ふつうの文"),
    ],
)
def test_cells_are_no_formulas(value, cell):
    assert safe_cell(value) == cell


def test_staff_see_their_own_departments(procedure, departments, handler, auditor):
    other = make_procedure(departments["kaigo"])
    for one in (procedure, other):
        add(one, *[8] * LEAST)
    assert [opinion.procedure for opinion in opinions(handler)] == [procedure]
    assert {opinion.procedure for opinion in opinions(auditor)} == {procedure, other}


def test_list_costs_the_same_for_one_and_three(login, departments, municipality, handler, django_assert_num_queries):
    browser = login(handler)
    for count in (1, 3):
        while Rating.objects.values("procedure").distinct().count() < count:
            add(make_procedure(departments["kosodate"]), *[8] * LEAST, comment="よかった")
        with django_assert_num_queries(10):
            browser.get(url("rating_list"))


# --- the question -------------------------------------------------------------------------------


def test_the_question_is_asked_after_filing_and_after_the_end_and_once(login, sent, resident):
    browser = login(resident)
    done = url("application_done", sent.public_id)
    assert "この手続はいかがでしたか" in browser.get(done).text
    detail = url("application_detail", sent.public_id)
    assert "この手続はいかがでしたか" not in browser.get(detail).text
    Application.objects.filter(pk=sent.pk).update(state=S.COMPLETED)
    assert "この手続はいかがでしたか" in browser.get(detail).text
    for words in ("ご回答ありがとうございました。", str(AlreadyRated.message)):
        page = browser.post(url("application_rate", sent.public_id), {"score": "8", "comment": "早い"}, follow=True)
        assert words in page.text
    assert "この手続はいかがでしたか" not in browser.get(detail).text
    assert Rating.objects.get().score == 8


@pytest.mark.parametrize("score", ["", "11", "-1", "x"])
def test_an_answer_that_is_none_comes_back_with_the_comment(login, sent, resident, score):
    data = {"score": score, "comment": "早かったです。"}
    page = login(resident).post(url("application_rate", sent.public_id), data)
    assert 'class="error-summary"' in page.text
    assert "早かったです。" in page.text
    assert Rating.objects.count() == 0


def test_rating_is_nobody_elses(login, client, sent, another_resident, handler):
    address = url("application_rate", sent.public_id)
    assert client.post(address, {"score": "1"}).url.startswith("/accounts/login/")
    for person in (another_resident, handler):
        assert login(person).post(address, {"score": "1"}).status_code == 404
    assert Rating.objects.count() == 0


@pytest.mark.parametrize("name", ["rating_list", "rating_export"])
def test_figures_are_for_staff(login, client, municipality, resident, name):
    assert client.get(url(name)).url.startswith("/accounts/login/")
    assert login(resident).get(url(name)).status_code == 404
