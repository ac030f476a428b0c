"""Passwords: what makes a good one, and argon2 around it. Hashing takes its time: never do it inside a transaction."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from workflow.domain.errors import InvalidInput, Reason
from workflow.domain.words import Words

SHORTEST = 8
LONG_ENOUGH = 15
LONGEST = 128
KEPT = 5
"""How many former passwords may not be used again."""

RULE = Words("至少 8 位，大写字母、小写字母、数字、符号四种里有三种；或者 15 位以上的一句话。不能含用户名")

_CLASSES = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")
_LOOKALIKES = str.maketrans("@$0135!", "asoless")
_RUNS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb")


@dataclass(frozen=True)
class Cost:
    """Of one hash. The default is RFC 9106's second recommendation."""

    time: int = 3
    memory_kib: int = 65536
    lanes: int = 4


CHEAP = Cost(time=1, memory_kib=8, lanes=1)
"""For tests, and for the random passwords of the demonstration, which nobody knows and nobody could guess."""

_hashers: list[PasswordHasher] = []


def configure(cost: Cost) -> None:
    _hashers[:] = [PasswordHasher(time_cost=cost.time, memory_cost=cost.memory_kib, parallelism=cost.lanes)]
    _dummy.cache_clear()


def _hasher() -> PasswordHasher:
    if not _hashers:
        configure(Cost())
    return _hashers[0]


def hashed(password: str) -> str:
    return _hasher().hash(password)


def fits(password: str, password_hash: str | None) -> bool:
    """Takes the same time when there is no hash to compare with."""
    try:
        return _hasher().verify(password_hash or _dummy(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def renewed(password: str, password_hash: str | None) -> str | None:
    """A new hash, where the old one was made at another cost."""
    return hashed(password) if password_hash and _hasher().check_needs_rehash(password_hash) else None


@cache
def _dummy() -> str:
    return _hasher().hash("nobody's password")


# --- which ones are good enough


def require_good(password: str, names: Iterable[str | None], former: Sequence[str] = ()) -> None:
    """Raises InvalidInput with every fault; `names` are what the account signs in with."""
    faults = list(_faults(password, [name for name in names if name]))
    if not faults and any(fits(password, one) for one in former):
        faults.append(Words("最近 %(n)s 次用过的口令不能再用，请换一个", n=KEPT))
    if faults:
        raise InvalidInput([Reason(words, "password") for words in faults])


def _faults(password: str, names: Sequence[str]) -> Iterable[Words]:
    if len(password) < SHORTEST:
        yield Words("口令至少 %(n)s 位", n=SHORTEST)
        return
    if len(password) > LONGEST:
        yield Words("口令最长 %(n)s 位", n=LONGEST)
        return
    if len(password) < LONG_ENOUGH and sum(bool(re.search(kind, password)) for kind in _CLASSES) < 3:
        yield Words("大写字母、小写字母、数字、符号，四种里至少用三种；或者用 15 位以上的一句话")
    if any(_contains(password, name) for name in names):
        yield Words("口令里不能有用户名、手机号或邮箱")
    elif is_common(password):
        yield Words("这个口令太常见，一猜就中，请换一个")


def _contains(password: str, name: str) -> bool:
    told = name.partition("@")[0].lower()
    return len(told) >= 3 and told in password.lower()


def is_common(password: str) -> bool:
    """A well-known word with digits or signs around it, one character over and over, or keys in a row."""
    lower = password.lower()
    if len(set(lower)) <= 3:
        return True
    bare = {re.sub(r"^[^a-z]+|[^a-z]+$", "", text) for text in (lower, lower.translate(_LOOKALIKES))}
    if len(password) < LONG_ENOUGH and bare & _common_words():
        return True
    return lower.isascii() and _is_run(re.sub(r"[^a-z0-9]", "", lower))


def _is_run(text: str) -> bool:
    """Nothing but pieces of keyboard or alphabet rows, of at least three keys each."""
    rows = [piece for row in _RUNS for piece in (row, row[::-1])]
    if not text:
        return False
    while text:
        longest = max((_common_start(text, row) for row in rows), default=0)
        if longest < 3:
            return False
        text = text[longest:]
    return True


def _common_start(text: str, row: str) -> int:
    return next((size for size in range(min(len(text), len(row)), 2, -1) if text[:size] in row), 0)


@cache
def _common_words() -> frozenset[str]:
    text = (Path(__file__).parent / "data" / "common_passwords.txt").read_text(encoding="ascii")
    return frozenset(text.split())
