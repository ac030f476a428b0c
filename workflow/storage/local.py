"""A folder on this machine: written beside, made durable, then renamed into place."""

import hashlib
import os
import re
import secrets
from pathlib import Path
from typing import BinaryIO

from workflow.storage import CHUNK, Missing, Taken, TooLarge

_DIGEST = re.compile(r"[0-9a-f]{64}")


class LocalFolder:
    def __init__(self, root: Path) -> None:
        self._root = root

    def take(self, stream: BinaryIO, limit: int) -> Taken:
        path = self._incoming() / secrets.token_hex(12)
        try:
            return _poured(stream, path, limit)
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    def keep(self, taken: Taken) -> None:
        """The rename is the moment from which the file exists; what is there already stays as it is."""
        target = self._place(taken.sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            return
        os.chmod(taken.path, 0o440)
        os.replace(taken.path, target)
        _sync_folder(target.parent)

    def drop(self, taken: Taken) -> None:
        taken.path.unlink(missing_ok=True)

    def fetch(self, sha256: str) -> Path:
        path = self._place(sha256)
        if not path.is_file():
            raise Missing(sha256)
        return path

    def remove(self, sha256: str) -> None:
        self._place(sha256).unlink(missing_ok=True)

    def _incoming(self) -> Path:
        folder = self._root / "incoming"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def _place(self, sha256: str) -> Path:
        if not _DIGEST.fullmatch(sha256):
            raise Missing(sha256)
        return self._root / sha256[:2] / sha256


def _poured(stream: BinaryIO, path: Path, limit: int) -> Taken:
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > limit:
                raise TooLarge
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return Taken(path, digest.hexdigest(), size)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
