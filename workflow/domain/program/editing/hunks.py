"""One simple change as splices of the text: exactly the signs that it means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from workflow.domain.program.editing import emitting
from workflow.domain.program.editing.changes import CannotEdit, Splice
from workflow.domain.program.editing.tree import Spot, Tree, in_block, written_in_braces
from workflow.domain.program.problems import Path
from workflow.domain.program.source import is_empty
from workflow.domain.words import Words


@dataclass(frozen=True)
class Set:
    """Another value where one stands."""

    path: Path
    value: Any


@dataclass(frozen=True)
class Insert:
    """A new entry or item, before the present one at `place`."""

    path: Path
    key: str
    value: Any
    place: int


@dataclass(frozen=True)
class Drop:
    path: Path


@dataclass(frozen=True)
class Shift:
    path: Path
    place: int


@dataclass(frozen=True)
class Rekey:
    path: Path
    key: str


@dataclass(frozen=True)
class Copy:
    path: Path
    key: str


Simple = Set | Insert | Drop | Shift | Rekey | Copy


def hunks(tree: Tree, change: Simple) -> Sequence[Splice]:
    if isinstance(change, Set):
        return replaced(tree, _spot(tree, change.path), change.value)
    if isinstance(change, Insert):
        return inserted(tree, change)
    spot = _spot(tree, change.path)
    if isinstance(change, Drop):
        return dropped(tree, spot)
    if isinstance(change, Shift):
        return shifted(tree, spot, change.place)
    if spot.key is None:
        raise CannotEdit(Words("列表里的一项没有键"))
    if isinstance(change, Rekey):
        return (_splice(tree, tree.start(spot.key), _key_end(tree, spot), _key(spot, change.key)),)
    return duplicated(tree, spot, change.key)


def _spot(tree: Tree, path: Path) -> Spot:
    spot = tree.spot(path)
    if spot is None:
        raise CannotEdit(Words("方案里没有“%(path)s”这一处", path=" › ".join(path)))
    if spot.key is not None and tree.text[tree.start(spot.key) - 2 : tree.start(spot.key)] == "? ":
        raise CannotEdit(Words("这一处的写法太少见，请在源文件里改"))
    return spot


def _splice(tree: Tree, start: int, stop: int, new: str) -> Splice:
    return Splice(start, tree.text[start:stop], new.replace("\n", tree.newline) if "\r" in tree.newline else new)


def _key_end(tree: Tree, spot: Spot) -> int:
    return int(spot.key.end_mark.index) + tree.skipped if spot.key is not None else 0


def _key(spot: Spot, key: str) -> str:
    return emitting.key(key, in_braces=bool(spot.holder.flow_style))


# -- a value in the place of another -----------------------------------------------------------------------------------
def replaced(tree: Tree, spot: Spot, value: Any) -> Sequence[Splice]:
    old, behind = spot.value, tree.behind(spot)
    if getattr(old, "anchor", None):
        raise CannotEdit(Words("这一处用了 & 或 * 引用，请在源文件里改"))
    if spot.holder.flow_style:
        return (_in_braces(tree, spot, value),)
    column, indent = tree.column(behind), tree.column(tree.begin(spot)) + emitting.STEP
    braces = (
        bool(old.flow_style) if isinstance(old, MappingNode | SequenceNode) else bool(written_in_braces(spot.holder))
    )
    new = _behind(tree, spot, value, column, indent, braces)
    if is_empty(old) and not old.value:
        return (_splice(tree, behind, behind, new),)
    start, stop = tree.start(old), tree.stop(old)
    below = in_block(old) and tree.line_start(start) > behind
    if below and new.startswith("\n"):
        return (_splice(tree, tree.line_start(start), stop, new[1:]),)
    if below:
        return _up_to_the_colon(tree, behind, start, stop, new)
    if "\n" in new:
        return (_splice(tree, behind, stop, new),)
    return (_splice(tree, start, stop, new.lstrip(" ")),)


def _behind(tree: Tree, spot: Spot, value: Any, column: int, indent: int, braces: bool) -> str:
    if spot.key is None:
        return emitting.item(value, indent - emitting.STEP, braces=braces)[1:]
    if isinstance(value, str) and _quote(spot.value) is not None and "\n" not in value:
        return " " + emitting.scalar(value, in_braces=False, quote=_quote(spot.value))
    noted = "#" in tree.text[tree.end(spot) : tree.line_end(tree.end(spot))]
    return emitting.after_colon(value, column, indent, braces=braces, room_for_comment=not noted)


def _in_braces(tree: Tree, spot: Spot, value: Any) -> Splice:
    new = emitting.scalar(value, in_braces=True, quote=_quote(spot.value)) if isinstance(value, str) else None
    new = emitting.inline(value) if new is None else new
    if not (is_empty(spot.value) and not spot.value.value):
        return _splice(tree, tree.start(spot.value), tree.stop(spot.value), new)
    if spot.key is None:
        raise CannotEdit(Words("列表里有一项是空的"))
    behind = tree.behind(spot)
    return _splice(tree, behind, behind, (" " if tree.text[behind - 1] == ":" else ": ") + new)


def _quote(node: Node) -> str | None:
    return node.style if isinstance(node, ScalarNode) and node.style in ("'", '"') else None


def _up_to_the_colon(tree: Tree, behind: int, start: int, stop: int, new: str) -> Sequence[Splice]:
    """The lines of a block give way to a word behind the colon; what is noted behind either stays."""
    first, last = tree.line_start(start), tree.line_end(stop)
    if tree.text[stop:last].strip():
        return _splice(tree, behind, behind, new), _splice(tree, first, stop, "")
    return _splice(tree, behind, behind, new), _splice(tree, first - len(tree.newline), last, "")


# -- something new -----------------------------------------------------------------------------------------------------
def inserted(tree: Tree, change: Insert) -> Sequence[Splice]:
    holder = tree.node(change.path)
    if not isinstance(holder, MappingNode | SequenceNode):
        raise CannotEdit(Words("方案里没有“%(path)s”这一处", path=" › ".join(change.path)))
    spots = tree.spots(holder)
    if not spots:
        return _the_first(tree, holder, change)
    if holder.flow_style:
        new = emitting.inline(change.value)
        if isinstance(holder, MappingNode):
            new = f"{emitting.key(change.key, in_braces=True)}: {new}"
        return (_among_braces(tree, spots, change.place, new),)
    return (_among_lines(tree, spots, change),)


def _the_first(tree: Tree, holder: Node, change: Insert) -> Sequence[Splice]:
    whole = {change.key: change.value} if isinstance(holder, MappingNode) else [change.value]
    spot = tree.spot(change.path)
    if spot is None or spot.holder.flow_style or len(emitting.inline(whole)) < emitting.WIDTH // 2:
        start = tree.start(holder)
        return (_splice(tree, start, tree.stop(holder), emitting.inline(whole)),)
    indent = tree.column(tree.begin(spot)) + emitting.STEP
    lead = "\n" if spot.key is not None else " "
    return (
        _splice(
            tree,
            tree.behind(spot),
            tree.stop(holder),
            lead + emitting.block(whole, indent).lstrip(" " if lead == " " else ""),
        ),
    )


def _among_braces(tree: Tree, spots: Sequence[Spot], place: int, new: str) -> Splice:
    if place == 0:
        at = tree.begin(spots[0])
        return _splice(tree, at, at, new + ", ")
    at = tree.end(spots[place - 1])
    return _splice(tree, at, at, ", " + new)


def _among_lines(tree: Tree, spots: Sequence[Spot], change: Insert) -> Splice:
    column = tree.column(tree.begin(spots[0]))
    braces = written_in_braces(spots[0].holder)
    if isinstance(spots[0].holder, MappingNode):
        fits = braces if braces is not None else not emitting.nests(change.value)
        new = emitting.entry(change.key, change.value, column, braces=fits)
    else:
        new = emitting.item(change.value, column, braces=bool(braces))
    if change.place == 0:
        at = tree.begin(spots[0])
        return _splice(tree, at, at, new + "\n" + " " * column)
    at = tree.lines_of(spots[change.place - 1])[1]
    gap = "\n\n" if _spaced(tree, spots) else "\n"
    return _splice(tree, at, at, gap + " " * column + new)


def _spaced(tree: Tree, spots: Sequence[Spot]) -> bool:
    """Whether most sections of the file stand apart by an empty line."""
    if spots[0].holder is not tree.root or len(spots) < 2:
        return False
    gaps = [tree.text[tree.end(a) : tree.begin(b)] for a, b in pairwise(spots)]
    return sum("\n\n" in gap.replace("\r", "") for gap in gaps) * 2 > len(gaps)


# -- away, elsewhere, twice --------------------------------------------------------------------------------------------
def dropped(tree: Tree, spot: Spot) -> Sequence[Splice]:
    spots = tree.spots(spot.holder)
    if len(spots) == 1:
        return _emptied(tree, spot)
    if spot.holder.flow_style:
        return _out_of_braces(tree, spots, spot.place)
    if not tree.alone_on_its_line(spot):
        following = tree.begin(spots[spot.place + 1])
        return (_splice(tree, tree.begin(spot), following, ""),)
    start, stop = tree.line_start(tree.begin(spot)), tree.line_end(tree.end(spot))
    while stop < len(tree.text) and tree.text[stop] in "\r\n":
        stop += 1
        if tree.text[stop - 1] == "\n":
            break
    return (_splice(tree, start, stop, ""),)


def _emptied(tree: Tree, spot: Spot) -> Sequence[Splice]:
    """The last one leaves an empty collection."""
    empty = "{}" if isinstance(spot.holder, MappingNode) else "[]"
    start, stop = tree.start(spot.holder), tree.stop(spot.holder)
    if spot.holder.flow_style or spot.holder is tree.root:
        return (_splice(tree, start, stop, empty),)
    first, last = tree.line_start(tree.begin(spot)), tree.line_end(stop)
    if not tree.alone_on_its_line(spot):
        return (_splice(tree, start, stop, empty),)
    behind = tree.text.rfind(":", 0, first) + 1
    if tree.text[behind:first].strip():
        raise CannotEdit(Words("这一处的写法太少见，请在源文件里改"))
    return _splice(tree, behind, behind, f" {empty}"), _splice(tree, first - len(tree.newline), last, "")


def _out_of_braces(tree: Tree, spots: Sequence[Spot], place: int) -> Sequence[Splice]:
    if place:
        start, stop = tree.end(spots[place - 1]), tree.end(spots[place])
        between, own = (start, tree.begin(spots[place])), (tree.begin(spots[place]), stop)
    else:
        start, stop = tree.begin(spots[0]), tree.begin(spots[1])
        between, own = (tree.end(spots[0]), stop), (start, tree.end(spots[0]))
    gap = tree.text[slice(*between)]
    if "#" not in gap:
        return (_splice(tree, start, stop, ""),)
    comma = _comma(gap) + between[0]
    pair = sorted([(comma, comma + 1), own])
    return tuple(_splice(tree, *part, "") for part in pair)


def _comma(gap: str) -> int:
    at = 0
    for line in gap.split("\n"):
        told = line.split("#", 1)[0]
        if "," in told:
            return at + told.index(",")
        at += len(line) + 1
    raise CannotEdit(Words("这一处的写法太少见，请在源文件里改"))


def shifted(tree: Tree, spot: Spot, place: int) -> Sequence[Splice]:
    spots = tree.spots(spot.holder)
    if place in (spot.place, spot.place + 1):
        return ()
    if spot.holder.flow_style:
        raw = tree.text[tree.begin(spot) : tree.end(spot)]
        new = _among_braces(tree, spots, place, raw)
        return tuple(sorted([*_out_of_braces(tree, spots, spot.place), new], key=lambda s: s.at))
    if not all(tree.alone_on_its_line(one) for one in spots):
        raise CannotEdit(Words("这一处的写法太少见，请在源文件里改"))
    start, stop = tree.lines_of(spot)
    raw = tree.text[start:stop]
    if place:
        at = tree.lines_of(spots[place - 1])[1]
        new = _splice(tree, at, at, tree.newline + raw)
    else:
        at = tree.line_start(tree.begin(spots[0]))
        new = _splice(tree, at, at, raw + tree.newline)
    away = (start - len(tree.newline), stop) if spot.place else (start, stop + len(tree.newline))
    return tuple(sorted([_splice(tree, *away, ""), new], key=lambda s: s.at))


def duplicated(tree: Tree, spot: Spot, key: str) -> Sequence[Splice]:
    begin, end = tree.begin(spot), tree.end(spot)
    raw = _key(spot, key) + tree.text[_key_end(tree, spot) : end]
    if spot.holder.flow_style:
        return (Splice(end, "", ", " + raw),)
    at = tree.lines_of(spot)[1]
    pad = tree.newline + " " * tree.column(begin)
    return (Splice(at, "", pad + raw + tree.text[end:at]),)


def at_once(tree: Tree, changes: Sequence[Simple]) -> Sequence[Splice] | None:
    """All of them on one text; None where they get in each other's way."""
    found = sorted((splice for change in changes for splice in hunks(tree, change)), key=lambda s: s.at)
    for before, after in pairwise(found):
        if after.at < before.at + len(before.old):
            return None
    return found


def order_of(data: Any, path: Path, known: Sequence[str], key: str) -> int:
    """Where a new word goes among those that stand there: behind the last that the language names before it."""
    present = [*data] if isinstance(data, Mapping) else []
    if key not in known:
        return len(present)
    earlier = set(known[: list(known).index(key)])
    places = [place for place, word in enumerate(present) if word in earlier]
    return max(places) + 1 if places else (0 if any(word in known for word in present) else len(present))
