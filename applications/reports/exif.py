"""Where a photo was taken, as the camera wrote it down. Read once, before everything of the kind is taken out."""

import io
from typing import Any

from applications.reports.positions import Position, position

_GPS = 0x8825
_NORTH_SOUTH, _LATITUDE, _EAST_WEST, _LONGITUDE = 1, 2, 3, 4


def photo_position(data: bytes) -> Position | None:
    """The position in a JPEG or WebP, or None. What a stranger wrote there raises nothing."""
    # imported here: processes that take no uploads never need it
    from PIL import Image

    try:
        # no PNG: its reader decodes the whole picture to find nothing, cameras make none
        with Image.open(io.BytesIO(data), formats=("JPEG", "WEBP")) as image:
            return _position(image.getexif().get_ifd(_GPS))
    except (OSError, ValueError, SyntaxError, ArithmeticError, TypeError, KeyError, Image.DecompressionBombError):
        return None


def _position(gps: dict[int, Any]) -> Position | None:
    if _LATITUDE not in gps or _LONGITUDE not in gps:
        return None
    latitude = _degrees(gps[_LATITUDE]) * (-1 if gps.get(_NORTH_SOUTH) == "S" else 1)
    longitude = _degrees(gps[_LONGITUDE]) * (-1 if gps.get(_EAST_WEST) == "W" else 1)
    # phones without a fix write zeros
    return position(latitude, longitude) if (latitude, longitude) != (0, 0) else None


def _degrees(parts: Any) -> float:
    """Degrees, minutes and seconds as one number. Raises ValueError, TypeError or ZeroDivisionError."""
    degrees, minutes, seconds = (float(part) for part in parts)
    return degrees + minutes / 60 + seconds / 3600
