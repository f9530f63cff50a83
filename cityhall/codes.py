"""Official Japanese codes and their check digits."""

import re


def _digits(text: str, length: int) -> list[int] | None:
    """The digits of an ASCII number of exactly this length."""
    return [int(digit) for digit in text] if re.fullmatch(rf"[0-9]{{{length}}}", text) else None


def is_municipality_code(text: str) -> bool:
    """全国地方公共団体コード: five digits of JIS X 0401/0402 and a check digit (weights 6 to 2, modulus 11)."""
    return _digits(text, 6) is not None and with_check_digit(text[:5]) == text


def with_check_digit(code: str) -> str:
    """The municipality code of six digits from the five of JIS X 0401/0402. Raises ValueError for anything else."""
    digits = _digits(code, 5)
    if digits is None:
        raise ValueError("five digits are needed")
    total = sum(weight * digit for weight, digit in zip((6, 5, 4, 3, 2), digits, strict=True))
    return f"{code}{(11 - total % 11) % 10}"


def is_corporate_number(text: str) -> bool:
    """法人番号: a check digit (9 minus the weighted sum modulo 9) before twelve digits."""
    digits = _digits(text, 13)
    if digits is None:
        return False
    total = sum(digit * (1 if place % 2 else 2) for place, digit in enumerate(reversed(digits[1:]), start=1))
    return digits[0] == 9 - total % 9


def is_my_number(text: str) -> bool:
    """個人番号: eleven digits and a check digit (総務省令第85号 第5条). Only to recognise and refuse it."""
    digits = _digits(text, 12)
    if digits is None:
        return False
    total = sum(
        digit * (place + 1 if place <= 6 else place - 5) for place, digit in enumerate(reversed(digits[:11]), start=1)
    )
    remainder = total % 11
    return digits[11] == (0 if remainder <= 1 else 11 - remainder)
