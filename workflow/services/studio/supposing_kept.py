"""What a what-if found, as it is shown and as it is kept: one short line for each application that would differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workflow.domain.program.schema import Label
from workflow.domain.supposing import Criterion, Part
from workflow.domain.words import Words
from workflow.services.studio.wording import packed, unpacked


@dataclass(frozen=True, slots=True)
class Standing:
    """The place by one sheet's totals among those of the same round; equal totals share one."""

    sheet: str
    before: int
    after: int
    of: int

    @property
    def moved(self) -> int:
        """Upwards is more than 0."""
        return self.before - self.after


@dataclass(frozen=True, slots=True)
class Line:
    """One application whose result or place would be another. `number` is how the office knows it; no name is shown."""

    ref: str
    number: str | None
    track: str
    channel: str
    before: str
    after: str
    by: tuple[Criterion, ...] = ()
    standings: tuple[Standing, ...] = ()

    @property
    def turns(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class Supposed:
    """`looked` at so many; `skipped`: in a channel or track that the draft does not have. `differing`: of the lines,
    those with another answer to something; the others only stand at another place. `unreckoned`: for each sheet and
    reason, how many could not be counted anew."""

    looked: int
    skipped: int
    before: Mapping[str, int]
    after: Mapping[str, int]
    differing: int
    moved: int
    by: Sequence[tuple[Label, int]]
    sheets: Mapping[str, Label]
    unreckoned: Sequence[tuple[Label, Words, int]]
    lines: Sequence[Line]


class _Names:
    """Each name once; lines point at it by its number."""

    def __init__(self) -> None:
        self.every: list[Any] = []
        self._known: dict[tuple[str, str | None], int] = {}

    def of(self, name: Label) -> int:
        key = name.zh, name.en
        if key not in self._known:
            self._known[key] = len(self.every)
            self.every.append(packed(name))
        return self._known[key]


def kept(found: Supposed) -> dict[str, Any]:
    names = _Names()
    lines = [
        [
            *(line.ref, line.number, line.track, line.channel, line.before, line.after),
            [_criterion(one, names) for one in line.by],
            [[one.sheet, one.before, one.after, one.of] for one in line.standings],
        ]
        for line in found.lines
    ]
    return {
        "looked": found.looked,
        "skipped": found.skipped,
        "before": dict(found.before),
        "after": dict(found.after),
        "differing": found.differing,
        "moved": found.moved,
        "by": [[names.of(name), number] for name, number in found.by],
        "sheets": {key: names.of(name) for key, name in found.sheets.items()},
        "unreckoned": [[names.of(name), packed(why), number] for name, why, number in found.unreckoned],
        "lines": lines,
        "names": names.every,
    }


def _criterion(one: Criterion, names: _Names) -> list[Any]:
    parts = [[names.of(part.name), part.before, part.after] for part in one.parts]
    told = [one.key, names.of(one.name), one.before, one.after, list(one.missing)]
    return [*told, one.totals and list(one.totals), one.marks and list(one.marks), parts]


def read(kept: Mapping[str, Any]) -> Supposed:
    names = [unpacked(name) for name in kept["names"]]

    def criterion(told: Sequence[Any]) -> Criterion:
        key, name, before, after, missing, totals, marks, parts = told
        return Criterion(
            key,
            names[name],
            before,
            after,
            tuple(missing),
            tuple(totals) if totals else None,
            tuple(marks) if marks else None,
            tuple(Part(names[part], was, is_) for part, was, is_ in parts),
        )

    def line(ref: str, number: str | None, track: str, channel: str, before: str, after: str, by: Any, at: Any) -> Line:
        standings = tuple(Standing(*each) for each in at)
        return Line(ref, number, track, channel, before, after, tuple(map(criterion, by)), standings)

    return Supposed(
        looked=kept["looked"],
        skipped=kept["skipped"],
        before=kept["before"],
        after=kept["after"],
        differing=kept["differing"],
        moved=kept["moved"],
        by=[(names[name], number) for name, number in kept["by"]],
        sheets={key: names[name] for key, name in kept["sheets"].items()},
        unreckoned=[(names[name], unpacked(why), number) for name, why, number in kept["unreckoned"]],
        lines=[line(*told) for told in kept["lines"]],
    )
