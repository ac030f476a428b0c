"""The language of the terminal, for what is said before there is an application: `up`, `prepare`."""

import os


def is_chinese() -> bool:
    """As the environment says it; LC_ALL before LC_MESSAGES before LANG, as everywhere."""
    names = ("TALENT_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    return next(filter(None, (os.environ.get(name) for name in names)), "").lower().startswith("zh")


def spoken(english: str, chinese: str) -> str:
    return chinese if is_chinese() else english
