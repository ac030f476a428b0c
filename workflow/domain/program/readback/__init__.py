"""The read-back (读本): a version in plain Chinese, for the clerk to sign before publishing. It needs only the file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from workflow.domain.program.readback import after, before
from workflow.domain.program.schema import Definition


@dataclass(frozen=True)
class Chapter:
    title: str
    lines: tuple[str, ...]


_CHAPTERS: tuple[tuple[str, Callable[[Definition], Iterator[str]]], ...] = (
    ("项目", before.head),
    ("申报渠道", before.channels),
    ("申报表", before.questions),
    ("申报条件", before.conditions),
    ("办理路线", before.routes),
    ("评分", before.scoring),
    ("名额", before.places),
    ("认定以后", after.duties),
    ("发钱和待遇", after.money),
    ("积分", after.points),
    ("退出", after.exits),
    ("回避和申诉", after.fairness),
    ("时间和提醒", after.times),
    ("改写的通知", after.messages),
    ("材料保存", after.retention),
)


def chapters(definition: Definition) -> tuple[Chapter, ...]:
    """What the program does not have is left out."""
    told = (Chapter(title, tuple(tell(definition))) for title, tell in _CHAPTERS)
    return tuple(chapter for chapter in told if chapter.lines)


def read_back(definition: Definition) -> str:
    parts = [f"《{definition.program.name.zh}》读本"]
    for chapter in chapters(definition):
        parts.append("\n".join([f"【{chapter.title}】", *chapter.lines]))
    return "\n\n".join(parts) + "\n"
