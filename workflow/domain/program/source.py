"""A program file as plain data that remembers where each word stands. YAML 1.2, nothing clever: no anchors, no tags."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from io import StringIO
from typing import Any, Self

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from workflow.domain.program.problems import Path, Problem
from workflow.domain.words import Words

LARGEST = 80_000
DEEPEST = 40
MOST_BRACKETS = 400
MOST = 10**15


class Map(dict[str, Any]):
    """A mapping of the file, with the path it stands at."""

    path: Path

    def copy_with(self, content: Mapping[Any, Any]) -> Self:
        copy = type(self)(content)
        copy.path = self.path
        return copy


@dataclass
class Source:
    """`data` is the file; `lines` says on which line (from 1) each path begins."""

    data: Map = field(default_factory=Map)
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of the path, or of the nearest thing around it that the file has."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def report(self, code: str, path: Path, line: int, words: Words) -> None:
        self.problems.append(Problem(code, path, line, words))


def read(text: str) -> Source:
    source = Source()
    text = text.removeprefix("\ufeff")
    refusal = unreadable(text)
    if refusal is not None:
        source.report("S00", (), *refusal)
        return source
    try:
        root = composed(text)
    except MarkedYAMLError as error:
        source.report("S00", (), *broken(error, text.splitlines()))
        return source
    except (YAMLError, ValueError, RecursionError):
        source.report("S00", (), 1, Words("这份文件读不懂：请检查缩进和冒号"))
        return source
    if not isinstance(root, MappingNode):
        source.report("S00", (), 1, Words("文件的最外层应当是“节名: 内容”，从 language: 1 开始，只写一份"))
        return source
    source.data = Reader(source).mapping(root, ())
    return source


@lru_cache(maxsize=8)
def composed(text: str) -> Node | None:
    """The nodes of the one document in the text, which nobody changes; None where there is none, or more than one."""
    nodes = list(YAML(typ="rt", pure=True).compose_all(StringIO(text)))
    return nodes[0] if len(nodes) == 1 else None


def unreadable(text: str) -> tuple[int, Words] | None:
    """What can be told before parsing, so that a hostile file costs nothing."""
    if not text.strip():
        return 1, Words("文件是空的")
    if len(text) > LARGEST:
        return 1, Words("文件太大：方案文件最多 %(most)s 个字", most=LARGEST)
    for at, line in enumerate(text.split("\n"), start=1):
        if _CONTROL.search(line):
            return at, Words("这一行有不可见的控制字符，或文件不是 UTF-8 编码，请另存为 UTF-8")
        if line.startswith("%"):
            return at, Words("不要写以 % 开头的指令行")
        if len(line) - len(line.lstrip("[{")) > DEEPEST or line.count("[") + line.count("{") > MOST_BRACKETS:
            return at, Words("这一行的括号太多，请分行写")
    return None


def broken(error: MarkedYAMLError, lines: list[str]) -> tuple[int, Words]:
    mark = error.problem_mark or error.context_mark
    at = min(mark.line, len(lines) - 1) if mark is not None else 0
    near = range(max(0, at - 1), at + 1)
    problem = error.problem or ""
    if "'\\t'" in problem or any(lines[line].startswith("\t") for line in near):
        return at + 1, Words("缩进里有制表符（Tab），请改成空格")
    wide = next((line for line in near if _WIDE_COLON.match(lines[line])), None)
    if wide is not None:
        return wide + 1, Words("冒号用了全角“：”，请改成半角“:”再加一个空格")
    if "quoted scalar" in (error.context or ""):
        opened = error.context_mark.line + 1 if error.context_mark is not None else at + 1
        return opened, Words("这一行开的引号没有合上")
    if "flow" in (error.context or ""):
        opened = error.context_mark.line + 1 if error.context_mark is not None else at + 1
        return opened, Words("从这一行起的括号没有配对，或括号里少了逗号")
    if "alias" in problem or "anchor" in (error.context or ""):
        return at + 1, NO_ANCHORS
    if "mapping values are not allowed" in problem:
        return at + 1, Words("这一行有多余的冒号，或上一行没写完；文字里有冒号时请加引号")
    return at + 1, Words("从这一行起读不懂：多半是缩进没对齐，或少了冒号后的空格")


NO_ANCHORS = Words("不支持 & 和 * 引用；文字以这两个符号开头时请加引号")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffd\ufffe\uffff]")
_WIDE_COLON = re.compile(r"\s*[A-Za-z0-9_]+：")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Reader:
    """Turns composed nodes into plain data; what cannot stand is reported and left out."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def value(self, node: Node, path: Path) -> Any:
        if getattr(node, "anchor", None):
            return self.refuse("S00", path, node, NO_ANCHORS)
        if len(path) > DEEPEST:
            return self.refuse("S00", path, node, Words("套得太深了"))
        if isinstance(node, MappingNode):
            return self.mapping(node, path)
        if isinstance(node, SequenceNode):
            return self.sequence(node, path)
        return self.scalar(node, path) if isinstance(node, ScalarNode) else None

    def mapping(self, node: MappingNode, path: Path) -> Map:
        read = Map()
        read.path = path
        for key_node, value_node in node.value:
            self.entry(read, node, key_node, value_node)
        return read

    def entry(self, read: Map, node: MappingNode, key_node: Node, value_node: Node) -> None:
        if not isinstance(key_node, ScalarNode) or getattr(key_node, "anchor", None):
            self.refuse("S00", read.path, key_node, Words("冒号左边要是一个词"))
            return
        key = str(key_node.value)
        path = (*read.path, key)
        if path in self.source.lines:
            first = self.source.lines[path]
            self.refuse("S00", path, key_node, Words("“%(key)s”写了两次，第%(line)s行已有", key=key, line=first))
            return
        self.source.lines[path] = line_of(key_node)
        if is_empty(value_node):
            self.empty(path, key_node, in_braces=bool(node.flow_style))
            return
        value = self.value(value_node, path)
        if value is not None:
            read[key] = value

    def empty(self, path: Path, node: Node, *, in_braces: bool) -> None:
        if in_braces and not _WORD.fullmatch(path[-1]):
            words = Words("“%(cut)s”前的半角逗号把一句话切成了两截；请用“，”或加引号", cut=path[-1])
            self.refuse("S03", path, node, words)
        else:
            self.refuse("S05", path, node, Words("“%(word)s”后面是空的：请写内容，或删掉这个词", word=path[-1]))

    def sequence(self, node: SequenceNode, path: Path) -> list[Any]:
        items = []
        for at, item_node in enumerate(node.value):
            item_path = (*path, str(at))
            self.source.lines[item_path] = line_of(item_node)
            if is_empty(item_node):
                self.refuse("S05", item_path, item_node, Words("列表里有一项是空的"))
                continue
            items.append(self.value(item_node, item_path))
        return [item for item in items if item is not None]

    def scalar(self, node: ScalarNode, path: Path) -> Any:
        kind = str(node.tag).rpartition(":")[2]
        try:
            return SCALARS[kind](node.value)
        except KeyError:
            return self.refuse("S00", path, node, Words("不支持 ! 开头的类型标记"))
        except (ValueError, ArithmeticError):
            return self.refuse(
                "S05", path, node, Words("“%(given)s”不是能用的数或日期；是文字请加引号", given=node.value[:40])
            )

    def refuse(self, code: str, path: Path, node: Node, words: Words) -> None:
        self.source.report(code, path, line_of(node), words)


def line_of(node: Node) -> int:
    return int(node.start_mark.line) + 1


def is_empty(node: Node) -> bool:
    return isinstance(node, ScalarNode) and str(node.tag).endswith(":null")


def decimal(written: str) -> Decimal:
    value = Decimal(written.replace("_", ""))
    if not value.is_finite() or value.adjusted() > 15:
        raise ValueError(written)
    return value


def whole(written: str) -> int:
    value = int(written.replace("_", ""))
    if abs(value) > MOST:
        raise ValueError(written)
    return value


SCALARS: Mapping[str, Callable[[str], Any]] = {
    "str": str,
    "merge": str,
    "int": whole,
    "float": decimal,
    "bool": lambda written: written.lower() == "true",
    "timestamp": date.fromisoformat,
}
