"""Where things stand in the text: spans of nodes, of entries with their lines, and of what is between them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from workflow.domain.program.editing.changes import CannotEdit
from workflow.domain.program.problems import Path
from workflow.domain.program.source import SCALARS, composed, is_empty
from workflow.domain.words import Words


@dataclass(frozen=True)
class Spot:
    """One entry of a mapping or one item of a list (`key` None), with the collection that holds it."""

    holder: MappingNode | SequenceNode
    place: int
    key: ScalarNode | None
    value: Node


class Tree:
    def __init__(self, text: str) -> None:
        self.text = text
        self.skipped = 1 if text.startswith("\ufeff") else 0
        root = composed(text.removeprefix("\ufeff"))
        if not isinstance(root, MappingNode):
            raise CannotEdit(Words("这份文件现在读不懂，请先按提示改好源文件"))
        self.root = root

    # -- finding ------------------------------------------------------------------------------------------------------
    def node(self, path: Path) -> Node | None:
        if not path:
            return self.root
        spot = self.spot(path)
        return spot.value if spot is not None else None

    def spot(self, path: Path) -> Spot | None:
        holder: Node = self.root
        found = None
        for step in path:
            found = self.within(holder, step)
            if found is None:
                return None
            holder = found.value
        return found

    def within(self, holder: Node, step: str) -> Spot | None:
        if getattr(holder, "anchor", None):
            raise CannotEdit(Words("这一处用了 & 或 * 引用，请在源文件里改"))
        spots = self.spots(holder)
        if isinstance(holder, SequenceNode):
            return spots[int(step)] if step.isdigit() and int(step) < len(spots) else None
        return next((spot for spot in spots if spot.key is not None and str(spot.key.value) == step), None)

    def spots(self, holder: Node) -> Sequence[Spot]:
        if isinstance(holder, MappingNode):
            return [Spot(holder, at, k, v) for at, (k, v) in enumerate(holder.value)]
        if isinstance(holder, SequenceNode):
            return [Spot(holder, at, None, v) for at, v in enumerate(holder.value)]
        return ()

    # -- spans ---------------------------------------------------------------------------------------------------------
    def start(self, node: Node) -> int:
        return int(node.start_mark.index) + self.skipped

    def stop(self, node: Node) -> int:
        """Where the node's own last sign ends; for a block that is where its last child's does."""
        if in_block(node) and node.value:
            last = self.spots(node)[-1]
            return self.end(last)
        end = int(node.end_mark.index) + self.skipped
        if isinstance(node, ScalarNode):
            begin = self.start(node)
            while end > begin and self.text[end - 1] in " \r\n":
                end -= 1
        return end

    def end(self, spot: Spot) -> int:
        return self.behind(spot) if is_empty(spot.value) and not spot.value.value else self.stop(spot.value)

    def begin(self, spot: Spot) -> int:
        """Where the entry begins: at its key, at its dash, or at the item itself within brackets."""
        if spot.key is not None:
            return self.start(spot.key)
        if spot.holder.flow_style:
            return self.start(spot.value)
        dash = self.text.rfind("-", 0, self.start(spot.value))
        while self.text[dash + 1 : self.start(spot.value)].strip():
            dash = self.text.rfind("-", 0, dash)
        return dash

    def behind(self, spot: Spot) -> int:
        """Right behind the colon or the dash; behind the key itself where braces hold a key alone."""
        if spot.key is None:
            return self.start(spot.value) if spot.holder.flow_style else self.begin(spot) + 1
        key_end = int(spot.key.end_mark.index) + self.skipped
        colon = re.compile(r"\s*:").match(self.text, key_end)
        return colon.end() if colon else key_end

    def line_start(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def line_end(self, at: int) -> int:
        """The place of the line's end, before its newline (and before a carriage return)."""
        end = self.text.find("\n", at)
        end = len(self.text) if end < 0 else end
        return end - 1 if end > at and self.text[end - 1] == "\r" else end

    def column(self, at: int) -> int:
        return at - self.line_start(at) - (self.skipped if self.line_start(at) == 0 else 0)

    def lines_of(self, spot: Spot) -> tuple[int, int]:
        """The whole lines of a block's entry: from the comment right above it (the first entry's is the section's) to
        its last one with what is noted behind it, and comments below that stand deeper than the entry."""
        start = self.line_start(self.begin(spot))
        if spot.place:
            start = self._with_comments_above(start, self.end(self.spots(spot.holder)[spot.place - 1]))
        return start, self._with_comments_below(self.end(spot), self.column(self.begin(spot)))

    def _with_comments_above(self, start: int, floor: int) -> int:
        while start > 0:
            above = self.line_start(start - 1)
            if above <= floor or not self.text[above:start].lstrip(" ").startswith("#"):
                break
            start = above
        return start

    def _with_comments_below(self, end: int, column: int) -> int:
        end = self.line_end(end)
        while match := re.compile(r"\r?\n( *)#[^\n]*").match(self.text, end):
            if len(match[1]) <= column:
                break
            end = match.end()
        return end

    @property
    def newline(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    def alone_on_its_line(self, spot: Spot) -> bool:
        begin = self.begin(spot)
        return not self.text[
            self.line_start(begin) + (self.skipped if self.line_start(begin) == 0 else 0) : begin
        ].strip()


def in_block(node: Node) -> bool:
    return isinstance(node, MappingNode | SequenceNode) and not node.flow_style


def written_in_braces(node: Node) -> bool | None:
    """Whether the collections among the values are written in braces; None where there are none."""
    values = node.value if isinstance(node, SequenceNode) else [value for _, value in node.value]
    collections: list[Any] = [
        value for value in values if isinstance(value, MappingNode | SequenceNode) and value.value
    ]
    if not collections:
        return None
    return sum(bool(value.flow_style) for value in collections) * 2 > len(collections)


def read_plainly(node: Node) -> Any:
    """What stands there as data, mistakes and all: None for what is empty, the word itself for what is no value."""
    if isinstance(node, MappingNode):
        read: dict[str, Any] = {}
        for key, value in node.value:
            read.setdefault(str(key.value), read_plainly(value))
        return read
    if isinstance(node, SequenceNode):
        return [read_plainly(item) for item in node.value]
    try:
        return None if is_empty(node) else SCALARS[str(node.tag).rpartition(":")[2]](node.value)
    except (KeyError, ValueError, ArithmeticError):
        return str(node.value)
