"""Refusals in words for people. The web maps each to a page in one place; nothing else catches them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from workflow.domain.program.problems import Problem
from workflow.domain.words import Words


@dataclass(frozen=True)
class Reason:
    """One thing that stands in the way, and where: a field, file, rule or item key of the page that asked."""

    words: Words
    where: str | None = None


class Refusal(Exception):
    """Not now, not so, or not you: carries a sentence that a person can act on."""

    def __init__(self, words: Words) -> None:
        super().__init__(str(words))
        self.words = words


class NotAllowed(Refusal):
    """The actor may see the thing but not do this to it."""


class NotDeclared(NotAllowed):
    """A judge has not said yet whether they are too near to the case. `item`: theirs, where they can say it."""

    def __init__(self, item: str) -> None:
        super().__init__(Words("看材料以前，请先声明与申报人有没有利害关系"))
        self.item = item


class NotFound(Refusal):
    """The thing does not exist, or not for this actor: both get the same face, so that a guess learns nothing."""

    def __init__(self, words: Words | None = None) -> None:
        super().__init__(words or Words("找不到这一页。链接可能不完整，或者内容不在你的可见范围内"))


class NotReady(Refusal):
    """Allowed, but something is missing; every reason at once, never one after the other."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__(Words("还不能办：有 %(n)s 处要先处理", n=len(reasons)))
        self.reasons = tuple(reasons)


class InvalidInput(NotReady):
    """What was typed cannot be taken as it stands; the form shows each reason at its field."""


class InvalidProgram(Refusal):
    """The file has errors and was not published; the problems say which, on which line, and what was meant."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(Words("方案有错误，没有发布；请按提示逐条改好再发布"))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Change:
    """What somebody else did since the page was opened."""

    what: Words
    at: datetime
    by_account_id: int | None = None


class MovedOn(Refusal):
    """The page is older than the case. Carries what changed, so that the typed text can be shown beside it."""

    def __init__(self, changes: Sequence[Change] = ()) -> None:
        super().__init__(Words("这一件刚刚有变动，你看到的已不是最新的"))
        self.changes = tuple(changes)


class KeyReused(Refusal):
    """One request key came with two different bodies."""

    def __init__(self) -> None:
        super().__init__(Words("同一次提交带来了两份不同的内容，请刷新页面再试"))
