"""From plain data to a Definition; what the shapes refuse becomes problems in a clerk's words."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from workflow.domain.program.mend import FILLED_IN, mend, standing_at
from workflow.domain.program.problems import Path, Problem, closest, section
from workflow.domain.program.schema import Definition
from workflow.domain.program.schema.base import TYPED_KEY, Part
from workflow.domain.program.source import Map, Source
from workflow.domain.words import Words

Seen = dict[Path, type[Part]]
Detail = Mapping[str, Any]


def shape(source: Source, digest: str) -> tuple[Definition | None, list[Problem]]:
    """The definition, or as much of it as can be read once what is wrong is mended or left out."""
    problems: list[Problem] = []
    data = source.data
    told: set[Path] = set()
    for _ in range(ROUNDS):
        seen: Seen = {}
        try:
            return Definition.build(data, digest=digest, seen=seen), problems
        except ValidationError as error:
            found = [(written_path(detail["loc"], data), detail) for detail in error.errors(include_url=False)]
        meant = misspelled(found, data, seen)
        echoes = {(*path[:-1], word) for path, word in meant.items()} | told
        problems += [problem_of(detail, source, seen) for path, detail in found if path not in echoes]
        missing = [path for path, detail in found if detail["type"] == "missing" and path not in echoes]
        if any(path[-1] != FILLED_IN for path in missing):
            return None, problems
        wrong = {path for path, detail in found if detail["type"] != "missing"} - set(meant)
        told |= wrong
        data = mend(source, data, meant, missing, wrong)
    return None, problems


def misspelled(found: Sequence[tuple[Path, Detail]], data: Map, seen: Seen) -> dict[Path, str]:
    """Unknown words that were surely meant for a known one the file does not have there."""
    meant: dict[Path, str] = {}
    for path, detail in found:
        guess = unknown_word(detail, path, seen)[2] if detail["type"] == "extra_forbidden" else None
        around = standing_at(data, path[:-1])
        if guess is not None and isinstance(around, Mapping) and guess not in around:
            meant[path] = guess
    return meant


ROUNDS = 6
PAID = ("instalments", "rhythm")  # the two shapes of a benefit's `paid`


def problem_of(detail: Detail, source: Source, seen: Seen) -> Problem:
    path = written_path(detail["loc"], source.data)
    code, words, guess = explain(detail, path, seen)
    shown_at = path[:-1] if detail["type"] == "extra_forbidden" else section(path, code)
    return Problem(code, shown_at, source.line(path), words, guess)


def written_path(loc: tuple[int | str, ...], data: Any) -> Path:
    """The part of pydantic's location that the file really has; the last word may be one that is missing."""
    path: list[str] = []
    here = data
    for at, step in enumerate(loc):
        word = "key" if step == TYPED_KEY else str(step)
        if word in PAID and isinstance(here, Mapping) and "paid" in here:
            word = "paid"
        if isinstance(here, Mapping) and word in here:
            here = here[word]
        elif isinstance(here, list) and word.isdigit() and int(word) < len(here):
            here = here[int(word)]
        elif at < len(loc) - 1 or word == "[key]" or not isinstance(here, Mapping):
            continue
        path.append(word)
    return tuple(path)


def explain(detail: Detail, path: Path, seen: Seen) -> tuple[str, Words, str | None]:
    context = detail.get("ctx") or {}
    if isinstance(context.get("words"), Words):
        return context["code"], context["words"], context["guess"]
    return EXPLAINED.get(detail["type"], anything_else)(detail, path, seen)


Explained = tuple[str, Words, str | None]


def unknown_word(detail: Detail, path: Path, seen: Seen) -> Explained:
    part = seen.get(path[:-1])
    code = "S04" if path[0] == "retention" else "S01"
    return code, Words("不认识“%(word)s”", word=path[-1]), closest(path[-1], part.known_words()) if part else None


def no_such_value(detail: Detail, path: Path, seen: Seen) -> Explained:
    expected = [word.strip("' ") for word in str(detail["ctx"]["expected"]).replace(" or ", ",").split(",")]
    words = Words("没有“%(given)s”这个取值：可以写 %(expected)s", given=detail["input"], expected="、".join(expected))
    return "S04", words, closest(str(detail["input"]), expected)


def missing(detail: Detail, path: Path, seen: Seen) -> Explained:
    return "S05", Words("缺少“%(word)s”：这一项必须写", word=path[-1]), None


def expected(what: Words) -> Callable[[Detail, Path, Seen], Explained]:
    def explained(detail: Detail, path: Path, seen: Seen) -> Explained:
        return (
            "S05",
            Words("写法不对：“%(given)s”，这里要%(what)s", given=shown(detail["input"]), what=what),
            None,
        )

    return explained


def out_of_bounds(detail: Detail, path: Path, seen: Seen) -> Explained:
    given = shown(detail["input"])
    context = detail["ctx"]
    if "ge" in context:
        return "S05", Words("写法不对：“%(given)s”太小，最小写 %(limit)s", given=given, limit=context["ge"]), None
    return "S05", Words("写法不对：“%(given)s”太大，最大写 %(limit)s", given=given, limit=context["le"]), None


def shown(given: Any) -> str:
    written = "{…}" if isinstance(given, Mapping) else "[…]" if isinstance(given, list | tuple) else str(given)
    return written if len(written) <= 40 else f"{written[:40]}…"


def anything_else(detail: Detail, path: Path, seen: Seen) -> Explained:
    return "S05", Words("写法不对：“%(given)s”", given=shown(detail["input"])), None


WHOLE_NUMBER = expected(Words("一个整数"))
EXPLAINED: Mapping[str, Callable[[Detail, Path, Seen], Explained]] = {
    "extra_forbidden": unknown_word,
    "literal_error": no_such_value,
    "missing": missing,
    "int_type": WHOLE_NUMBER,
    "int_from_float": WHOLE_NUMBER,
    "greater_than_equal": out_of_bounds,
    "less_than_equal": out_of_bounds,
    "bool_type": expected(Words("写 true 或 false")),
    "string_type": expected(Words("一段文字")),
    "string_too_short": expected(Words("一段文字")),
    "string_pattern_mismatch": expected(Words("“17:30”这样的时刻")),
    "dict_type": expected(Words("“词: 内容”这样的写法")),
    "model_type": expected(Words("“词: 内容”这样的写法")),
    "tuple_type": expected(Words("一个列表，如 [甲, 乙]")),
    "too_short": expected(Words("至少一项")),
}
