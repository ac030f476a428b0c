"""Field encryption, blind indexes, keyed digests. The keys are handed in once by the app and never stored here.

A sealed value is bound to its place (table, row, column): moved elsewhere it does not open. Values of a person are
sealed under that person's own key, which is kept wrapped by a master key, so that destroying one row's key erases them.
"""

import hashlib
import hmac
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
_KEY_ID = 8
_BY_MASTER, _BY_DATA_KEY = b"\x01", b"\x02"
PERSON_KEY = "person"
"""The `key_id` of a value sealed under its person's own key."""


class Unreadable(Exception):
    """The value was destroyed, tampered with, moved, or its key is not among those given."""


class Place(NamedTuple):
    table: str
    row: str
    column: str

    def bound(self) -> bytes:
        return "|".join(self).encode()


@dataclass(frozen=True, repr=False)
class Keyring:
    """Key id -> key, newest first: old ones still open, only the first seals. `audit` signs the chains of events."""

    field: Mapping[str, bytes]
    index: Mapping[str, bytes]
    audit: bytes

    @classmethod
    def of(cls, field: str, index: str, audit: str) -> "Keyring":
        """From settings: each a secret of any length; several, newest first, separated by commas."""
        return cls(_named(field, b"field"), _named(index, b"index"), _derived(audit, b"audit"))


def _named(secrets: str, purpose: bytes) -> dict[str, bytes]:
    keys = [_derived(secret.strip(), purpose) for secret in secrets.split(",")]
    return {hashlib.sha256(b"id|" + key).hexdigest()[:_KEY_ID]: key for key in keys}


def _derived(secret: str, purpose: bytes) -> bytes:
    return hmac.digest(secret.encode(), b"talent|" + purpose, "sha256")


_held: list[Keyring] = []


def configure(keyring: Keyring) -> None:
    _held[:] = [keyring]


def _keys() -> Keyring:
    if not _held:
        raise RuntimeError("no keys were handed in: call models.secrets.configure first")
    return _held[0]


# --- sealing


def seal(text: str, place: Place, data_key: bytes | None = None) -> bytes:
    nonce = os.urandom(_NONCE)
    if data_key is not None:
        return _BY_DATA_KEY + nonce + AESGCM(data_key).encrypt(nonce, text.encode(), place.bound())
    key_id, key = next(iter(_keys().field.items()))
    return _BY_MASTER + key_id.encode() + nonce + AESGCM(key).encrypt(nonce, text.encode(), place.bound())


def unseal(sealed: bytes | None, place: Place, data_key: bytes | None = None) -> str:
    if not sealed:
        raise Unreadable("destroyed")
    key, rest = _key_of(sealed, data_key)
    try:
        return AESGCM(key).decrypt(rest[:_NONCE], rest[_NONCE:], place.bound()).decode()
    except InvalidTag:
        raise Unreadable(f"{place.table}.{place.column} of {place.row} does not open") from None


def _key_of(sealed: bytes, data_key: bytes | None) -> tuple[bytes, bytes]:
    if sealed[:1] == _BY_DATA_KEY:
        if data_key is None:
            raise Unreadable("sealed under a person's key, and none was given")
        return data_key, sealed[1:]
    key_id = key_id_of(sealed)
    if key_id not in _keys().field:
        raise Unreadable(f"sealed under key {key_id}, which is not among those given")
    return _keys().field[key_id], sealed[1 + _KEY_ID :]


def key_id_of(sealed: bytes) -> str:
    return PERSON_KEY if sealed[:1] == _BY_DATA_KEY else sealed[1 : 1 + _KEY_ID].decode("ascii", "replace")


def _wrapping(person_ref: str) -> Place:
    return Place("person", person_ref, "wrapped_key")


def new_person_key(person_ref: str) -> bytes:
    """A fresh data key, wrapped by the newest master key."""
    return seal(os.urandom(32).hex(), _wrapping(person_ref))


def person_key(wrapped: bytes | None, person_ref: str) -> bytes:
    return bytes.fromhex(unseal(wrapped, _wrapping(person_ref)))


def rewrapped(wrapped: bytes, person_ref: str) -> bytes:
    """The same data key under the newest master key: rotation touches one small value per person."""
    return seal(unseal(wrapped, _wrapping(person_ref)), _wrapping(person_ref))


# --- finding and recognizing


def blind(kind: str, value: str) -> tuple[str, str]:
    """(key id, index) under the newest key. `value` must be normalised; `kind` keeps equal texts of two kinds apart."""
    return next(every_blind(kind, value))


def every_blind(kind: str, value: str) -> Iterator[tuple[str, str]]:
    """One per live key: what to look for while an old index key is still in use."""
    for key_id, key in _keys().index.items():
        yield key_id, hmac.new(key, f"{kind}|{value}".encode(), hashlib.sha256).hexdigest()


def digest(purpose: str, text: str) -> str:
    """Recognizes a text without keeping it: codes, tokens, what was typed at the door, words that an event stands for.

    Under the key that never changes, so that what an event proves outlives new keys of the others.
    """
    return hmac.new(_keys().audit, f"digest|{purpose}|{text}".encode(), hashlib.sha256).hexdigest()


def chain_mac(before: str | None, row: bytes) -> str:
    return hmac.new(_keys().audit, f"{before or ''}|".encode() + row, hashlib.sha256).hexdigest()
