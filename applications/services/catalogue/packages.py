"""What another city sent: one YAML file, or a ZIP of them. Nothing in it is believed, not even its sizes."""

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.services.catalogue.reading import GUIDES, LIFE_EVENTS, CatalogueFiles
from applications.services.catalogue.yaml_files import MAX_BYTES
from cityhall.errors import DomainError

MAX_PACKAGE_BYTES = 5_000_000
MAX_FILES = 500
MAX_TOTAL_BYTES = 5_000_000
"""Of all YAML of a package together: reading it takes a thousand times as long as unpacking it."""
_MAX_RATIO = 200
"""Texts of forms shrink to a tenth; what shrinks to less than this was made to fill the disk."""
_SMALL = 20_000
"""A short file may well be nothing but blanks."""
_MOST_PARTS = 3
_SHOWN = 100
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_SUFFIXES = (".yaml", ".yml")
_FOREIGN: tuple[tuple[bytes, Promise], ...] = (
    (b"%PDF", gettext_lazy("PDF")),
    (b"\xff\xd8\xff", gettext_lazy("画像")),
    (b"\x89PNG", gettext_lazy("画像")),
    (b"\xd0\xcf\x11\xe0", gettext_lazy("WordかExcel")),
)
"""How files begin that people choose by mistake, and what they are."""
_OFFICE = "[Content_Types].xml"
_LITTER = frozenset({"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"})
"""What desktops leave in a ZIP by themselves."""


class PackageRefused(DomainError):
    """The file as a whole is not taken; the message names it, or the file inside it."""

    code = "package_refused"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{_shown(name)}: {reason}")


class NoPackage(PackageRefused):
    """Somebody chose another file by mistake."""

    code = "no_package"

    def __init__(self, name: str, kind: object) -> None:
        super().__init__(
            name,
            _("%(kind)sです。「手続の書き出し」で作った .yaml か .zip を選んでください。何も変更していません。")
            % {"kind": kind},
        )


def read_package(name: str, data: bytes) -> CatalogueFiles:
    """The catalogue files of an upload, still unread. Raises PackageRefused."""
    if not data.strip():
        raise NoPackage(name, _("空のファイル"))
    if len(data) > MAX_PACKAGE_BYTES:
        raise PackageRefused(name, _("ファイルが大きすぎます。"))
    if not data.startswith(b"PK"):
        _refuse_foreign(name, data)
        return CatalogueFiles({PurePosixPath(name).name: data}, is_single=True)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read_archive(name, archive)
    # the last four: sizes and offsets that lie, passwords, methods we do not know
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError):
        raise PackageRefused(name, _("ZIPファイルが壊れているか、読み取れない形式です。")) from None


def _refuse_foreign(name: str, data: bytes) -> None:
    """Raises NoPackage for what is no file of a procedure at all. Its mistakes are found when it is read."""
    for beginning, kind in _FOREIGN:
        if data.startswith(beginning):
            raise NoPackage(name, _("%(kind)sのファイル") % {"kind": kind})
    if not name.lower().endswith(_SUFFIXES):
        suffix = PurePosixPath(name).suffix.removeprefix(".").upper()
        raise NoPackage(name, _("%(kind)sのファイル") % {"kind": suffix} if suffix else _("種類のわからないファイル"))


def _read_archive(name: str, archive: zipfile.ZipFile) -> CatalogueFiles:
    names = archive.namelist()
    if _OFFICE in names:
        raise NoPackage(name, _("WordかExcelなどのファイル"))
    if not any(one.lower().endswith(_SUFFIXES) for one in names):
        raise NoPackage(name, _("手続のファイル（.yaml）が入っていないZIPファイル"))
    infos = list(_wanted(name, archive.infolist()))
    if sum(info.file_size for info in infos) > MAX_TOTAL_BYTES:
        raise PackageRefused(name, _("中のファイルの合計が大きすぎます。"))
    found: dict[str, bytes] = {}
    guides: dict[str, bytes] = {}
    for info in infos:
        path = PurePosixPath(info.filename)
        files = guides if path.parent.name == GUIDES else found
        if path.name in files:
            raise PackageRefused(info.filename, _("同じ名前のファイルが二つあります。"))
        files[path.name] = _content(archive, info)
    life_events = found.pop(LIFE_EVENTS, None)
    if not found and not guides:
        raise PackageRefused(name, _("手続のファイル（.yaml）が入っていません。"))
    return CatalogueFiles(dict(sorted(found.items())), life_events, guides=dict(sorted(guides.items())))


def _wanted(name: str, infos: list[zipfile.ZipInfo]) -> Iterator[zipfile.ZipInfo]:
    """The YAML files, wherever a clerk's desktop put them. Raises PackageRefused for what nobody packs by mistake."""
    if len(infos) > MAX_FILES:
        raise PackageRefused(name, _("中のファイルが多すぎます（%(most)s個まで）。") % {"most": MAX_FILES})
    for info in infos:
        _check_name(info.filename)
        if stat.S_ISLNK(info.external_attr >> 16):
            raise PackageRefused(info.filename, _("リンクは使えません。"))
        if info.is_dir() or _LITTER & set(PurePosixPath(info.filename).parts):
            continue
        if not info.filename.endswith(_SUFFIXES):
            raise PackageRefused(info.filename, _("手続のファイル（.yaml）ではありません。ZIPから除いてください。"))
        _check_size(info)
        yield info


def _check_name(name: str) -> None:
    """Nothing is written under these names; a name that climbs out of its folder still tells of ill will."""
    parts = name.rstrip("/").split("/")
    if len(parts) > _MOST_PARTS or any(
        part in ("", ".", "..") or not part.isprintable() or "\\" in part or ":" in part for part in parts
    ):
        raise PackageRefused(name, _("ファイルの名前が正しくありません。"))


def _check_size(info: zipfile.ZipInfo) -> None:
    if info.compress_type not in _METHODS or info.flag_bits & 1:
        raise PackageRefused(info.filename, _("暗号化されているか、読み取れない圧縮形式です。"))
    if info.file_size > MAX_BYTES:
        raise PackageRefused(info.filename, _("ファイルが大きすぎます。"))
    if info.file_size > _SMALL and info.file_size > _MAX_RATIO * max(info.compress_size, 1):
        raise PackageRefused(info.filename, _("圧縮のしかたが異常です。"))


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as file:
        # never more than allowed, whatever size the entry claims
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise PackageRefused(info.filename, _("ファイルが大きすぎます。"))
    return data


def _shown(name: str) -> str:
    """A name from outside as it may stand in a sentence."""
    clean = "".join(character if character.isprintable() else "?" for character in name)
    return clean if len(clean) <= _SHOWN else f"{clean[:_SHOWN]}…"
