"""Making each guess of a short code dear: Argon2id, with the effort of a password."""

from typing import Final

_PASSES: Final = 2
_KIBIBYTES: Final = 19 * 1024


def stretched(spoken: str, salt: str) -> str:
    """Digits are few: each guess costs 30 ms and 19 MiB."""
    # imported here: most processes never need it
    from argon2.low_level import Type, hash_secret_raw

    raw = hash_secret_raw(
        spoken.encode(),
        salt.encode(),
        time_cost=_PASSES,
        memory_cost=_KIBIBYTES,
        parallelism=1,
        hash_len=32,
        type=Type.ID,
    )
    return raw.hex()
