"""A program is edited in its own text: what an edit means changes, every other byte and comment stays."""

import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path as File
from typing import Any

import pytest

from tests.domain.program.test_load import PROGRAMS
from workflow.domain.program import editing
from workflow.domain.program.editing import (
    Add,
    CannotEdit,
    Duplicate,
    Move,
    Put,
    Remove,
    Rename,
    carried,
    data_of,
    edit,
    edit_all,
    inverse,
    plain,
    undone,
)
from workflow.domain.program.load import load
from workflow.domain.program.problems import Path

SMALL = (File(__file__).parent / "model_tutor.yaml").read_text("utf-8")
FILES = [pytest.param(path.read_text("utf-8"), id=path.stem) for path in PROGRAMS]


def paths(data: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in inside:
        yield from paths(value, (*path, str(step)))


def comments(text: str) -> list[str]:
    return re.findall(r"(?:^|(?<=\s))#.*", text)


@pytest.mark.parametrize("text", FILES)
def test_putting_what_stands_there_changes_no_byte(text: str) -> None:
    data = data_of(text)
    edited = edit_all(text, [Put(path, plain.at(data, path)) for path in paths(data)])
    assert (edited.text, edited.splices, edited.words) == (text, (), ())


VALUES = (
    "新的，带逗号, 和: 冒号 # 井号",
    "7wd",
    12,
    True,
    "两行\n文字",
    ["a", "b"],
    {"name": "一项", "note": "二, 项"},
    "'q' \"d\" \\",
    "- x",
    "2026-01-01",
    "no",
)


def changed(chance: random.Random, data: Any) -> tuple[Any, Any]:
    """One edit, and what it must mean on plain data."""
    known = list(paths(data))
    path = chance.choice(known)
    expected = plain.copied(data)
    holder = plain.at(expected, path[:-1])
    kind = chance.choice(("put", "remove", "add", "move", "duplicate"))
    if kind == "put":
        value = chance.choice(VALUES)
        plain.put(expected, path, value)
        return Put(path, value), expected
    if kind == "remove":
        plain.remove(expected, path)
        return Remove(path), expected
    if kind == "add":
        value = chance.choice(VALUES)
        key = "" if isinstance(holder, list) else "zzz"
        plain.insert(expected, path[:-1], key, value, len(holder))
        return Add(path[:-1], key, value), expected
    if kind == "move" or isinstance(holder, list):
        keys = [str(at) for at in range(len(holder))] if isinstance(holder, list) else list(holder)
        place = chance.randrange(len(keys) + 1)
        plain.move(expected, path, place)
        before = None if place == len(keys) else str(place) if isinstance(holder, list) else keys[place]
        if isinstance(holder, list) and before in map(str, holder):
            before = None
            expected = plain.copied(data)
            plain.move(expected, path, len(keys))
        return Move(path, before), expected
    plain.insert(expected, path[:-1], "zzz", holder[path[-1]], list(holder).index(path[-1]) + 1)
    return Duplicate(path, "zzz"), expected


def ordered(data: Any) -> Any:
    """With the order of keys."""
    if isinstance(data, dict):
        return [(key, ordered(value)) for key, value in data.items()]
    return [ordered(item) for item in data] if isinstance(data, list) else data


def wrong_with_one(text: str, seed: int) -> list[str]:
    """What an edit drawn by `seed` did other than it should; CannotEdit where it was refused."""
    chance = random.Random(seed)
    data = plain.copied(data_of(text))
    change, expected = changed(chance, data)
    edited = edit(text, change)
    after = data_of(edited.text)
    moved = isinstance(change, Move | Duplicate)
    lost = [comment for comment in comments(text) if comment not in edited.text]
    within = "".join(splice.old for splice in edited.splices)
    faults = {
        "means something else": not plain.same(after, expected),
        "stands in another order": moved and ordered(after) != ordered(expected),
        "cannot be undone": undone(edited.text, edited.splices) != text,
        "lost a comment": any(comment not in within for comment in lost),
        "lost a comment though nothing was taken out": bool(lost) and (moved or isinstance(change, Add)),
    }
    return [f"{change} {fault}" for fault, found in faults.items() if found]


@pytest.mark.parametrize("seed", range(30))
def test_any_edit_means_on_the_text_what_it_means_on_the_data(seed: int) -> None:
    assert wrong_with_one(SMALL, seed) == []


@pytest.mark.parametrize("text", FILES)
def test_the_shipped_programs_can_be_edited_anywhere(text: str) -> None:
    assert [*wrong_with_one(text, len(text)), *wrong_with_one(text, 7 + len(text))] == []


ODD = """\
# head
a:   # after a
  # over x
  x: 1  # why x
  y:
    - p: 1  # one
      q: [a, b]
    # over second
    - plain
    - q:
        - deep   # d
  z: |
    text one
    text two
  w: "quoted"   # w

# section b
b: {k: v, l: [1, 2, 3], m: {n: o}}  # b tail
c:
- 1
- three: 3
  four: 4
d: {
  one: 1, # first
  two: [x,
        y], # second
  three: 'q'
}
e:
  empty:
  other: >-
    folded
    text
f: no newline at the end"""


@pytest.mark.parametrize("text", [ODD, ODD.replace("\n", "\r\n"), "\ufeff" + ODD], ids=["unix", "windows", "marked"])
def test_rare_ways_of_writing_are_edited_truly_or_refused(text: str) -> None:
    refused, wrong = 0, []
    for seed in range(60):
        try:
            wrong += wrong_with_one(text, seed)
        except CannotEdit:
            refused += 1
    assert wrong == []
    assert refused < 5


FASHION = next(path for path in PROGRAMS if path.stem == "fashion_engineer").read_text("utf-8")
ROUTE = next(line for line in FASHION.splitlines() if line.startswith("route:"))


def lines(text: str, edited: str) -> tuple[list[str], list[str]]:
    """What went and what came, line by line."""
    old, new = Counter(text.splitlines()), Counter(line for line in edited.splitlines() if line)
    return [line for line in old - new if line], [*(new - old)]


@pytest.mark.parametrize(
    ("change", "gone", "come", "words"),
    [
        (Put(("stages", "formal", "due"), "3wd"), [], ["    due: 3wd"], "「形式审查」的期限改为3个工作日"),
        (
            Put(("roles", "manager", "seats"), 2),
            ["  manager: 项目管理员"],
            ["  manager: {name: 项目管理员, seats: 2}"],
            "「项目管理员」的席位改为2",
        ),
        (
            Put(("stages", "formal", "correction"), {"rounds": 2, "due": "7wd"}),
            ["    correction: {rounds: 2}          # 补正默认5个工作日，只开放被退项，补完直达退回人"],
            ["    correction: {due: 7wd, rounds: 2}          # 补正默认5个工作日，只开放被退项，补完直达退回人"],
            "「形式审查」的补正有改动",
        ),
        (
            Add(("scoring", "sheets", "craft", "criteria"), "safety", {"name": "安全", "weight": 5}, before="effect"),
            [],
            ["        safety: {name: 安全, weight: 5}"],
            "新增指标「安全」",
        ),
        (
            Add(("route",), "", "valid2", before="award"),
            [ROUTE],
            [ROUTE.replace("award", "valid2, award")],
            "路线里加了valid2",
        ),
        (
            Put(("calendar", "day_ends", "offices"), "17:00"),
            [],
            ["calendar:", '  day_ends: {offices: "17:00"}'],
            "日历的对单位改为17:00",
        ),
    ],
)  # fmt: skip
def test_an_edit_is_written_as_the_file_is_and_told_in_a_sentence(
    change: Any, gone: list[str], come: list[str], words: str
) -> None:
    edited = edit(FASHION, change)
    assert lines(FASHION, edited.text) == (gone, come)
    assert [str(word) for word in edited.words] == [words]


@pytest.mark.parametrize(
    "path",
    [
        ("stages", "joint"),
        ("roles", "manager"),
        ("roles", "employer_admin"),
        ("tracks", "pattern"),
        ("channels", "employer"),
        ("form", "work", "fields", "modeling"),
        ("form", "person", "fields", "employer"),
        ("form", "files", "fields", "training_cert"),
        ("channels", "employer", "nominator", "facts", "staff"),
        ("facts", "insurance_moved_out"),
        ("round", "places"),
        ("scoring", "sheets", "theory"),
        ("scoring", "levels", "差"),
        ("benefits", "subsidy"),
    ],
    ids=".".join,
)
def test_a_key_is_renamed_wherever_it_is_mentioned(path: Path) -> None:
    edited = edit(FASHION, Rename(path, "anew"))
    assert [problem.code for problem in load(edited.text).problems] == []
    back = edit(edited.text, Rename((*path[:-1], "anew"), path[-1])).text
    assert back.replace("  run_by: manager\n", "") == FASHION


def test_columns_are_renamed_where_their_table_is_walked_and_nowhere_else() -> None:
    edited = edit(SMALL, Rename(("form", "all", "fields", "apprentices", "columns", "grade"), "rank"))
    assert "count(apprentices.filter(a, a.rank != '中级')) >= 3" in edited.text
    assert load(edited.text).ok


def test_a_removed_stage_leaves_the_lists_that_name_it() -> None:
    edited = edit_all(FASHION, editing.removal(FASHION, ("stages", "practical")))
    data = data_of(edited.text)
    assert "practical" not in data["route"]
    assert data["fairness"]["never_both"] == [["formal", "eligibility"]]


def test_a_file_with_mistakes_is_edited_as_long_as_it_is_yaml() -> None:
    broken = SMALL.replace("kind: check", "kind: chek").replace("rounds:", "runds:") + "nonsense:\n"
    edited = edit(broken, Put(("stages", "formal", "due"), "3wd"))
    assert data_of(edited.text)["stages"]["formal"]["due"] == "3wd"
    assert edit(edited.text, Put(("nonsense",), 1)).text.endswith("nonsense: 1\n")
    with pytest.raises(CannotEdit):
        edit("a: [1, 2", Put(("a",), 1))


@pytest.mark.parametrize(
    "change",
    [
        Put(("stages", "nowhere", "0"), 1),
        Put(("route", "99"), "x"),
        Add(("stages",), "formal", {"name": "又一个"}),
        Move(("stages", "nobody"), None),
        Rename(("route", "0"), "x"),
        Rename(("duties", "renewal"), "again"),
        Add(("route",), "", "x", before="nobody"),
        Put((), {}),
        Put(("program", "name"), None),
    ],
    ids=repr,
)
def test_what_does_not_fit_is_refused_in_words(change: Any) -> None:
    if isinstance(change, Put) and change.path[:1] == ("stages",):
        assert data_of(edit(SMALL, change).text)["stages"]["nowhere"] == {"0": 1}
        return
    with pytest.raises(CannotEdit) as refused:
        edit(SMALL, change)
    assert re.search(r"[\u4e00-\u9fff]", str(refused.value.words))


def test_one_change_is_undone_alone_while_its_place_is_as_it_left_it() -> None:
    first = edit(SMALL, Put(("stages", "formal", "due"), "3wd"))
    second = edit(first.text, Add(("duties",), "report", {"name": "年报", "once": "1y", "by": "applicant"}))
    third = edit(second.text, Put(("stages", "formal", "due"), "4wd"))
    back = inverse(first.text, first.splices)
    without = edit(second.text, Remove(("stages", "formal", "due"))).text
    assert editing.applied(second.text, carried(back, second.splices)) == without
    with pytest.raises(editing.Touched):
        carried(carried(back, second.splices), third.splices)


def test_a_program_begins_with_the_least_that_can_be_played() -> None:
    text = editing.blank("west_lake", "西湖工匠")
    assert [(problem.code, problem.path) for problem in load(text).problems] == [
        ("S05", ("program", "owner")),
        ("S05", ("program", "policy")),
    ]
    edited = edit_all(text, [Put(("program", "owner"), "某局"), Put(("program", "policy"), "某办法")])
    assert load(edited.text).problems == ()


def test_a_copy_of_a_program_is_another_one() -> None:
    text = next(path for path in PROGRAMS if path.stem == "yongning_juncai").read_text("utf-8")
    copy = edit_all(text, editing.cloned(data_of(text), "other", "另一个项目")).text
    program = data_of(copy)["program"]
    assert (program["key"], program["name"], program.get("code")) == ("other", "另一个项目", None)
