"""MP4 recordings: the boxes are read, never the film. What says who, where and with what is blanked in place."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_KNOWN = frozenset(b"ftyp moov mdat free skip wide udta meta uuid moof mfra sidx styp pdin emsg prft".split())
_INSIDE = frozenset((b"moov", b"trak", b"mdia", b"minf"))
_TELLING = frozenset((b"udta", b"meta", b"uuid"))
_MOST_BOXES = 10_000


class Unreadable(Exception):
    """Not an MP4 whose boxes follow each other to the end."""


@dataclass(frozen=True)
class _Box:
    kind: bytes
    start: int
    body: int
    end: int


def blanked(path: Path) -> None:
    """Check the boxes, and turn those that hold metadata into free space of the same size: no offset moves."""
    with path.open("r+b") as file:
        size = path.stat().st_size
        top = list(_boxes(file, 0, size))
        kinds = [box.kind for box in top]
        if not kinds or kinds[0] != b"ftyp" or b"moov" not in kinds or not set(kinds) <= _KNOWN:
            raise Unreadable
        for box in list(_telling(file, top)):
            _blank(file, box)


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[_Box]:
    for _ in range(_MOST_BOXES):
        if start == end:
            return
        file.seek(start)
        head = file.read(16)
        if len(head) < 8:
            raise Unreadable
        size, kind = struct.unpack(">I4s", head[:8])
        body = start + 8
        if size == 1 and len(head) == 16:
            size, body = struct.unpack(">Q", head[8:])[0], start + 16
        elif size == 0:
            size = end - start
        if size < body - start or start + size > end:
            raise Unreadable
        yield _Box(kind, start, body, start + size)
        start += size
    raise Unreadable


def _telling(file: BinaryIO, boxes: list[_Box]) -> Iterator[_Box]:
    for box in boxes:
        if box.kind in _TELLING:
            yield box
        elif box.kind in _INSIDE:
            yield from _telling(file, list(_boxes(file, box.body, box.end)))


def _blank(file: BinaryIO, box: _Box) -> None:
    file.seek(box.start + 4)
    file.write(b"free")
    file.seek(box.body)
    left = box.end - box.body
    while left > 0:
        left -= file.write(bytes(min(left, 65536)))
