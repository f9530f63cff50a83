"""What an installation needs to work, looked at from inside: each line says what to do when it is not so."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cityhall import fonts
from cityhall.db import is_postgresql
from cityhall.models import Municipality
from cityhall.services.files import files_without_verdict
from notices.signing import certificate


@dataclass(frozen=True)
class Finding:
    """One line of the list; `advice` says what to do when it is not fine."""

    label: str | Promise
    is_fine: bool
    advice: str | Promise


def findings() -> list[Finding]:
    """Every check in order. None of them leaves this machine."""
    return [check() for check in _CHECKS]


def unapplied_migrations() -> list[str]:
    """Names of migrations the program brings and the database does not have."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


_CHECKS: list[Callable[[], Finding]] = []


def _check(label: str | Promise, advice: str | Promise) -> Callable[[Callable[[], bool]], Callable[[], Finding]]:
    def decorate(is_fine: Callable[[], bool]) -> Callable[[], Finding]:
        @wraps(is_fine)
        def find() -> Finding:
            return Finding(label=label, is_fine=is_fine(), advice=advice)

        _CHECKS.append(find)
        return find

    return decorate


@_check(_("市の基本情報"), _("管理画面で市の名称・所在地・首長名を登録してください。"))
def _city_is_set_up() -> bool:
    return Municipality.objects.exists()


@_check(_("データベース"), _("本番では PostgreSQL を使ってください（DATABASE_URL）。"))
def _database_is_for_production() -> bool:
    return is_postgresql() or settings.DEMO


@_check(_("データベースの移行"), _("manage.py migrate を実行してください。"))
def _database_is_migrated() -> bool:
    return not unapplied_migrations()


@_check(_("通知書の署名鍵"), _("SIGNING_KEY_PATH に市の証明書を置いてください。署名できるまで通知書は公開されません。"))
def _signing_key_is_there() -> bool:
    return certificate.valid_until() is not None


@_check(_("署名証明書の期限"), _("認証局に新しい証明書の発行を申し込み、期限までに入れ替えてください。"))
def _certificate_lasts() -> bool:
    return not certificate.ends_soon()


@_check(_("ファイルの保存先"), _("VAR_DIR に書き込めるようにしてください。"))
def _files_can_be_written() -> bool:
    return os.access(settings.VAR_DIR, os.W_OK)


@_check(_("通知書のフォント"), _("フォントを入れてください（script/setup が示すパッケージ）。"))
def _fonts_are_there() -> bool:
    installed = fonts.font_files()
    return all(family in installed for families in fonts.FAMILIES.values() for family in families)


@_check(_("ウイルス検査"), _("CLAMAV_SOCKET に検査プログラムを設定してください。"))
def _scanner_is_configured() -> bool:
    return bool(settings.CLAMAV_SOCKET)


@_check(
    _("添付ファイルの検査"), _("何度検査しても結果の出ないファイルがあります。検査プログラムの記録を確認してください。")
)
def _files_get_their_verdict() -> bool:
    return not files_without_verdict()


@_check(_("暗号化された通信"), _("SITE_URL を https:// にして、本番用の設定で起動してください。"))
def _site_is_encrypted() -> bool:
    return bool(settings.SITE_URL.startswith("https://") and settings.SESSION_COOKIE_SECURE)


@_check(_("体験版の停止"), _("体験用の設定で動いています。実際の住民の情報を入れないでください。"))
def _demo_is_off() -> bool:
    return not settings.DEMO


@_check(_("裏側の処理"), _("ワーカー（manage.py worker）を起動してください。"))
def _worker_is_alive() -> bool:
    # the package looks at its settings when imported
    from django_q.status import Stat

    return bool(Stat.get_all())
