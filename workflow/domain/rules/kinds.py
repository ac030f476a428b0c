"""What sort of thing a name or a part of an expression is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from workflow.domain.words import Words

Sort = Literal["number", "text", "bool", "date", "list", "row", "map", "any"]
NAMES: Mapping[Sort, Words] = {
    "number": Words("数"),
    "text": Words("文字"),
    "bool": Words("是/否"),
    "date": Words("日期"),
    "list": Words("一张表或一串"),
    "row": Words("表里的一行"),
    "map": Words("对照表"),
    "any": Words("不明"),
}


@dataclass(frozen=True)
class Kind:
    """`options` are the keys a text may have; `open` when something else may be typed beside them."""

    sort: Sort
    item: "Kind | None" = None
    columns: tuple[tuple[str, "Known"], ...] = ()
    options: tuple[str, ...] = ()
    open: bool = False
    label: str = ""
    source: str = ""

    def column(self, key: str) -> "Known | None":
        return next((known for name, known in self.columns if name == key), None)


@dataclass(frozen=True)
class Known:
    """A name a rule may read. `barred` says why it may not be read after all."""

    kind: Kind
    label: str = ""
    barred: Literal["", "stats_only", "credential", "file"] = ""


NUMBER = Kind("number")
TEXT = Kind("text")
BOOL = Kind("bool")
DATE = Kind("date")
ANY = Kind("any")


def listed(item: Kind, source: str = "") -> Kind:
    return Kind("list", item, source=source)
