import importlib
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend
from django.core.management import CommandError, call_command
from django.urls import NoReverseMatch, clear_url_caches, reverse

import portal.page_urls
import portal.urls
from portal import demo_mail

ROOT = Path(__file__).resolve().parents[2]


def reload_urls() -> None:
    importlib.reload(portal.page_urls)
    importlib.reload(portal.urls)
    clear_url_caches()


@pytest.fixture
def demo(settings, db, tmp_path):
    settings.DEMO = True
    settings.EMAIL_FILE_PATH = tmp_path
    reload_urls()
    yield tmp_path
    settings.DEMO = False
    reload_urls()


def write_mail(folder: Path, subject: str, body: str) -> None:
    backend = EmailBackend(file_path=str(folder))
    backend.send_messages([EmailMessage(subject, body, "from@example.jp", ["hanako@example.jp"])])


def test_demo_pages_do_not_exist_elsewhere(client, db):
    for path in ("/demo/", "/demo/mail/", "/style/", "/demo/sign-in/"):
        assert client.get(path).status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("portal:demo_accounts")


def test_demo_page_lists_everybody_by_role(client, demo, resident, handler, administrator):
    page = client.get("/demo/").content.decode()
    for words in ("高橋 さくら", "審査 三郎", "審査担当・子育て支援課", "管理者"):
        assert words in page


@pytest.mark.parametrize(("who", "page"), [("resident", "/my/"), ("handler", "/staff/"), ("administrator", "/admin/")])
def test_one_click_signs_in_fully(client, demo, request, who, page):
    person = request.getfixturevalue(who)
    user = getattr(person, "user", person)
    client.post("/demo/sign-in/", {"username": user.username})
    assert client.get(page).status_code == 200


def test_one_click_is_a_post_with_a_known_name(client, demo, resident):
    assert client.get("/demo/sign-in/").status_code == 405
    assert client.post("/demo/sign-in/", {"username": "nobody"}).status_code == 404


def test_views_are_locked_even_if_the_addresses_existed(client, demo, settings):
    settings.DEMO = False
    assert client.get("/demo/").status_code == 404


def test_mail_page_shows_newest_first_with_code_and_safe_links(client, demo):
    write_mail(demo, "最初", "本文\n<script>alert(1)</script>\n")
    os.utime(next(demo.glob("*.log")), (1, 1))
    write_mail(demo, "コードのお知らせ", "次のコードを入力してください。\n\nABC-DEF\n\nhttps://example.jp/x\n")
    page = client.get("/demo/mail/").content.decode()
    assert page.index("コードのお知らせ") < page.index("最初")
    assert '<strong class="demo-mail__code">ABC-DEF</strong>' in page
    assert '<a href="https://example.jp/x" rel="nofollow">' in page
    assert "<script>alert(1)" not in page


def test_several_mails_in_one_file_are_read_apart(tmp_path):
    backend = EmailBackend(file_path=str(tmp_path))
    mails = [EmailMessage(f"件名{number}", f"本文{number}", "a@example.jp", ["b@example.jp"]) for number in (1, 2)]
    backend.send_messages(mails)
    assert [(mail.subject, str(mail.body).strip()) for mail in demo_mail.newest_mails(tmp_path)] == [
        ("件名2", "本文2"),
        ("件名1", "本文1"),
    ]


def test_absent_folder_and_foreign_files_are_no_error(tmp_path):
    (tmp_path / "broken.log").write_bytes(b"\xff\x00not a mail")
    assert demo_mail.newest_mails(tmp_path / "absent") == []
    assert [mail.subject for mail in demo_mail.newest_mails(tmp_path)] == [""]


PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "portal.settings.production",
    "SECRET_KEY": secrets.token_urlsafe(60),
    "AUDIT_KEY": secrets.token_urlsafe(48),
    "OUTBOX_KEY": secrets.token_urlsafe(48),
    "LINK_KEY": secrets.token_urlsafe(48),
    "CLAMAV_SOCKET": "/run/clamav/clamd.ctl",
    "SITE_URL": "https://front.city.example.jp",
    "ALLOWED_HOSTS": "front.city.example.jp",
    "DATABASE_URL": "postgres://nobody:nothing@127.0.0.1:1/none",
}


def start(code: str, tmp_path: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), **PRODUCTION, **changes}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


DEPLOY_CHECK = (
    "import django; django.setup(); from django.core.management import call_command; "
    "call_command('check', deploy=True, fail_level='WARNING')"
)


def test_check_deploy_is_clean_in_production(tmp_path):
    for folder in ("static", "vendor"):
        (tmp_path / folder).mkdir()
    result = start(DEPLOY_CHECK, tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert "System check identified no issues (0 silenced)." in result.stdout


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"DEMO": "True"}, "DEMO must not be set"),
        ({"SITE_URL": "http://front.city.example.jp"}, "SITE_URL must begin with https://"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name the hosts"),
    ],
)
def test_production_refuses_to_start_as_a_demo_or_unsafely(tmp_path, changes, words):
    result = start("import django; django.setup()", tmp_path, **changes)
    assert result.returncode != 0
    assert words in result.stderr


def test_demo_settings_with_production_cookies_refuse_to_start(tmp_path):
    code = "import portal.settings.demo as s; s.SESSION_COOKIE_SECURE = True; import django; django.setup()"
    result = start(code, tmp_path, DJANGO_SETTINGS_MODULE="portal.settings.demo")
    assert result.returncode != 0
    assert "DEMO opens every account with one click" in result.stderr


def test_this_run_is_no_demo():
    assert django_settings.DEMO is False


def test_nobody_waits_for_a_web_server_that_is_gone(settings):
    settings.DEMO = True
    settings.SITE_URL = "http://127.0.0.1:9"
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with pytest.raises(CommandError, match="stopped by itself"):
        call_command("demo_welcome", pid=gone.pid, seconds=60)
    with pytest.raises(CommandError, match="within 0 s"):
        call_command("demo_welcome", pid=os.getpid(), seconds=0)
