"""The house is built one way: nothing points up. Imports are import-linter's; this walks what it cannot see."""

import re
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[1]
# top to bottom
HOUSE = ["portal", "counter", "applications", "reservations", "notices", "residents", "cityhall"]
FLOOR = {app: number for number, app in enumerate(HOUSE)}
TEMPLATES = [path for app in HOUSE for path in sorted((ROOT / "templates" / app).rglob("*.*"))]
MODULES = [path for app in HOUSE[1:] for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]

URL_TAG = re.compile(r"{%\s*url\s+[\"'](\w+):")
TEMPLATE_TAG = re.compile(r"{%\s*(?:include|extends)\s+[\"'](\w+)/")
URL_NAME = re.compile(r"(?:reverse|reverse_lazy|redirect|resolve_url)\(\s*[\"'](\w+):")
TEMPLATE_NAME = re.compile(r"[\"'](\w+)/[\w/.]+\.(?:html|txt)[\"']")


def points_up(app: str, target: str) -> bool:
    return target in FLOOR and FLOOR[target] < FLOOR[app]


@pytest.mark.parametrize("app", HOUSE)
def test_relations_of_models_go_down(app):
    wrong = [
        f"{field} → {field.related_model._meta.label}"
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model
        if points_up(app, field.related_model._meta.app_label)
    ]
    assert wrong == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_links_and_includes_of_templates_go_down(path):
    app = path.relative_to(ROOT / "templates").parts[0]
    targets = URL_TAG.findall(path.read_text()) + TEMPLATE_TAG.findall(path.read_text())
    assert [target for target in targets if points_up(app, target)] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_addresses_and_templates_named_in_code_go_down(path):
    app = path.relative_to(ROOT).parts[0]
    source = path.read_text()
    targets = URL_NAME.findall(source) + TEMPLATE_NAME.findall(source)
    assert [target for target in targets if points_up(app, target)] == []


def test_every_template_belongs_to_a_floor_or_to_the_frame():
    known = {*HOUSE, "components", "django", "allauth", "account", "mfa", "admin"}
    folders = {path.name for path in (ROOT / "templates").iterdir() if path.is_dir()}
    assert folders <= known
