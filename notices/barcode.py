"""カスタマバーコード: the four-state bar code of Japan Post, from postal code and address.

Source: 日本郵便「郵便番号・バーコードマニュアル」 (zipmanual p12, p13, p21, p23). The check digit of a sum that is
a multiple of 19 is 0 (a widely used library prints the start mark there).
"""

import re

# bar kinds: 1 long, 2 upper half, 3 lower half, 4 timing
_BARS = {
    **dict(
        zip("0123456789-", ["144", "114", "132", "312", "123", "141", "321", "213", "231", "411", "414"], strict=True)
    ),
    **{f"CC{n}": kinds for n, kinds in enumerate(["324", "342", "234", "432", "243", "423", "441", "111"], start=1)},
}
_VALUES = {**{str(digit): digit for digit in range(10)}, "-": 10, **{f"CC{n}": 10 + n for n in range(1, 9)}}
_SYMBOLS = {value: symbol for symbol, value in _VALUES.items()}
_START, _STOP = "13", "31"
_ADDRESS_LENGTH = 13
_KANJI_DIGITS = {kanji: value for value, kanji in enumerate("〇一二三四五六七八九")}
_COUNTED = re.compile(r"([〇一二三四五六七八九十百千]+)(?=丁目|丁|番地|番|号|地割|線|の|ノ)")
_WIDE = str.maketrans(
    "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ＆／・．",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz&/・.",
)


class NoBarcode(ValueError):
    """The address cannot be put into a bar code (no postal code of seven digits)."""


def _kanji_number(match: re.Match[str]) -> str:
    """二十三 → 23, 一〇 → 10."""
    text = match[1]
    if not any(unit in text for unit in "十百千"):
        return "".join(str(_KANJI_DIGITS[kanji]) for kanji in text)
    total, digit = 0, 0
    for kanji in text:
        unit = {"十": 10, "百": 100, "千": 1000}.get(kanji)
        if unit is None:
            digit = _KANJI_DIGITS[kanji]
        else:
            total += (digit or 1) * unit
            digit = 0
    return str(total + digit)


def address_code(address: str) -> str:
    """The 住所表示番号 of an address **after its town** (番地 and building): 3丁目30-8 郵便ビル403号 → 3-30-8-403.

    Digits and single letters stay, everything between them becomes one hyphen.
    """
    text = _COUNTED.sub(_kanji_number, address.translate(_WIDE).upper())
    text = re.sub(r"[&/・.]", "", text)
    text = re.sub(r"(?<=[0-9])F", "", text)
    text = re.sub(r"[A-Z]{2,}", "-", text)
    text = re.sub(r"[^0-9A-Z]+", "-", text)
    # a hyphen beside a letter says nothing that the letter does not say
    text = re.sub(r"-?([A-Z])-?", r"\1", text)
    return text.strip("-")


def _symbols_of(code: str) -> list[str]:
    symbols: list[str] = []
    for character in code:
        if character in _VALUES:
            symbols.append(character)
            continue
        offset = ord(character) - ord("A")
        symbols += [f"CC{offset // 10 + 1}", str(offset % 10)]
    return symbols


def symbols(postal_code: str, code: str) -> list[str]:
    """The 21 symbols between start and stop, check digit last. Raises NoBarcode."""
    if not re.fullmatch(r"[0-9]{7}", postal_code):
        raise NoBarcode("a postal code of seven digits is needed")
    body = _symbols_of(code)[:_ADDRESS_LENGTH]
    body += ["CC4"] * (_ADDRESS_LENGTH - len(body))
    chosen = [*postal_code, *body]
    check = -sum(_VALUES[symbol] for symbol in chosen) % 19
    return [*chosen, _SYMBOLS[check]]


def bars(postal_code: str, address_after_town: str) -> str:
    """67 bars as digits (1 long, 2 upper, 3 lower, 4 timing). Raises NoBarcode."""
    chosen = symbols(postal_code, address_code(address_after_town))
    return _START + "".join(_BARS[symbol] for symbol in chosen) + _STOP


def printed_code(postal_code: str, address_after_town: str) -> str:
    """What the bars say, for lists and for sorting: postal code and 住所表示番号, without padding and check digit."""
    code = address_code(address_after_town)
    while len(_symbols_of(code)) > _ADDRESS_LENGTH:
        code = code[:-1]
    return postal_code + code
