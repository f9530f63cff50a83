"""Surveys of the demo city: one that ten departments are answering, one of last year with its totals."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.utils import timezone

from applications.definition import parse
from applications.models import Application, DepartmentGroup, Survey, SurveyAddressee
from applications.services import surveys
from applications.services.publishing import publish
from cityhall.days import TOKYO, add_business_days, today
from cityhall.models import Department, User
from portal.demo_city.accounts import STAFF

_ASKED: Final = ("shimin", "hoken", "kosodate", "hoiku", "gakudo", "kaigo", "kenko", "kankyo", "suido", "bosai")
_GROUPS: Final = {
    "福祉・子ども部門": ("kosodate", "hoiku", "gakudo", "kaigo", "shogai"),
    "くらし・環境部門": ("shimin", "hoken", "kenko", "kankyo", "suido"),
}
_KINDS: Final = (("all", "ほとんどオンライン"), ("half", "紙とオンラインが半々"), ("paper", "ほとんど紙"))
_REASONS: Final = (("identity", "本人確認"), ("originals", "原本の提出"), ("system", "システムの都合"))
_DOCUMENT: Final[dict[str, Any]] = {
    "schema": 1,
    "pages": [
        {
            "key": "now",
            "title": "いまの状況",
            "intro": "令和8年10月末の時点でお答えください。",
            "fields": [
                {
                    "key": "kind",
                    "type": "choice",
                    "label": "課の手続の受付方法",
                    "required": True,
                    "options": [{"value": value, "label": label} for value, label in _KINDS],
                    "other": True,
                },
                {
                    "key": "reasons",
                    "type": "checkboxes",
                    "label": "紙が残っている理由",
                    "options": [{"value": value, "label": label} for value, label in _REASONS],
                    "other": True,
                },
                {
                    "key": "hours",
                    "type": "number",
                    "label": "紙の処理に使う時間（月）",
                    "unit": "時間",
                    "min": "0",
                    "decimals": 1,
                },
                {"key": "wish", "type": "long_text", "label": "オンライン化についての要望", "max_length": 400},
            ],
        },
        {
            "key": "devices",
            "title": "窓口の機器",
            "fields": [
                {
                    "key": "device",
                    "type": "rows",
                    "label": "窓口で使っている機器",
                    "max_rows": 10,
                    "row_title": "((name))",
                    "fields": [
                        {"key": "name", "type": "text", "label": "機器の名称", "required": True, "max_length": 40},
                        {
                            "key": "number",
                            "type": "number",
                            "label": "台数",
                            "required": True,
                            "unit": "台",
                            "min": "1",
                        },
                    ],
                },
                {"key": "plan", "type": "file", "label": "更新計画（あれば）", "accept": ["pdf"], "max_files": 1},
            ],
        },
    ],
}
# department: kind, reasons, hours, wish
_ANSWERS: Final = {
    "shimin": ("half", ["identity"], "120", "証明書の請求を、もっとコンビニ交付に案内したいです。"),
    "hoken": ("paper", ["identity", "system"], "210", ""),
    "kosodate": ("half", ["originals"], "64.5", "診断書の写真での提出を認めてほしいという声があります。"),
    "hoiku": ("all", [], "12", ""),
    "kaigo": ("paper", ["originals", "system"], "180", "事業所からの提出をまとめて受け付けたいです。"),
    "kankyo": ("all", [], "8", ""),
}


def load_surveys() -> int:
    """Make the two surveys where there are none; how many are new."""
    if Survey.objects.exists():
        return 0
    departments = {row.code: row for row in Department.objects.all()}
    for position, (name, codes) in enumerate(_GROUPS.items(), start=1):
        group, _is_new = DepartmentGroup.objects.get_or_create(name=name, defaults={"position": position})
        group.departments.set([departments[code] for code in codes])
    _last_year(departments, add_business_days(today() - dt.timedelta(days=330), 1))
    _this_year(departments, add_business_days(today() - dt.timedelta(days=12), 1))
    return 2


def _at(day: dt.date, after: int, hour: int) -> dt.datetime:
    """An hour of the n-th business day after a day; nothing lies in the future where a holiday makes the days few."""
    moment = dt.datetime.combine(add_business_days(day, after), dt.time(hour), TOKYO)
    return min(moment, timezone.now() - dt.timedelta(hours=1))


def _this_year(departments: Mapping[str, Department], opened_on: dt.date) -> Survey:
    """Open for another nine days; six have answered, one has begun."""
    opened_at = _at(opened_on, 0, 9)
    texts = surveys.Texts(
        title="窓口業務のオンライン化に関する調査",
        answer_by_on=today() + dt.timedelta(days=9),
        request_text="次年度の計画をまとめるため、**窓口業務の現状**をお聞きします。\n\n"
        "- 課で一つの回答をお願いします。\n"
        "- 途中まで入力して、ほかの方に引き継ぐこともできます。",
        shows_totals=True,
    )
    survey = _open(departments["digital"], texts, departments, opened_at)
    for number, code in enumerate(_ANSWERS, start=1):
        _answer(survey, departments[code], _at(opened_on, number, 10 + number))
    begun_at = _at(opened_on, 1, 14)
    surveys.begin_answer(addressee=_addressee(survey, departments["bosai"]), by=_member("handler"), now=begun_at)
    return survey


def _last_year(departments: Mapping[str, Department], opened_on: dt.date) -> Survey:
    """Closed; those asked see the totals. One answer came late."""
    opened_at = _at(opened_on, 0, 9)
    texts = surveys.Texts(
        title="窓口業務のオンライン化に関する調査（昨年度）",
        answer_by_on=today(),
        request_text="昨年度の調査です。",
        shows_totals=True,
    )
    survey = _open(departments["digital"], texts, departments, opened_at)
    deadline = add_business_days(opened_on, 10)
    Survey.objects.filter(pk=survey.pk).update(answer_by_on=deadline)
    for number, code in enumerate(_ASKED, start=1):
        _answer(survey, departments[code], _at(opened_on, 12 if code == "suido" else number - 1, 10 + number % 6))
    surveys.close_survey(survey=survey, by=_member("handler3"), now=_at(opened_on, 15, 17))
    return survey


def _open(
    owner: Department, texts: surveys.Texts, departments: Mapping[str, Department], opened_at: dt.datetime
) -> Survey:
    by = _member("handler3")
    survey = surveys.create_survey(texts=texts, department=owner, by=by)
    publish(procedure=survey.procedure, form=parse(_DOCUMENT), now=opened_at)
    surveys.add_addressees(survey=survey, departments=[departments[code] for code in _ASKED], by=by)
    surveys.open_survey(survey=survey, by=by, now=opened_at)
    survey.refresh_from_db()
    return survey


def _answer(survey: Survey, department: Department, at: dt.datetime) -> None:
    member = _member("handler" if _works_in("handler", department.code) else "handler2")
    draft = surveys.begin_answer(addressee=_addressee(survey, department), by=member, now=at)
    kind, reasons, hours, wish = _ANSWERS.get(department.code, ("half", ["identity"], "40", ""))
    typed = {
        "kind": {"chosen": kind, "other": ""},
        "reasons": {"chosen": reasons, "other": ""},
        "hours": hours,
        "wish": wish,
        "device": [{"id": "r1", "values": {"name": "タブレット", "number": str(1 + len(department.name) % 4)}}],
    }
    Application.objects.filter(pk=draft.pk).update(draft_answers=typed)
    surveys.send_answer(application=draft, by=member, now=at + dt.timedelta(minutes=20))


def _addressee(survey: Survey, department: Department) -> SurveyAddressee:
    return survey.addressees.get(department=department)


def _works_in(mailbox: str, code: str) -> bool:
    return any(code in account.departments for account in STAFF if account.mailbox == mailbox)


def _member(mailbox: str) -> User:
    return User.objects.get(email=f"{mailbox}@city.example.jp")
