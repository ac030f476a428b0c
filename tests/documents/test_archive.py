"""A ZIP that leaves piece by piece: a file is made only when the one before it is on its way."""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from zipfile import ZipFile

from workflow.documents.archive import zipped

AT = datetime(2026, 11, 20, 10)  # noqa: DTZ001 - a ZIP knows no zone


def files(made: list[str]) -> Iterator[tuple[str, bytes]]:
    for name in ("一.pdf", "二.pdf", "三.pdf"):
        made.append(name)
        yield name, name.encode() * 1000


def test_each_file_is_made_when_its_turn_comes() -> None:
    made: list[str] = []
    pieces = zipped(files(made), AT)
    first = next(pieces)
    assert (made, len(first) > 6000) == (["一.pdf"], True)
    whole = first + b"".join(pieces)
    assert whole == b"".join(zipped(files([]), AT))
    with ZipFile(BytesIO(whole)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["一.pdf", "二.pdf", "三.pdf"]
        assert archive.read("二.pdf") == "二.pdf".encode() * 1000
