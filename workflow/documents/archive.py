"""Many files as one ZIP, handed on piece by piece: never more than one of them lies in memory."""

import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import RawIOBase


class _Outlet(RawIOBase):
    """Takes what is written until somebody fetches it; nobody can go back in it."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        taken = bytes(piece)  # type: ignore[call-overload]
        self._pieces.append(taken)
        return len(taken)

    def fetched(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def zipped(files: Iterable[tuple[str, bytes]], at: datetime) -> Iterator[bytes]:
    """`files`: name and content, each made when its turn comes; all are dated `at`, so that the same give the same."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files:
            info = zipfile.ZipInfo(name, at.timetuple()[:6])
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
            yield outlet.fetched()
    yield outlet.fetched()
