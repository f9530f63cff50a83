"""Forms nobody thought of: whatever they ask and on what conditions, one form for them says the same as they do."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from applications.definition import document_of, parse
from counter.combined import Part, combine, join, split
from tests.counter.combinedkit import assert_form_is_sound, assert_one_form_is_all_forms, drawn

SETTINGS = {"derandomize": True, "database": None, "deadline": None}
JOBS = [{"value": "employee", "label": "会社員"}, {"value": "none", "label": "無職"}]
FIELDS = {
    "asks": {"type": "yes_no"},
    "count": {"type": "number", "min": 0, "max": 100},
    "phone": {"type": "phone", "concept": "applicant.phone"},
    "birth": {"type": "date", "max": "today", "concept": "applicant.birth_date"},
    "job": {"type": "choice", "options": JOBS, "other": True, "concept": "applicant.occupation"},
    "home": {"type": "text", "max_length": 120, "concept": "applicant.domicile"},
    "children": {"type": "rows", "max_rows": 6, "row_title": "子ども ((name))"},
    "note": {"type": "text"},
    "total": {"type": "calculated"},
    "paper": {"type": "file"},
}
OTHER_KINDS = {
    "job": {"type": "text", "max_length": 40, "concept": "applicant.occupation"},
    "home": {"type": "address", "concept": "applicant.domicile"},
}
CELLS = [
    {"key": "name", "type": "name", "label": "氏名", "concept": "children[].name"},
    {"key": "born", "type": "date", "label": "生年月日", "max": "today", "concept": "children[].birth_date"},
    {"key": "special", "type": "yes_no", "label": "特別な事情"},
    {"key": "cost", "type": "money", "label": "費用", "min": 0, "max": 9999},
]
ADULT = [{"gte": [{"age_on": [{"answer": "birth"}, {"today": True}]}, 18]}, {"filled": {"answer": "birth"}}]
ROW_CONDITIONS = [
    {"eq": [{"row": "special"}, "yes"]},
    {"ne": [{"row": "special"}, "yes"]},
    {"filled": {"row": "name"}},
    {"lt": [{"age_on": [{"row": "born"}, {"today": True}]}, 18]},
]
CONDITIONS = {
    "asks": [{"eq": [{"answer": "asks"}, "yes"]}, {"ne": [{"answer": "asks"}, "yes"]}],
    "count": [{"gt": [{"answer": "count"}, 3]}, {"lte": [{"sum": [{"answer": "count"}, 1]}, 3]}],
    "phone": [{"filled": {"answer": "phone"}}, {"ne": [{"answer": "phone"}, "0428-00-0001"]}],
    "birth": [*ADULT, {"ne": [{"answer": "birth"}, {"add_days": [{"today": True}, -400]}]}],
    "job": [{"in": [{"answer": "job"}, ["employee"]]}, {"filled": {"answer": "job__other"}}],
    "home": [{"filled": {"answer": "home"}}],
    "children": [
        *({name: {"rows": "children", "where": one}} for name in ("some", "every") for one in ROW_CONDITIONS),
        {"filled": {"answer": "children"}},
        {"gt": [{"count": {"rows": "children"}}, 1]},
        {"gt": [{"sum": {"rows": "children", "of": {"row": "cost"}}}, 500]},
    ],
    "note": [{"contains": [{"answer": "note"}, "緑野"]}],
    "paper": [{"not": {"filled": {"answer": "paper"}}}],
}
TOTALS = {
    "count": {"times": [{"answer": "count"}, 2]},
    "birth": {"age_on": [{"answer": "birth"}, {"today": True}]},
    "children": {"count": {"rows": "children", "where": ROW_CONDITIONS[0]}},
}


class Making:
    """One form by lot. Conditions look at what stands before them, so there are no circles."""

    def __init__(self, seed):
        self.lot = random.Random(seed)
        names = [name for name in FIELDS if self.lot.random() < 0.8] or ["asks"]
        self.lot.shuffle(names)
        self.before = []
        fields = [self.field(name) for name in names if name != "total" or set(TOTALS) & set(names)]
        cut = self.lot.randint(0, len(fields))
        pages = [fields[:cut], fields[cut:]]
        self.document = {
            "schema": 1,
            "pages": [
                {"key": f"page{number}", "title": f"ページ{number}", "fields": page}
                for number, page in enumerate(pages)
                if page
            ],
        }
        if len(self.document["pages"]) == 2 and (first := [one["key"] for one in fields[:cut]]):
            self.document["pages"][1] |= self.rule("visible_when", self.lot.choice(first))

    def rule(self, name, about=None):
        about = about or self.lot.choice(self.before or ["asks"])
        rules = CONDITIONS.get(about, []) if about in self.before else []
        rules = [one for one in rules if about != "job" or self.kinds.get("job") != "text" or "in" not in one]
        if not rules or self.kinds.get(about) == "text":
            return {}
        found = self.lot.choice(rules)
        return {name: {"not": found} if self.lot.random() < 0.2 else found}

    kinds = {}

    def field(self, name):
        settings_of = dict(OTHER_KINDS[name] if name in OTHER_KINDS and self.lot.random() < 0.3 else FIELDS[name])
        field = {"key": name, "label": self.lot.choice([name, "質問"]), **settings_of}
        if self.lot.random() < 0.5:
            field |= self.rule("visible_when")
        if name == "children":
            field |= self.group()
        elif name == "total":
            known = [one for one in TOTALS if one in self.before]
            field = field | {"value": TOTALS[known[0]]} if known else {"key": name, "type": "heading", "label": name}
        elif self.lot.random() < 0.3:
            field |= self.rule("required_when")
        elif self.lot.random() < 0.4:
            field["required"] = True
        if field["type"] != "heading":
            self.kinds = self.kinds | {name: settings_of["type"] if name == "job" else ""}
            self.before.append(name)
        return field

    def group(self):
        cells = [dict(cell) for cell in CELLS]
        if self.lot.random() < 0.5:
            self.lot.choice(cells[:2])["required"] = True
        if self.lot.random() < 0.5:
            cells[3]["visible_when"] = self.lot.choice(ROW_CONDITIONS)
        if self.lot.random() < 0.5:
            cells[1]["visible_when"] = self.lot.choice(ROW_CONDITIONS[:3])
        label = self.lot.choice(["育てている子ども", "助成を受ける子ども"])
        return {"label": label, "fields": cells, "min_rows": self.lot.choice([0, 1])}


def parts_by_lot(seeds):
    return [Part(f"form{number}", parse(Making(seed).document)) for number, seed in enumerate(seeds)]


SEEDS = st.lists(st.integers(0, 10**6), min_size=1, max_size=3)


@settings(max_examples=80, **SETTINGS)
@given(SEEDS, st.integers(0, 10**6), st.sampled_from([0.0, 0.2, 0.5]))
def test_one_form_shows_requires_and_calculates_what_its_forms_do(seeds, seed, gaps):
    parts = parts_by_lot(seeds)
    combined = combine(parts)
    assert_form_is_sound(combined.form)
    if combined.form.pages:
        assert parse(document_of(combined.form)) == combined.form
    assert_one_form_is_all_forms(combined, drawn(combined, seed, gaps=gaps))


@settings(max_examples=50, **SETTINGS)
@given(SEEDS, st.integers(0, 10**6), st.sampled_from([0.0, 0.3]))
def test_what_was_taken_apart_can_be_put_together_again(seeds, seed, gaps):
    combined = combine(parts_by_lot(seeds))
    told = split(combined, drawn(combined, seed, gaps=gaps))
    joined = join(combined, told)
    assert joined.differences == ()
    assert split(combined, joined.values) == told


@settings(max_examples=20, **SETTINGS)
@given(SEEDS)
def test_the_same_forms_always_give_the_same_form(seeds):
    assert combine(parts_by_lot(seeds)) == combine(parts_by_lot(seeds))
