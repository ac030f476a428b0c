"""What is offered for findings with a usual way out, code by code: edits, or the place where words are needed."""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from workflow.domain.program.editing import plain
from workflow.domain.program.editing.changes import Add, Edit, Put, Remove
from workflow.domain.program.editing.remedy import Remedy
from workflow.domain.program.outline.data import label_of
from workflow.domain.program.problems import Path, Problem
from workflow.domain.words import Words

_MOST = 6
LEVELS: Mapping[str, str] = {"优": "90-100", "良": "75-89", "中": "60-74", "差": "0-59"}
Offers = Callable[[Any, Problem], Iterator[Remedy]]


def offers(data: Any, problem: Problem) -> Iterator[Remedy]:
    ask = _OFFERS.get(problem.code)
    if ask is not None:
        yield from ask(data, problem)


def _section(data: Any, *path: str) -> Mapping[str, Any]:
    found = plain.at(data, path)
    return found if isinstance(found, Mapping) else {}


def _office(data: Any) -> str:
    return str(_section(data, "program").get("run_by") or "manager")


def _taken_out(data: Any, problem: Problem) -> Iterator[Remedy]:
    """What is not used at all."""
    name = label_of(problem.path[-1], plain.at(data, problem.path))
    yield Remedy(Words("去掉“%(what)s”", what=name), (Remove(problem.path),))


# -- stages and who acts there -----------------------------------------------------------------------------------------
def _off_every_route(data: Any, problem: Problem) -> Iterator[Remedy]:
    key = problem.path[-1]
    stages, route = _section(data, "stages"), plain.at(data, ("route",))
    if isinstance(route, list) and key not in route:
        award = next((one for one in route if _section(data, "stages", str(one)).get("kind") == "award"), None)
        yield Remedy(Words("放进路线，在发证之前"), (Add(("route",), "", key, before=award),))
    if key in stages:
        yield from _taken_out(data, problem)


def _missing(data: Any, problem: Problem) -> Iterator[Remedy]:
    """Nobody is named who acts."""
    office = _office(data)
    roles = _section(data, "roles")
    if problem.path[-1:] == ("by",) and plain.at(data, problem.path) is plain.NOTHING and office in roles:
        words = Words("由“%(role)s”办", role=label_of(office, roles[office]))
        yield Remedy(words, (Put(problem.path, office),))


def _cannot_pass(data: Any, problem: Problem) -> Iterator[Remedy]:
    may = plain.at(data, problem.path)
    if isinstance(may, list):
        yield Remedy(Words("许“通过”"), (Put(problem.path, ["pass", *may]),))


def _not_judged(data: Any, problem: Problem) -> Iterator[Remedy]:
    """At the checks of a route that do not judge it yet."""
    rule = problem.path[-1]
    routes = [plain.at(data, ("route",)), *(plain.at(one, ("route",)) for one in _section(data, "channels").values())]
    passed = {key for route in routes if isinstance(route, list) for key in route}
    for key, stage in _section(data, "stages").items():
        judged = stage.get("rules") if isinstance(stage, Mapping) and stage.get("kind") == "check" else "all"
        if key in passed and judged != "all" and not (isinstance(judged, list) and rule in judged):
            words = Words("在“%(stage)s”判", stage=label_of(key, stage))
            yield Remedy(
                words, (Put(("stages", key, "rules"), [*judged, rule] if isinstance(judged, list) else "all"),)
            )


# -- scoring -----------------------------------------------------------------------------------------------------------
def _levels(data: Any, problem: Problem) -> Iterator[Remedy]:
    if not _section(data, "scoring", "levels"):
        yield Remedy(Words("用优、良、中、差四级"), (Put(("scoring", "levels"), dict(LEVELS)),))


def _one_sheet(data: Any, problem: Problem) -> Iterator[Remedy]:
    for key, sheet in [*_section(data, "scoring", "sheets").items()][:_MOST]:
        words = Words("用“%(sheet)s”", sheet=label_of(key, sheet))
        yield Remedy(words, (Put((*problem.path[:2], "sheet"), key),))


def _panel(data: Any, problem: Problem) -> Iterator[Remedy]:
    stage = problem.path[:2]
    if problem.code == "W04":
        yield Remedy(Words("每类评委定为 5 名"), (Put((*stage, "raters"), 5),))
        yield Remedy(Words("不去最高最低，取平均"), (Put((*stage, "combine"), "mean"),))
    else:
        yield Remedy(Words("不写有效份数：全部有效才算"), (Remove((*stage, "min_valid")),))


def _weights(data: Any, problem: Problem) -> Iterator[Remedy]:
    path = problem.path
    while path and not isinstance(plain.at(data, (*path, "criteria")), Mapping):
        path = path[:-1]
    criteria = plain.at(data, (*path, "criteria"))
    weights = {
        key: Decimal(criterion["weight"])
        for key, criterion in (criteria.items() if isinstance(criteria, Mapping) else ())
        if isinstance(criterion, Mapping) and isinstance(criterion.get("weight"), int | Decimal)
    }
    total = sum(weights.values(), Decimal(0))
    if not weights or total <= 0 or total == 100:
        return
    scaled = in_proportion(weights)
    puts = (_weight(path, key, weight) for key, weight in scaled.items() if weight != weights[key])
    yield Remedy(Words("按比例补足到100"), tuple(puts))
    missing = 100 - total
    words = Words("加到“%(name)s”") if missing > 0 else Words("从“%(name)s”里减去")
    for key, weight in [*weights.items()][:_MOST]:
        if weight + missing > 0:
            name = label_of(key, criteria[key])
            yield Remedy(Words(words.text, name=name), (_weight(path, key, weight + missing),))


def _weight(path: Path, key: str, weight: Decimal) -> Edit:
    return Put((*path, "criteria", key, "weight"), int(weight) if weight == int(weight) else weight)


def in_proportion(weights: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Whole numbers that add up to 100; what rounding leaves goes to the largest remainders, the earlier first."""
    total = sum(weights.values(), Decimal(0))
    exact = {key: weight * 100 / total for key, weight in weights.items()}
    whole = {key: value.to_integral_value(ROUND_FLOOR) for key, value in exact.items()}
    order = sorted(exact, key=lambda key: whole[key] - exact[key])
    for key in order[: int(100 - sum(whole.values(), Decimal(0)))]:
        whole[key] += 1
    return whole


# -- rules and words ---------------------------------------------------------------------------------------------------
def _quoted_number(data: Any, problem: Problem) -> Iterator[Remedy]:
    """`years >= '3'`: the quotes make a text of it."""
    standing = plain.at(data, problem.path)
    if isinstance(standing, str):
        bare = re.sub(r"(>=|<=|>|<|==|!=)(\s*)(['\"])(-?\d+(?:\.\d+)?)\3", r"\1\2\4", standing)
        if bare != standing:
            yield Remedy(Words("去掉数字两边的引号"), (Put(problem.path, bare),))


def _credential(data: Any, problem: Problem) -> Iterator[Remedy]:
    """Only the administrator knows the clause; where there is none, the threshold goes."""
    yield Remedy(Words("去写办法依据的条款"), (), ("program", "credentials"))
    if problem.path[:2] == ("eligibility", "rules") and len(problem.path) > 2:
        rule = problem.path[:3]
        yield Remedy(Words("去掉“%(what)s”", what=label_of(rule[-1], plain.at(data, rule))), (Remove(rule),))


def _placeholder(data: Any, problem: Problem) -> Iterator[Remedy]:
    """A place that nothing fills is taken out of every language of the text."""
    place = problem.words.params.get("place")
    standing = plain.at(data, problem.path)
    if not isinstance(place, str):
        if isinstance(standing, str):
            yield Remedy(Words("加上流水号"), (Put(problem.path, f"{standing}-{{seq:4}}"),))
        return
    if problem.guess is not None:
        return
    for where, text in [(problem.path, standing)] if isinstance(standing, str) else _texts(problem.path, standing):
        if f"{{{place}}}" in text:
            yield Remedy(Words("去掉“%(what)s”", what=f"{{{place}}}"), (Put(where, text.replace(f"{{{place}}}", "")),))


def _texts(path: Path, standing: Any) -> Iterator[tuple[Path, str]]:
    for word, text in standing.items() if isinstance(standing, Mapping) else ():
        if isinstance(text, str):
            yield (*path, word), text


_OFFERS: Mapping[str, Offers] = {
    "C02": _quoted_number,
    "C07": _credential,
    "K02": _placeholder,
    "R03": _taken_out,
    "R06": _off_every_route,
    "S05": _missing,
    "U01": _cannot_pass,
    "U04": _not_judged,
    "W01": _weights,
    "W04": _panel,
    "W05": _panel,
    "W06": _levels,
    "W13": _one_sheet,
}
