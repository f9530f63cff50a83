"""Milliseconds for a decision letter: set, signed, and its yardsticks in the same run.

python -m benchmarks.letters
"""

import datetime as dt
import multiprocessing
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LETTERS = 100


@dataclass(frozen=True)
class Row:
    """One measured figure: the median, what it is compared with, and what we aim at."""

    name: str
    milliseconds: float
    aim: float | None = None


def rows() -> list[Row]:
    """Measure; needs configured Django, touches no database and no network."""
    from notices import signing

    with tempfile.TemporaryDirectory() as folder:
        _take_key(Path(folder))
        content = _set(0)
        return [
            Row("letter: set with Typst", _median(_set), aim=10.0),
            Row(
                "letter: sign (key kept, fixed reserve)",
                _median(lambda _n: signing.sign(content, signer_name="緑野市")),
                aim=15.0,
            ),
            Row("yardstick: the same page with WeasyPrint", _median(_weasyprint, count=5)),
            Row("yardstick: sign with pyHanko's stock signer", _median(_stock_signer(content), count=20)),
        ]


@dataclass(frozen=True)
class Rate:
    """Letters a second of several processes together, with what they grew to."""

    per_second: float
    megabytes: int


def rate(way: str, *, count: int, processes: int = 2) -> Rate:
    """Make `count` letters in each of some processes: "set", "signed", or "weasyprint" (with the stock signer)."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes) as pool:
        # each has its fonts and key before anybody's clock runs
        made = pool.map(_make_many, [(way, count)] * processes, chunksize=1)
    return Rate(sum(one.per_second for one in made), max(one.megabytes for one in made))


def _make_many(asked: tuple[str, int]) -> Rate:
    way, count = asked
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")

    import django

    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        _take_key(Path(folder))
        make = _ways()[way]
        make(-1)
        start = time.perf_counter()
        for number in range(count):
            make(number)
        spent = time.perf_counter() - start
    return Rate(count / spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def _ways() -> dict[str, Callable[[int], object]]:
    from notices import signing

    stock = None

    def weasyprint(number: int) -> object:
        nonlocal stock
        content = _weasyprint(number)
        stock = stock or _stock_signer(content)
        return stock(number)

    return {
        "set": _set,
        "signed": lambda number: signing.sign(_set(number), signer_name="緑野市"),
        "weasyprint": weasyprint,
    }


def _take_key(folder: Path) -> None:
    from django.conf import settings

    from notices.demo_ca import make_demo_ca

    settings.SIGNING_KEY_PATH = folder / "city.p12"
    settings.SIGNING_CA_PATH = folder / "ca.pem"
    make_demo_ca(
        key_path=settings.SIGNING_KEY_PATH,
        ca_path=settings.SIGNING_CA_PATH,
        password=settings.SIGNING_KEY_PASSWORD,
        city_name="緑野市",
        now=dt.datetime.now(dt.UTC),
    )


def _median(action: Callable[[int], object], *, count: int = LETTERS) -> float:
    action(-1)
    taken = []
    for number in range(count):
        start = time.process_time()
        action(number)
        taken.append((time.process_time() - start) * 1000)
    return statistics.median(taken)


def _set(number: int) -> bytes:
    """A letter without a database: made of unsaved rows, each with another name."""
    from cityhall.models import Department, Municipality
    from notices.models import Notice
    from notices.typesetting.letters import decision_letter
    from residents.models import Resident

    city = Municipality(
        name="緑野市", mayor_title="緑野市長", mayor_name="青木 陽一郎", document_symbol="緑", phone="042-000-0000"
    )
    person = Resident(pk=1, full_name=f"高橋 さくら{number}")
    notice = Notice(
        number="12345678901",
        document_number="緑第1234-5678-901号",
        department=Department(name="子育て支援課", place="本庁舎1階 3番窓口"),
        recipient=person,
        subject=person,
        recipient_name=person.full_name,
        recipient_postal_code="1000013",
        recipient_address="東京都緑野市緑町三丁目30番地8",
        recipient_building="郵便ビル403号",
        title="児童手当 認定通知書",
        body="令和8年11月2日に請求のありました児童手当について、次のとおり認定しましたので通知します。\n\n" * 3,
        particulars=[{"label": "受付番号", "text": "1234-5678-901"}, {"label": "支給月額", "text": "15,000円"}],
        appeal_text="この処分に不服があるときは、3か月以内に、緑野市長に対して審査請求をすることができます。\n\n" * 2,
        issued_on=dt.date(2026, 11, 21),
        created_at=dt.datetime(2026, 11, 21, tzinfo=dt.UTC),
    )
    return decision_letter(notice, city=city)


def _weasyprint(number: int) -> bytes:
    from weasyprint import HTML

    page = (
        "<style>@page{size:A4;margin:20mm}body{font-family:'BIZ UDMincho'}td{border:1px solid}</style>"
        f"<p>高橋 さくら{number} 様</p><h1>児童手当 認定通知書</h1>"
        + "<p>令和8年11月2日に請求のありました児童手当について、次のとおり認定しましたので通知します。</p>" * 3
        + "<table><tr><td>受付番号<td>1234-5678-901<tr><td>支給月額<td>15,000円</table>"
        + "<p>この処分に不服があるときは、3か月以内に、緑野市長に対して審査請求をすることができます。</p>" * 2
    )
    return bytes(HTML(string=page).write_pdf(pdf_variant="pdf/a-3u"))


def _stock_signer(content: bytes) -> Callable[[int], object]:
    import io

    from django.conf import settings
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers

    passphrase = settings.SIGNING_KEY_PASSWORD.encode() or None
    signer = signers.SimpleSigner.load_pkcs12(str(settings.SIGNING_KEY_PATH), passphrase=passphrase)
    metadata = signers.PdfSignatureMetadata(field_name="Stock", md_algorithm="sha256")

    def sign(_number: int) -> object:
        return signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(content)), metadata, signer=signer)

    return sign


if __name__ == "__main__":
    import django

    django.setup()
    for row in rows():
        aim = f"  (aim < {row.aim:.0f})" if row.aim else ""
        print(f"{row.name:<50} {row.milliseconds:8.1f} ms{aim}")
