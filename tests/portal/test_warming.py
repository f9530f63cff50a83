"""What a web process reads before its first request, and that it starts without a database too."""

import pytest
from django.db import OperationalError, connection
from django.template import engines

from applications.definition import stored
from cityhall import fonts
from notices.typesetting import compiler
from portal import warming
from tests.applications import casekit


def test_templates_of_the_desk_are_compiled():
    engine = engines.all()[0].engine
    [loader] = [one for one in engine.template_loaders if hasattr(one, "get_template_cache")]
    loader.reset()
    warming.read_templates()
    known = " ".join(map(str, loader.get_template_cache))
    assert all(f"counter/desk/{name}.html" in known for name in ("identify", "procedures", "fill", "sign"))


def test_broken_template_keeps_nobody_from_the_other_pages(settings, tmp_path, caplog):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "one.html").write_text("{% nothing_of_the_kind %}")
    settings.BASE_DIR = tmp_path
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path / "templates"]}]
    warming.read_templates()
    assert "a template is broken: one.html" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_published_forms_are_read_and_no_connection_stays(department):
    procedure = casekit.make_procedure(department)
    stored._form_of.cache_clear()
    warming.read_forms()
    assert (stored._form_of.cache_info().currsize, connection.connection) == (1, None)
    stored.form_of(procedure.current_version)
    assert stored._form_of.cache_info().hits == 1


@pytest.mark.django_db
def test_process_starts_while_the_database_is_down(monkeypatch, caplog):
    def refuse(*_args, **_kwargs):
        raise OperationalError("the server is not there")

    monkeypatch.setattr(connection, "cursor", refuse)
    monkeypatch.setattr(connection, "chunked_cursor", refuse)
    monkeypatch.setattr(connection, "close", lambda: None)
    warming.read_forms()
    assert "the database does not answer" in caplog.text


def test_fonts_of_letters_are_read_once():
    warming.read_letter_fonts()
    before = (fonts._coverage.cache_info().misses, compiler._fonts.cache_info().misses)
    fonts.plan("緑野市 高橋", style="mincho")
    fonts.plan("緑野市 高橋", style="gothic")
    compiler.read_fonts()
    assert (fonts._coverage.cache_info().misses, compiler._fonts.cache_info().misses) == before
