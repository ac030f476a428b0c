"""The paper of the studio: what a draft writes is shown and comes back as it was, and what is typed becomes values."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from forms.studio.beginning import Beginning
from forms.studio.boxes import Named
from forms.studio.paper import StudioPaper, paper_of
from workflow.domain.program.outline.choices import choices
from workflow.domain.program.outline.control import Control
from workflow.domain.program.outline.places import Place, items, place
from workflow.domain.program.outline.values import value_name
from workflow.domain.program.source import read

ROOT = Path(__file__).resolve().parents[2]
DRAFT = """
language: 1
tracks: {a: 甲类, b: 乙类}
roles: {manager: 主办, expert: {name: 专家, seats: 2}}
channels: {self: {name: 个人, intake: rolling, quota: 5}}
stages:
  look: {name: 审查, kind: check, by: manager, due: 3天, remind: [-2wd, 0wd], escalate: {1wd: expert}}
  rate: {name: 评分, kind: score, by: expert, raters: 3}
scoring:
  levels: {优: 90-100, 差: 0-89}
  explain: [差, ">=95"]
eligibility: {rules: {E1: {name: 三年, rule: years >= 3}}}
benefits:
  money: {name: 补贴, amount: 100, paid: [{share: 40%, after: look}, {share: 60%, after: rate}]}
"""
DATA = read(DRAFT).data


def paper_at(path: str, sent: Mapping[str, Any] | None = None, data: Any = DATA) -> StudioPaper:
    found = place(data, tuple(path.split(".")) if path else ())
    assert found is not None

    def choose(control: Control, at: tuple[str, ...]) -> Sequence[Named]:
        own = [(value, value_name(control.owner, control.word, value)) for value in control.options]
        return [*own, *choices(data, control.refers, at)]

    return paper_of(found.leaves, found.data, found.path, choose, None if sent is None else MultiDict(sent))


def everywhere(data: Any, path: tuple[str, ...] = ()) -> Iterator[Place]:
    found = place(data, path)
    assert found is not None
    yield found
    for control in found.asked:
        inner = [control] if control.kind == "entries" else []
        if control.kind == "part":
            within = place(data, (*path, control.word))
            inner = [] if within is None else list(within.sections)
        for section in inner:
            at = (*path, control.word) if section is control else (*path, control.word, section.word)
            for item in items(data, at):
                yield from everywhere(data, item.path)


@pytest.mark.parametrize("file", sorted(path.stem for path in (ROOT / "programs").glob("*.yaml")))
def test_every_place_of_a_shipped_program_is_shown_whole(file: str) -> None:
    data = read((ROOT / "programs" / f"{file}.yaml").read_text("utf-8")).data
    places = list(everywhere(data))
    assert len(places) > 20
    for one in places:
        paper = paper_at(".".join(one.path), data=data)
        assert [box.path for box in paper.boxes if box.odd] == []
        assert paper.changes() == []


TABLE: Mapping[str, Any] = {
    "p.rule": "years >= 3",
    "p.rule~from": "years >= 3",
    "p.rule~pieces": "2",
    "p.rule~0.left": "years",
    "p.rule~0.how": ">=",
    "p.rule~0.value": "3",
    "p.rule~1.left": "age",
    "p.rule~1.how": "<",
    "p.rule~join": "&&",
}
"""A second row is begun, and not yet compared with anything."""
CASES: Sequence[tuple[str, Mapping[str, Any], Mapping[tuple[str, ...], Any]]] = (
    ("roles.manager", {"p.name~zh": "办公室", "p.seats": "2"}, {("name",): "办公室", ("seats",): 2}),
    ("roles.expert", {"p.name~zh": "专家", "p.name~en": "Expert"}, {("name",): {"zh": "专家", "en": "Expert"}}),
    ("roles.expert", {"p.seats": ""}, {("seats",): None}),
    (
        "channels.self",
        {"p.intake.mode": "monthly", "p.intake.closes": "25"},
        {("intake",): {"every": "month", "closes": 25}},
    ),
    (
        "channels.self",
        {"p.quota.places": "min(1, 2)", "p.quota.per": "year"},
        {("quota",): {"places": "min(1, 2)", "per": "year"}},
    ),
    ("channels.self", {"p.quota.places": "7"}, {("quota",): 7}),
    (
        "channels.self",
        {"p.nominator~": "1", "p.nominator~on": "y", "p.nominator.role": "expert"},
        {("nominator",): {"role": "expert"}},
    ),
    ("channels.self", {"p.nominator~": "1", "p.nominator.role": "expert"}, {("nominator",): {"role": "expert"}}),
    ("channels.self", {"p.nominator~": "1", "p.nominator.role": ""}, {}),
    (
        "channels.self",
        {"p.route~": ["look", "rate"], "p.route~look": "2", "p.route~rate": "1"},
        {("route",): ["rate", "look"]},
    ),
    ("stages.look", {"p.by~": "1", "p.by": ["manager", "expert"]}, {("by",): ["manager", "expert"]}),
    ("stages.look", {"p.rules~": "1", "p.rules~word": "all"}, {("rules",): "all"}),
    ("stages.look", {"p.correction.due~amount": "10", "p.correction.due~unit": "d"}, {("correction",): {"due": "10d"}}),
    (
        "stages.look",
        {"p.refuse_only_for": "材料不实 | False papers\n超龄"},
        {("refuse_only_for",): [{"zh": "材料不实", "en": "False papers"}, "超龄"]},
    ),
    ("stages.look", {"p.as_list~": "1", "p.as_list": "y"}, {("as_list",): True}),
    ("stages.look", {"p.may~": "1", "p.may": ["pass", "refuse", "return"]}, {}),
    (
        "stages.look",
        {
            "p.remind~rows": "3",
            "p.remind~0.~amount": "2",
            "p.remind~1.~amount": "0",
            "p.remind~2.~amount": "1",
            "p.remind~2.~side": "after",
        },
        {("remind",): ["-2wd", "0wd", "1wd"]},
    ),
    (
        "stages.look",
        {
            "p.escalate~rows": "1",
            "p.escalate~0.late~amount": "1",
            "p.escalate~0.late~side": "after",
            "p.escalate~0.whom": "superior",
        },
        {("escalate",): {"1wd": "superior"}},
    ),
    (
        "stages.rate",
        {"p.raters~rows": "1", "p.raters~0.role": "expert", "p.raters~0.number": "5"},
        {("raters",): {"expert": 5}},
    ),
    ("stages.rate", {"p.raters~rows": "1", "p.raters~0.number": "4"}, {("raters",): 4}),
    ("scoring", {"p.explain~from": "90", "p.explain": ["优"]}, {("explain",): ["优", ">=90"]}),
    (
        "scoring",
        {"p.levels~rows": "1", "p.levels~0.level": "优", "p.levels~0.span": "0 至 100"},
        {("levels",): {"优": "0-100"}},
    ),
    ("eligibility.rules.E1", {**TABLE, "p.rule~1.value": "3"}, {("rule",): "years >= 3 && age < 3"}),
    ("eligibility.rules.E1", TABLE, {}),
    ("eligibility.rules.E1", {**TABLE, "p.rule~from": "years >= 2", "p.rule~0.value": "2", "p.rule~1.left": ""}, {}),
    ("eligibility.rules.E1", {**TABLE, "p.rule": "years > 5", "p.rule~1.value": "3"}, {("rule",): "years > 5"}),
    ("benefits.money", {"p.paid~way": ""}, {("paid",): None}),
    (
        "benefits.money",
        {"p.paid~way": "rhythm", "p.paid~rhythm.every": "month", "p.paid~rhythm.on": "15"},
        {("paid",): {"every": "month", "on": 15}},
    ),
    ("benefits.money", {"p.amount": "0.5"}, {("amount",): Decimal("0.5")}),
)


@pytest.mark.parametrize(("path", "sent", "written"), CASES)
def test_what_is_typed_becomes_what_a_file_writes(
    path: str, sent: Mapping[str, Any], written: Mapping[tuple[str, ...], Any]
) -> None:
    paper = paper_at(path, sent)
    assert paper.reasons == ()
    at = tuple(path.split("."))
    assert dict(paper.changes()) == {(*at, *words): value for words, value in written.items()}


@pytest.mark.parametrize(
    ("path", "sent", "where", "words"),
    [
        ("roles.expert", {"p.seats": "两"}, "p-seats", "不是整数"),
        ("roles.expert", {"p.name~zh": "", "p.name~en": ""}, "p-name", "必须写"),
        ("stages.look", {"p.correction.rounds": "x"}, "p-correction-rounds", "不是整数"),
        (
            "scoring",
            {"p.levels~rows": "1", "p.levels~0.level": "优", "p.levels~0.span": "高"},
            "p-levels_0-span",
            "范围",
        ),
        ("stages.rate", {"p.raters~rows": "1", "p.raters~0.role": "expert"}, "p-raters", "一半"),
        ("benefits.money", {"p.paid~way": "rhythm", "p.paid~rhythm.on": "25日"}, "p-paid_rhythm-on", "看不懂"),
    ],
)
def test_what_is_not_understood_is_told_where_it_stands_and_nothing_of_it_is_written(
    path: str, sent: Mapping[str, Any], where: str, words: str
) -> None:
    paper = paper_at(path, sent)
    assert paper.changes() == []
    [reason] = paper.reasons
    assert reason.where == where
    assert words in str(reason.words)


def test_a_value_no_control_can_show_is_left_alone_until_it_is_written_anew() -> None:
    paper = paper_at("stages.look")
    [due] = [box for box in paper.boxes if box.control.word == "due"]
    assert (due.odd, due.raw) == (True, "3天")
    assert paper_at("stages.look", {"p.due~amount": "3"}).changes() == []
    anew = paper_at("stages.look", {"p.due~anew": "y", "p.due~amount": "3", "p.due~unit": "d"})
    assert anew.changes() == [(("stages", "look", "due"), "3d")]


def test_a_draft_begins_from_what_is_offered_and_nothing_else() -> None:
    for sent, where in (
        ({"source": "elsewhere", "name": "甲", "key": "a"}, "source"),
        ({"source": "shipped", "shipped": "unknown"}, "shipped"),
        ({"source": "version", "version": "8"}, "version"),
    ):
        form = Beginning(MultiDict(sent))
        form.offer([("tea", "制茶")], [("7", "制茶 · 1")])
        assert (form.validate(), [name for name, field in form._fields.items() if field.errors]) == (False, [where])
    form = Beginning(MultiDict({"source": "version", "version": "7"}))
    form.offer([("tea", "制茶")], [("7", "制茶 · 1")])
    assert form.validate()
