"""Where files live, named by the digest of what they hold: the same content is kept once, and nothing is overwritten.

A file comes in three steps, so that a refused one leaves nothing behind: `take` counts and hashes it into a temporary
place, somebody looks at it there, `keep` makes it last.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

CHUNK = 256 * 1024


class TooLarge(Exception):
    """More came than the limit allows; what had come is gone again."""


class Missing(Exception):
    """The store does not hold this file (any more)."""


@dataclass(frozen=True)
class Taken:
    """A file in its temporary place. `path` is a local file, whatever the store is."""

    path: Path
    sha256: str
    size: int


class Store(Protocol):
    def take(self, stream: BinaryIO, limit: int) -> Taken: ...
    def keep(self, taken: Taken) -> None: ...
    def drop(self, taken: Taken) -> None: ...
    def fetch(self, sha256: str) -> Path: ...
    def remove(self, sha256: str) -> None: ...


_store: list[Store] = []


def configure(store: Store) -> None:
    """Handed in once by the app."""
    _store[:] = [store]


def store() -> Store:
    if not _store:
        raise RuntimeError("no store was handed in: call workflow.storage.configure first")
    return _store[0]


@contextmanager
def taking(stream: BinaryIO, limit: int) -> Iterator[Taken]:
    """Take a file for as long as the block runs; what was not kept by then is dropped."""
    house = store()
    taken = house.take(stream, limit)
    try:
        yield taken
    finally:
        house.drop(taken)
