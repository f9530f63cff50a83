"""The repository keeps its own promises: documents that match the code, templates that compile, no inline code."""

import re
import tomllib
from pathlib import Path

import pytest
from django.core.management import call_command, get_commands
from django.template import engines
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[1]
APPS = ["portal", "counter", "applications", "reservations", "notices", "residents", "cityhall"]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html")) + sorted((ROOT / "templates").rglob("*.txt"))


def requirement_names(text: str) -> list[str]:
    return [line.split("==")[0].split("[")[0].strip().lower() for line in text.splitlines() if "==" in line]


def direct_dependencies() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return [re.split(r"[\[<>=]", item)[0].strip() for item in project["dependencies"]]


@pytest.mark.django_db
def test_migrations_match_the_models():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_template_compiles(path):
    get_template(str(path.relative_to(ROOT / "templates")))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_template_has_no_inline_script_or_style(path):
    source = re.sub(r"{#.*?#}|{% comment.*?endcomment %}", "", path.read_text(), flags=re.DOTALL)
    assert not re.findall(r"<style\b|\sstyle=|\son[a-z]+=\"|javascript:", source)
    assert [tag for tag in re.findall(r"<script\b[^>]*>", source) if "src=" not in tag and "json" not in tag] == []


def test_every_direct_dependency_has_its_sentence():
    documented = re.findall(r"^\| ([\w.-]+) \| .{10,} \|$", (ROOT / "docs/dependencies.md").read_text(), re.MULTILINE)
    assert sorted(name.lower() for name in documented if name != "package") == sorted(
        name.lower() for name in direct_dependencies()
    )


def test_numbers_of_dependencies_are_true():
    text = (ROOT / "docs/dependencies.md").read_text()
    total = len(requirement_names((ROOT / "requirements.txt").read_text()))
    assert f"**{len(direct_dependencies())}** (aim" in text
    assert f"**{total}**" in text
    assert len(direct_dependencies()) <= 40


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-dev.txt", "requirements-node.txt", "cardbridge/requirements.txt"]
)
def test_lock_has_hashes_and_no_address(name):
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert text.count("--hash=sha256:") >= len(requirement_names(text)) > 0


def test_npm_lock_has_no_address():
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_every_setting_from_the_environment_is_documented():
    kinds = "area|boolean|integer|json_object|loopback|position|text|tiles|words"
    names = set()
    for path in (ROOT / "portal/settings").glob("*.py"):
        names |= set(re.findall(rf"env\.(?:{kinds})\(\s*\"([A-Z_0-9]+)\"", path.read_text()))
    documented = set(re.findall(r"^\| `([A-Z_0-9]+)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE))
    assert names == documented


def test_every_command_is_documented():
    ours = {name for name, app in get_commands().items() if app in APPS}
    documented = set(re.findall(r"^## `([a-z_]+)", (ROOT / "docs/commands.md").read_text(), re.MULTILINE))
    assert ours == documented


@pytest.mark.parametrize("app", APPS)
def test_app_has_a_readme(app):
    text = (ROOT / app / "README.md").read_text()
    assert len(text) > 300


def test_mail_templates_have_subject_and_text():
    # base_message is what the others extend
    mails = {path.name.rsplit("_", 1)[0] for path in (ROOT / "templates").rglob("*_message.txt")} - {"base"}
    subjects = {path.name.rsplit("_", 1)[0] for path in (ROOT / "templates").rglob("*_subject.txt")}
    assert mails == subjects


def test_template_settings_are_the_products_own():
    assert str(ROOT / "templates") in [str(folder) for folder in engines["django"].dirs]


def test_browser_tests_are_where_script_test_looks_for_them():
    marked = [
        path for path in (ROOT / "tests").rglob("*.py") if re.search(r"pytest\.mark\.(browser|smoke)", path.read_text())
    ]
    assert {path.relative_to(ROOT / "tests").parts[0] for path in marked} == {"e2e"}
