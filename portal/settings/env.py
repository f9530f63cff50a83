"""Strict readers of the environment: a wrong value stops the start, with the name of the variable.

Every reader also takes NAME_FILE (a file that holds the value), so that secrets can be mounted.
"""

import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def load_env_file(path: Path) -> None:
    """Put NAME=value lines of a file into the environment; what is set there already stays."""
    if not path.exists():
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        name, separator, value = stripped.partition("=")
        if not separator:
            raise ImproperlyConfigured(f"{path.name}:{number}: expected NAME=value")
        os.environ.setdefault(name.strip(), value.strip())


def text(name: str, default: str | None = None) -> str:
    """Value of NAME or the content of the file NAME_FILE; without a default it must be there."""
    file_name = os.environ.get(f"{name}_FILE")
    if file_name:
        try:
            return Path(file_name).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}") from error
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set")
    return value


def boolean(name: str, default: bool) -> bool:
    """True or False, written just so."""
    value = text(name, str(default))
    if value not in ("True", "False"):
        raise ImproperlyConfigured(f"{name} must be True or False")
    return value == "True"


def integer(name: str, default: int) -> int:
    """A whole number."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number") from error


def json_object(name: str) -> dict[str, Any]:
    """An object in JSON; empty when it is not set."""
    try:
        value = json.loads(text(name, "{}"))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be an object in JSON") from error
    if not isinstance(value, dict):
        raise ImproperlyConfigured(f"{name} must be an object in JSON")
    return value


def tiles(name: str) -> tuple[str, list[str]]:
    """Address of map tiles with {z}, {x} and {y}, and the origins pages may load pictures from; empty for none."""
    value = text(name, "")
    if not value:
        return "", []
    address = urlsplit(value)
    is_safe = address.scheme in ("http", "https") and not re.search(r"[\s;,'\"{}*]", address.netloc)
    if not (is_safe and address.netloc and all(part in address.path + address.query for part in ("{z}", "{x}", "{y}"))):
        raise ImproperlyConfigured(f"{name} must be an address with {{z}}, {{x}} and {{y}}")
    return value, [f"{address.scheme}://{address.netloc}"]


def loopback(name: str) -> str:
    """An origin on the computer of whoever looks at the page, `http://127.0.0.1:PORT`; empty for none."""
    value = text(name, "").rstrip("/")
    match = re.fullmatch(r"http://127\.0\.0\.1:([0-9]{4,5})", value)
    if value and not (match and 1024 <= int(match[1]) <= 65535):
        raise ImproperlyConfigured(f"{name} must be http://127.0.0.1:PORT")
    return value


def position(name: str, default: str) -> str:
    """Latitude and longitude with a comma between them."""
    value = text(name, default)
    try:
        latitude, longitude = map(float, value.split(","))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be latitude,longitude") from error
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise ImproperlyConfigured(f"{name} must be latitude,longitude")
    return value


def area(name: str) -> tuple[float, float, float, float] | None:
    """South, west, north and east in degrees with commas between them; None for no border."""
    value = text(name, "")
    if not value:
        return None
    try:
        south, west, north, east = map(float, value.split(","))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be south,west,north,east") from error
    if not (-90 <= south < north <= 90 and -180 <= west < east <= 180):
        raise ImproperlyConfigured(f"{name} must be south,west,north,east")
    return south, west, north, east


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas; blanks around the items are dropped."""
    return [item.strip() for item in text(name, default).split(",") if item.strip()]
