"""The menu of the staff: what belongs together opens together."""

import re

import pytest
from django.urls import reverse

from cityhall.enums import Role
from portal.context_processors import grouped
from tests import factories

pytestmark = pytest.mark.django_db


def entry(label, group="", *, current=False, count=0):
    return {"label": label, "href": f"/{label}/", "group": group, "current": current, "count": count}


def test_entries_of_a_group_stand_together_and_one_alone_is_none():
    parts = grouped(
        [entry("home"), entry("a", "G"), entry("b", "H", count=2), entry("c", "G"), entry("d", "H", count=3)]
    )
    assert [(part["label"], [row["label"] for row in part["entries"]], part["count"]) for part in parts] == [
        ("", ["home"], 0),
        ("G", ["a", "c"], 0),
        ("H", ["b", "d"], 5),
    ]
    assert [part["label"] for part in grouped([entry("home"), entry("a", "G")])] == ["", ""]


@pytest.mark.parametrize(("here", "opened"), [("", "G"), ("home", "G"), ("a", "G"), ("d", "H")])
def test_the_group_of_the_page_is_open_and_otherwise_the_first(here, opened):
    rows = [("home", ""), ("a", "G"), ("b", "H"), ("c", "G"), ("d", "H")]
    parts = grouped([entry(label, group, current=label == here) for label, group in rows])
    assert [part["label"] for part in parts if part["is_open"] and part["label"]] == [opened]


def test_an_approver_sees_at_most_seven_lines_and_every_entry_is_a_link(login, municipality, department):
    browser = login(factories.make_staff(role=Role.APPROVER, department=department))
    page = browser.get(reverse("applications:staff_report_list")).content.decode()
    menu = page.partition('<nav class="side-nav"')[2].partition("</nav>")[0]
    assert menu.count("<summary") <= 6
    assert re.findall(r"<details[^>]* open>.*?<summary[^>]*>([^<]+)", menu, re.DOTALL) == ["照会・通報"]
    assert menu.count("<a ") >= 15
    assert re.search(r'aria-current="page">\s*まちの通報', menu)


def test_residents_have_no_groups(client, municipality):
    assert "side-nav" not in client.get("/").content.decode()
