"""A score sheet: criteria as one table with their levels, weights that must make 100, and what a rater will see."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from flask import request
from markupsafe import Markup
from werkzeug.wrappers import Response

from forms.base import Paper
from forms.studio.lines import Misunderstood, number, text_of
from workflow.documents.meters import SHADES, meter
from workflow.domain.errors import NotFound, Reason
from workflow.domain.program.editing import Add, Edit, Put, Remove
from workflow.domain.program.glossary import VALUES
from workflow.domain.program.outline.blanks import free_key, new_entry
from workflow.domain.program.outline.choices import Choices, choices
from workflow.domain.program.outline.data import as_label, kind_of_stage, label_of, listed, section
from workflow.domain.program.outline.values import value_name
from workflow.domain.program.outline.weights import FULL, added_to, gap, in_proportion, weights
from workflow.domain.program.phrases import number_text
from workflow.domain.program.problems import Path
from workflow.domain.program.schema.base import Label
from workflow.domain.words import Words
from workflow.services.studio import editing
from workflow.web import page
from workflow.web.routes import page as route
from workflow.web.studio import blueprint
from workflow.web.studio.beside import Told
from workflow.web.studio.desk import BUILDS, REACHES, Desk, seen
from workflow.web.studio.tabs import TABS


@dataclass(frozen=True)
class Row:
    """One criterion as the table shows it. `levels`: level -> what it takes; `errors`: word -> what was wrong;
    `found`: word -> what the check of the draft says of it."""

    key: str
    name: str
    weight: str
    by: str
    at: str
    type: str
    sort: Any
    levels: Mapping[str, str]
    shade: int
    errors: Mapping[str, Words] = field(default_factory=dict)
    found: Mapping[str, Sequence[Told]] = field(default_factory=dict)

    @property
    def several(self) -> bool:
        return "、" in self.by


class SheetDesk(Desk):
    """The tab of scores, with one sheet open."""

    def __init__(self, ref: str, sheet: str) -> None:
        super().__init__(ref, f"scoring/sheets/{sheet}", "scoring")
        if self.place is None:
            raise NotFound

    @property
    def raw(self) -> Mapping[str, Any]:
        return section(self.data, *self.path)

    @cached_property
    def criteria(self) -> Mapping[str, Any]:
        return section(self.data, *self.path, "criteria")

    @property
    def levels(self) -> Sequence[tuple[str, str, bool]]:
        """Level, its range, and whether it needs a reason."""
        explain = listed(self.data, "scoring", "explain")
        found = section(self.data, "scoring", "levels")
        return [(level, str(text_of(span)), level in explain) for level, span in found.items()]

    @property
    def raters(self) -> Choices:
        """The roles that rate somewhere, else all."""
        rating = {
            role
            for stage in section(self.data, "stages").values()
            if kind_of_stage(stage) == "score"
            for role in listed(stage, "by")
        }
        return tuple(pair for pair in choices(self.data, "roles") if not rating or pair[0] in rating)

    @property
    def rated_at(self) -> Choices:
        return choices(self.data, "score_stages")

    @property
    def rows(self) -> list[Row]:
        return [self._row(number, key, raw) for number, (key, raw) in enumerate(self.criteria.items())]

    def _row(self, number: int, key: str, raw: Any) -> Row:
        rubric = section(raw, "rubric")
        said = {level: as_label(rubric.get(level)) for level, _, _ in self.levels}
        weight = raw.get("weight") if isinstance(raw, Mapping) else None
        sort = str(raw.get("type") or "levels") if isinstance(raw, Mapping) else "levels"
        return Row(
            key,
            label_of(key, raw).zh,
            (text_of(weight) or "") if weight is not None else "",
            "、".join(listed(raw, "by")),
            str(raw.get("at") or "") if isinstance(raw, Mapping) else "",
            sort,
            value_name("Criterion", "type", sort),
            {level: label.zh if label else "" for level, label in said.items()},
            number % SHADES,
            found={word: self.told_of((*self.path, "criteria", key), word) for word in FOUND},
        )

    def told_of(self, at: Path, word: str) -> Sequence[Told]:
        """Beside the name stands what concerns the criterion as a whole, or a word that the table does not show."""
        below = [one for one in self.checked.findings if one.path[: len(at)] == at]
        named = [one for one in below if len(one.path) == len(at) or one.path[len(at)] not in FOUND[1:]]
        own = [one for one in below if one not in named and one.path[len(at)] == word]
        return tuple(map(self.told, named if word == "name" else own))

    @property
    def told_of_weights(self) -> Sequence[Told]:
        """What concerns all criteria, the sheet as a whole, or the levels of every sheet; the ways out of weights that
        do not make 100 stand there anyway."""
        places = (self.path, (*self.path, "criteria"), (*self.path, "pass"), (*self.path, "track"))
        return tuple(
            replace(self.told(one), ways=()) if one.code == "W01" else self.told(one)
            for one in self.checked.findings
            if one.path in places or (one.code == "W06" and one.path[:1] == ("scoring",))
        )

    @property
    def weights(self) -> dict[str, Decimal]:
        return weights(self.criteria)

    @property
    def gap(self) -> Decimal:
        return gap(self.weights)

    @property
    def total(self) -> str:
        return number_text(FULL - self.gap)

    @property
    def missing(self) -> str:
        return number_text(abs(self.gap))

    @property
    def last(self) -> Row | None:
        rows = self.rows
        return rows[-1] if rows and added_to(self.weights, rows[-1].key) else None

    @property
    def meter(self) -> Markup:
        named = [(row.name, self.weights[row.key]) for row in self.rows]
        if self.gap > 0:
            says = Words("%(n)s 项权重合计 %(total)s，差 %(gap)s", n=len(named), total=self.total, gap=self.missing)
        elif self.gap < 0:
            says = Words("%(n)s 项权重合计 %(total)s，多 %(gap)s", n=len(named), total=self.total, gap=self.missing)
        else:
            says = Words("%(n)s 项权重合计 100", n=len(named))
        missing = page.say(Words("差 %(gap)s", gap=self.missing))
        return Markup(meter(named, page.say(says), missing))  # noqa: S704 - drawn by us, texts escaped

    @property
    def used_at(self) -> Sequence[tuple[Path, Label, Words]]:
        return tuple(self._used())

    def _used(self) -> Iterator[tuple[Path, Label, Words]]:
        """The score stages that may ask this sheet, and how they make one total of several."""
        for key, stage in section(self.data, "stages").items():
            if kind_of_stage(stage) != "score" or stage.get("sheet") not in (None, self.path[2]):
                continue
            combine = str(stage.get("combine") or "mean")
            raters = stage.get("raters") or 1
            count = raters if isinstance(raters, int) else sum(n for n in raters.values() if isinstance(n, int))
            least = stage.get("min_valid") or count
            says = Words(
                "%(n)s 名评委，%(combine)s，至少 %(least)s 份有效",
                n=count,
                combine=VALUES.get(combine, Words("%(word)s", word=combine)),
                least=least,
            )
            yield ("stages", key), label_of(key, stage), says

    @property
    def ties(self) -> Sequence[Words | Label]:
        said = listed(self.data, "quota", "tie_break") or ["vote"]
        return [value_name("Quota", "tie_break", one) for one in said]


WORDS = ("name", "weight", "by", "at")
FOUND = (*WORDS, "rubric")


@route(blueprint, "/<ref>/sheet/<sheet>", methods=("GET", "POST"), **BUILDS)
def sheet(ref: str, sheet: str) -> Response:
    desk = SheetDesk(ref, sheet)
    if request.method == "POST":
        return _saved(desk)
    return _shown(desk, desk.rows, Paper())


def _saved(desk: SheetDesk) -> Response:
    rows, edits = desk.rows, []
    typed: list[Row] = []
    for row in rows:
        fresh, own = _read(desk, row)
        typed.append(fresh)
        edits += own
    edits += _sheet_words(desk)
    pressed = next((name for name in ("balance", "new") if request.form.get(name)), "")
    if pressed == "new":
        edits.append(_new(desk))
    if edits:
        editing.edit(desk.ref, edits, seen(), desk.actor, page.now())
    if pressed == "balance":
        _balanced(SheetDesk(desk.ref, desk.path[2]), request.form["balance"])
    form = Paper()
    form.take(
        Reason(Words("“%(name)s”：%(words)s", name=row.name, words=words), f"c-{row.key}-{word}")
        for row in typed
        for word, words in row.errors.items()
    )
    if form.reasons:
        return _shown(SheetDesk(desk.ref, desk.path[2]), typed, form)
    return page.go("studio.sheet", ref=desk.ref, sheet=desk.path[2])


def _read(desk: SheetDesk, row: Row) -> tuple[Row, list[Edit]]:
    """What was typed in one row, and what of it is to be written."""
    sent = request.form
    at = (*desk.path, "criteria", row.key)
    raw = desk.criteria[row.key]
    said = {word: " ".join(sent.get(f"c-{row.key}-{word}", getattr(row, word)).split()) for word in WORDS}
    rubric = {
        level: " ".join(sent.get(f"c-{row.key}-l{number}", row.levels.get(level, "")).split())
        for number, (level, _, _) in enumerate(desk.levels)
    }
    errors: dict[str, Words] = {}
    edits: list[Edit] = []
    if said["name"] != row.name and said["name"]:
        edits.append(Put((*at, "name"), _renamed(raw, said["name"])))
    if said["weight"] != row.weight:
        edits += _weighed(at, said["weight"], errors)
    for word in ("by", "at"):
        if said[word] != getattr(row, word) and "、" not in said[word]:
            edits.append(Put((*at, word), said[word]) if said[word] else Remove((*at, word)))
    written = section(raw, "rubric")
    for level, text in rubric.items():
        if text != row.levels.get(level, ""):
            where = (*at, "rubric", level)
            edits.append(Put(where, _with_english(written.get(level), text)) if text else Remove(where))
    typed = replace(
        row,
        name=said["name"] or row.name,
        weight=said["weight"],
        by=said["by"],
        at=said["at"],
        levels=rubric,
        errors=errors,
    )
    return typed, edits


def _weighed(at: Path, typed: str, errors: dict[str, Words]) -> list[Edit]:
    if not typed:
        return [Remove((*at, "weight"))]
    try:
        return [Put((*at, "weight"), number(typed.rstrip("%％ ")))]
    except Misunderstood as wrong:
        errors["weight"] = wrong.words
        return []


def _renamed(raw: Any, name: str) -> Any:
    return _with_english(raw.get("name") if isinstance(raw, Mapping) else None, name)


def _with_english(kept: Any, text: str) -> Any:
    return {**kept, "zh": text} if isinstance(kept, Mapping) and kept.get("en") else text


def _sheet_words(desk: SheetDesk) -> list[Edit]:
    typed = request.form.get("pass", "").strip()
    before = desk.raw.get("pass")
    if "pass" not in request.form or typed == ("" if before is None else text_of(before)):
        return []
    try:
        return [Put((*desk.path, "pass"), number(typed)) if typed else Remove((*desk.path, "pass"))]
    except Misunderstood:
        return []


def _new(desk: SheetDesk) -> Edit:
    where = (*desk.path, "criteria")
    name = " ".join(request.form.get("new_name", "").split())[:80] or page.say(Words("新指标"))
    return Add(where, free_key("criteria", set(desk.criteria)), new_entry(desk.data, where, name))


def _balanced(desk: SheetDesk, how: str) -> None:
    """The weights made 100: onto the last criterion, or all in proportion."""
    found = in_proportion(desk.weights) if how == "share" else added_to(desk.weights, desk.rows[-1].key)
    edits: list[Edit] = [
        Put((*desk.path, "criteria", key, "weight"), number(number_text(weight))) for key, weight in found.items()
    ]
    if edits:
        editing.edit(desk.ref, edits, desk.draft.revision, desk.actor, page.now())


def _shown(desk: SheetDesk, rows: Sequence[Row], form: Paper) -> Response:
    return page.render(
        "pages/studio/sheet.html", desk=desk, draft=desk.draft, rows=rows, form=form, tabs=TABS, reaches=REACHES
    )
