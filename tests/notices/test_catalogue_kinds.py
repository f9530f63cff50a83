"""The kinds of notices that the product comes with, as files: complete, filled and set."""

import re
import subprocess

import pytest
import yaml

from applications.management.commands.load_catalogue import FOLDER
from cityhall.fonts import GlyphMissing
from notices.models import NoticeType, NoticeTypeVersion
from notices.samples import HARD, sample_values
from notices.services.catalogue import TYPES_FOLDER, known_types
from notices.services.catalogue.reading import RULES, texts_of
from notices.services.samples import sample_letter
from notices.texts import compile_text
from tests import factories

# 市が電子で送っている20種類の通知 (one city's list)
SENT = {
    "hoikuryo-kettei",
    "shugaku-enjo-kettei",
    "kyushokuhi-keikaku",
    "seikatsu-shien-kyufukin",
    "boshi-hoken-nenkan",
    "nyuyoji-kenshin",
    "kosodate-center",
    "shussan-kosodate-kyufu",
    "kodomoen-nyuen",
    "tsuchi-henko-annai",
    "ninpu-anketo-annai",
    "tokubetsu-shien-shoreihi",
    "denshi-point",
    "kyushokuhi-kettei",
    "saigai-kyosai",
    "tokutei-kenshin-kansho",
    "hatachi-tsudoi-annai",
    "shugaku-enjo-annai",
    "taiken",
    "kosodate-denshi-point",
}
KINDS = {key: entry for key, entry in known_types(TYPES_FOLDER).items() if "sample" in entry}


def version_of(key):
    return NoticeTypeVersion(notice_type=NoticeType(key=key), number=1, **texts_of(KINDS[key]))


def test_the_twenty_kinds_are_there_with_every_rule():
    assert KINDS.keys() == SENT
    assert {key for key, entry in KINDS.items() if set(RULES) - entry.keys() - {"effect_days"}} == set()


@pytest.mark.parametrize("key", sorted(SENT))
def test_sample_fills_the_text_and_nothing_is_printed_blank(key):
    version = version_of(key)
    text = compile_text(version)
    values = sample_values(version)
    assert text.blanks(values) == []
    filled = text.fill(values)
    written = [filled.title, filled.body, *(row["text"] for row in filled.particulars)]
    assert [words for words in written if "((" in words or not words.strip()] == []
    assert KINDS[key]["sample"].keys() <= set(text.names)


@pytest.mark.parametrize("key", sorted(key for key, entry in KINDS.items() if "年度" in entry["sample"]))
def test_fiscal_year_is_written_out_by_its_value_and_never_twice(key):
    version = version_of(key)
    assert version.sample["年度"].endswith("年度")
    filled = compile_text(version).fill(sample_values(version))
    written = " ".join([filled.title, filled.body, *(row["text"] for row in filled.particulars)])
    assert "令和8年度" in written
    assert "度度" not in written


@pytest.mark.parametrize("file", sorted(TYPES_FOLDER.glob("*.yaml")), ids=lambda file: file.stem)
def test_no_text_puts_a_year_behind_the_fiscal_year(file):
    assert "((年度))度" not in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("key", sorted(SENT))
def test_legal_basis_is_there_or_its_absence_is_explained(key):
    lines = (TYPES_FOLDER / f"{key}.yaml").read_text(encoding="utf-8").splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("legal_basis:"))
    assert KINDS[key]["legal_basis"] or lines[place - 1].startswith("# ")


@pytest.mark.parametrize("key", sorted(SENT))
def test_letter_is_set_with_the_sample_and_with_hard_values(municipality, department, key):
    version = version_of(key)
    for values in (sample_values(version), sample_values(version, HARD)):
        made = sample_letter(compile_text(version).fill(values), department=department)
        assert made.startswith(b"%PDF-")


def test_enclosed_form_says_what_its_source_says():
    """The PDF is made of the file beside it; whoever changes one makes the other."""
    enclosed = TYPES_FOLDER / "nyuyoji-kenshin-monshin.pdf"
    assert KINDS["nyuyoji-kenshin"]["files"] == [enclosed.name]
    command = ["pdftotext", "-layout", str(enclosed), "-"]
    printed = "".join(subprocess.run(command, capture_output=True, check=True).stdout.decode().split())
    source = enclosed.with_suffix(".typ").read_text(encoding="utf-8")
    # labels stand in brackets, what can be ticked in quotation marks
    words = {
        "".join(word.split()) for word in re.findall(r"\[([^\[\]#□]+)\]|tick\(\"([^\"]+)\"\)", source) for word in word
    }
    assert len(words) > 30
    assert {word for word in words if word not in printed} == set()


def test_character_without_a_glyph_is_told_and_no_letter_made(municipality, department):
    version = version_of("taiken")
    values = sample_values(version) | {"recipient_name": "\U000e01ef\U0010fffd"}
    with pytest.raises(GlyphMissing):
        sample_letter(compile_text(version).fill(values), department=department)


@pytest.mark.parametrize("key", sorted(key for key in SENT if KINDS[key].get("action_kind")))
def test_button_leads_to_a_procedure_of_the_catalogue(key):
    entry = KINDS[key]
    procedure = yaml.safe_load((FOLDER / "procedures" / f"{entry['action_target']}.yaml").read_text(encoding="utf-8"))
    assert procedure["state"] == "published"
    assert (procedure["result_kind"] == "none") is (entry["action_kind"] == "survey")
    hidden = {field["key"] for page in procedure["pages"] for field in page["fields"] if field["type"] == "hidden"}
    assert entry.get("action_values", {}).keys() <= hidden


def test_paper_and_consent_go_together():
    """What replaces a letter goes on paper to who does not open it; what is new never costs postage by itself."""
    posted = {key for key, entry in KINDS.items() if entry["hours_until_paper"] is not None}
    assert {key for key in SENT if KINDS[key]["category"] == "replaces_post"} <= posted
    assert {key for key in SENT if KINDS[key]["consent_required"]} <= posted


def test_city_s_own_rule_stays_when_the_files_are_loaded_again(tmp_path, db):
    from notices.services.catalogue import load_types

    factories.make_department("digital")
    (tmp_path / "taiken.yaml").write_text((TYPES_FOLDER / "taiken.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    load_types(tmp_path)
    NoticeType.objects.update(retention_years=3, name="市の名前")
    file = tmp_path / "taiken.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("allows_reply: true", "allows_reply: false"), encoding="utf-8"
    )
    (change,) = load_types(tmp_path)
    assert (change.fields, set(change.keeps_rules)) == (("allows_reply",), {"name", "retention_years"})
    kind = NoticeType.objects.get()
    assert (kind.name, kind.retention_years, kind.allows_reply) == ("市の名前", 3, False)
    assert "rules of the city kept" in str(load_types(tmp_path)[0])
