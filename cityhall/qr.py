"""QR codes (zxing-cpp: ten times faster than the pure Python libraries)."""

import io
import re
from typing import Any

from django.utils.safestring import SafeString, mark_safe


def qr_svg(text: str) -> str:
    """A QR code as SVG with its quiet zone, error correction M."""
    return str(_code(text).to_svg(add_quiet_zones=True))


def qr_inline(text: str) -> SafeString:
    """The same to stand inside a page: it grows to any size, and says nothing (the text beside it does)."""
    svg = qr_svg(text)
    drawing = svg[svg.index("<svg") :]
    side = re.search(r'width="(\d+)"', drawing)
    size = side[1] if side else "33"
    head = f'<svg viewBox="0 0 {size} {size}" role="img" aria-label="QR" shape-rendering="crispEdges" '
    drawing = drawing[len("<svg ") :].replace("<desc>Zint Generated Symbol</desc>", "").replace(' id="barcode"', "")
    return mark_safe(head + drawing)  # noqa: S308 - drawn here, holds no text


def qr_png(text: str, *, module_pixels: int = 16) -> bytes:
    """A QR code as PNG for print: at 16 pixels a module, a code of 29 modules is 4 cm wide at 300 dpi."""
    from PIL import Image

    image = Image.fromarray(_code(text).to_image(scale=module_pixels, add_quiet_zones=True))
    content = io.BytesIO()
    image.save(content, format="PNG", dpi=(300, 300))
    return content.getvalue()


def _code(text: str) -> Any:
    # a native library that only pages with a code need
    import zxingcpp

    return zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
