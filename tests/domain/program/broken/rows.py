"""Small broken files: each row changes one thing in a sound program and says what the linter must find."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from workflow.domain.program.load import load
from workflow.domain.program.problems import Problem

HERE = Path(__file__).parents[1]
PROGRAMS = Path(__file__).parents[4] / "programs"
OTHERS = {"yongning_enterprise": frozenset({"self_evaluation", "enterprise_recognition"})}


@cache
def sound(name: str) -> str:
    folder = HERE if name == "model_tutor" else PROGRAMS
    return (folder / f"{name}.yaml").read_text(encoding="utf-8")


@cache
def problems(text: str) -> tuple[Problem, ...]:
    """What the linter says of it, asked once."""
    return load(text, OTHERS).problems


@dataclass(frozen=True)
class Row:
    """`edits`: (old, new) pairs, each once; `at`: a text on the line reported; `also`: codes that must come with it."""

    code: str
    path: str
    at: str
    edits: tuple[tuple[str, str], ...]
    guess: str | None = None
    also: tuple[str, ...] = ()
    base: str = "model_tutor"

    @property
    def text(self) -> str:
        text = sound(self.base)
        for old, new in self.edits:
            assert old in text, f"{self.code}: {old!r} is not in {self.base}"
            text = text.replace(old, new, 1)
        return text

    @property
    def problems(self) -> tuple[Problem, ...]:
        return problems(self.text)

    @property
    def line(self) -> int:
        lines = [number for number, line in enumerate(self.text.split("\n"), start=1) if self.at in line]
        assert lines, f"{self.code}: {self.at!r} is on no line"
        return lines[0]

    def __str__(self) -> str:
        return f"{self.code}-{self.path.replace('.', '_')}"


def row(
    code: str,
    path: str,
    at: str,
    *edits: tuple[str, str],
    guess: str | None = None,
    also: tuple[str, ...] = (),
    base: str = "model_tutor",
) -> Row:
    return Row(code, path, at, edits, guess, also, base)


ROUTE = "route: [formal, meeting, notice, award, valid]"
FORMAL = "  formal: {name: 形式审查,"
MEETING = "  meeting: {name: 评审会, kind: vote, by: committee, rank_by: votes}"
NOTICE = "  notice: {name: 公示, kind: notice, show: [name, employer], objection: {by: manager}}"
DUTIES = "duties:\n"
RENEWAL = "  renewal: {name: 续认, before: expiry, at: [90d, 30d, 7d], by: applicant}"
E1 = "otherwise: look}"
CHECKED = (
    "kind: check, by: manager, verify: files, rules: all, words: {pass: 受理, refuse: 不予受理, return: 退回补正}}"
)
NOMINATED = (
    "    nominator: {role: employer_admin, facts: {staff: 职工人数}}\n"
    "    filled_by: either                      # 单位代填或本人填，都要本人确认\n"
    "    quota: min(nominator.staff / 50, 5)\n"
)
QUOTA = "quota: {total: 20, alternates: 10%}"


def with_sheet(
    sheet: str, stage: str = "{name: 评分, kind: score, by: expert, raters: 5}"
) -> tuple[tuple[str, str], ...]:
    """A score stage `marks` before the meeting, an expert role, and this sheet."""
    scoring = (
        "scoring:\n  levels: {优: 90-100, 良: 60-89, 差: 0-59}\n  explain: [差]\n"
        f"  sheets:\n    main: {sheet}\nstages:\n  marks: {stage}\n"
    )
    return (
        ("route: [formal, meeting", "route: [formal, marks, meeting"),
        ("  committee: 评委", "  committee: 评委\n  expert: 专家"),
        ("stages:\n", scoring),
    )


SHEET = "{name: 评分表, criteria: {skill: {name: 技能, weight: 60}, deed: {name: 业绩, weight: 40}}}"


def with_benefit(benefit: str, *, account: bool = True) -> tuple[tuple[str, str], ...]:
    asks = ", asks: {bank: {standard: bank_account}}" if account else ""
    return (
        ("valid: 3y}}", "valid: 3y}, benefits: [grant]" + asks + "}"),
        (DUTIES, f"benefits:\n  grant: {benefit}\n{DUTIES}"),
    )


def with_duty(duty: str) -> tuple[str, str]:
    return DUTIES, f"{DUTIES}  task: {duty}\n"


def with_points(items: str, more: str = "") -> tuple[str, str]:
    return DUTIES, f"points:\n  items:\n    {items}\n{more}{DUTIES}"
