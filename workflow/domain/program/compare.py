"""What changed between two versions of a program, and whom each change reaches (LANGUAGE part 8)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from workflow.domain.lengths import Length
from workflow.domain.program import schema as s
from workflow.domain.program.differences import Difference, differences
from workflow.domain.program.glossary import KINDS, PARAMETERS
from workflow.domain.program.phrases import value_words
from workflow.domain.words import Words

Reach = Literal["free", "ahead", "round", "ask", "pinned"]
Judge = Callable[[Difference], Reach]


@dataclass(frozen=True)
class Change:
    path: tuple[str, ...]
    old: Any
    new: Any
    reach: Reach
    words: Words

    @property
    def stage(self) -> str | None:
        """The stage a case must not have entered yet, where the change belongs to one."""
        return self.path[1] if self.path[0] == "stages" and len(self.path) > 1 else None

    @property
    def opening(self) -> str | None:
        """The duty, points item or session that must not have opened yet: `duties.report`."""
        at = {"duties": 1, "sessions": 1, "points": 2}.get(self.path[0])
        if at is None or len(self.path) <= at or (self.path[0] == "points" and self.path[1] != "items"):
            return None
        return f"{self.path[0]}.{self.path[at]}"


def compare(a: s.Definition, b: s.Definition) -> tuple[Change, ...]:
    """Every changed path, in the order of the file."""
    return tuple(Change(d.path, d.old, d.new, reach(d), _sentence(a, b, d)) for d in differences(a, b))


def days_in(length: Length) -> Decimal:
    """Roughly how long, to tell a longer time from a shorter one across units."""
    each = {"wd": Decimal("1.4"), "d": Decimal(1), "mo": Decimal("30.4"), "y": Decimal(365)}
    return each[length.unit] * length.amount


def _longer_is_free(otherwise: Reach) -> Judge:
    def judge(d: Difference) -> Reach:
        if d.new is None or (d.old is not None and days_in(d.new) >= days_in(d.old)):
            return "free"
        return otherwise

    return judge


def _required(d: Difference) -> Reach:
    """Loosened: from always, to sometimes, to never."""
    strict = {True: 2, False: 0}
    before, after = (strict[value] if isinstance(value, bool) else 1 for value in (d.old, d.new))
    return "free" if after < before else "ask"


def _least(d: Difference) -> Reach:
    return "free" if d.new is None or (d.old is not None and d.new <= d.old) else "ask"


def _most(d: Difference) -> Reach:
    return "free" if d.new is None or (d.old is not None and d.new >= d.old) else "ask"


def _span(d: Difference) -> Reach:
    wider = d.new is None or (d.old is not None and d.new.low <= d.old.low and d.new.high >= d.old.high)
    return "free" if wider else "ask"


def _superset(d: Difference) -> Reach:
    return "free" if set(d.old) <= set(d.new) else "ask"


def _many(d: Difference) -> Reach:
    return _most(d) if isinstance(d.holder, s.FileField) else "pinned"


def _other(d: Difference) -> Reach:
    return "free" if d.new else "pinned"


def _check_of_field(d: Difference) -> Reach:
    return "free" if d.new is None else "ask"


def _later_closing(d: Difference) -> Reach:
    return "free" if d.new >= d.old else "ahead"


_TEXTS: Mapping[str, Reach] = dict.fromkeys(
    ("name", "note", "hint", "words", "message", "about", "public_name", "remind", "escalate", "clause"), "free"
)
_SCORED_STAGE: Mapping[str, Reach] = dict.fromkeys(
    ("by", "raters", "choose", "sheet", "blind", "combine", "min_valid", "spread_alert", "reveal"), "round"
)
_VOTED_STAGE: Mapping[str, Reach] = dict.fromkeys(
    ("by", "quorum", "pass", "of", "ballot", "rank_by", "places", "grades", "pool", "reveal"), "round"
)
_BY_HOLDER: Mapping[type[s.Part], Mapping[str, Reach | Judge]] = {
    s.Definition: {
        "*": "ask", "messages": "free", "remind": "free", "escalate": "free", "language": "pinned", "points": "ahead",
    },
    s.Program: {
        "*": "ask", "owner": "free", "policy": "free", "code": "ahead", "key": "pinned", "subject": "pinned",
        "one_per_person": "pinned", "team": "pinned",
    },
    s.Team: {"*": "pinned"},
    s.Role: {"*": "ahead"},
    s.Channel: {"*": "ask"},
    s.Section: {"purpose": "ask"},
    s.Fact: {"*": "ahead", "per": "pinned"},
    s.Field: {
        "*": "ask", "type": "pinned", "required": _required, "filter": "free", "standard": "free", "lines": "free",
        "watermark": "free", "blind": "round", "blind_copy": "round", "min": _least, "max": _most, "decimals": _most,
        "max_mb": _most, "length": _span, "rows": _span, "accept": _superset, "many": _many, "other": _other,
        "unit": "pinned", "depth": "pinned", "check": _check_of_field,
    },
    s.Eligibility: {"*": "ask"},
    s.EligibilityRule: {"*": "ask"},
    s.Scoring: {"*": "round"},
    s.Explain: {"*": "round"},
    s.Sheet: {"*": "round"},
    s.Criterion: {"*": "round"},
    s.Stage: {
        "*": "ahead", "due": _longer_is_free("ahead"), "kind": "pinned", "when": "ask", "if_silent": "ask",
        "detail_for": "ask", "count": "pinned", "level": "ask",
    },
    s.ScoreStage: _SCORED_STAGE,
    s.VoteStage: _VOTED_STAGE,
    s.Correction: {"*": "ahead"},
    s.Quota: {"*": "round"},
    s.Each: {"*": "round"},
    s.Benefit: {"*": "pinned", "by": "ahead", "due": _longer_is_free("ahead"), "once_per": "ask"},
    s.PaidEvery: {"*": "pinned", "while": "ask"},
    s.Duty: {"*": "ahead", "due": _longer_is_free("ahead")},
    s.Points: {"*": "ask"},
    s.PointsEntry: {"*": "ahead"},
    s.PointItem: {"*": "ahead"},
    s.Limit: {"*": "ahead"},
    s.Tier: {"*": "ask"},
    s.Session: {"*": "ahead"},
    s.Exit: {"*": "ask"},
    s.Fairness: {"*": "round"},
    s.FairnessConflicts: {"*": "round"},
    s.Appeal: {"*": "ahead", "within": _longer_is_free("ask"), "due": _longer_is_free("ahead")},
    s.ProgramCalendar: {"*": "pinned"},
    s.DayEnds: {"*": _later_closing},
    s.Retention: {"*": "ask"},
    s.Objection: {"*": "ahead", "due": _longer_is_free("ahead")},
}  # fmt: skip

_ADDED: Mapping[str, Reach] = {
    "tracks": "free", "roles": "free", "channels": "free", "options": "free", "facts": "free", "round": "round",
    "rules": "ask", "sheets": "round", "criteria": "round", "exits": "ask", "tiers": "ask",
}  # fmt: skip
_REMOVED: Mapping[str, Reach] = {
    "stages": "ahead", "duties": "ahead", "items": "ahead", "sessions": "ahead", "record": "ahead", "asks": "ahead",
    "sheets": "round", "criteria": "round", "exits": "ask", "tiers": "ask",
}  # fmt: skip


def reach(d: Difference) -> Reach:
    if d.action == "renamed":
        return "pinned"
    if d.action == "removed":
        return _REMOVED.get(d.word, "pinned")
    if d.action == "added":
        return _added(d)
    found = _changed(d)
    return "ahead" if found == "ask" and _asked_later(d) else found


def _asked_later(d: Difference) -> bool:
    """A field of a stage, duty or points item concerns only those who get there; who may see it concerns all."""
    return isinstance(d.holder, s.Field) and d.path[0] not in ("form", "facts") and d.word not in ("level", "see")


def _added(d: Difference) -> Reach:
    if d.word in ("fields", "columns") and d.path[0] == "form":
        return "free" if d.new.required is False else "ask"
    if d.word == "facts" and d.path[0] == "channels":
        return "round"
    return _ADDED.get(d.word, "ahead")


def _changed(d: Difference) -> Reach:
    if d.path[0] == "round" and d.word not in (*_TEXTS, "type"):
        return "round"
    for kind in type(d.holder).__mro__:
        known = {**_TEXTS, **_BY_HOLDER[kind]} if kind in _BY_HOLDER else {}
        judged = known.get(d.word) or (known.get("*") if kind is not s.Part else None)
        if judged is not None:
            return judged if isinstance(judged, str) else judged(d)
    return _TEXTS.get(d.word, "ask" if d.path[0] != "stages" else "ahead")


_SECTIONS: Mapping[str, Words] = {
    "eligibility": Words("申报条件"),
    "scoring": Words("评分办法"),
    "quota": Words("名额"),
    "points": Words("积分"),
    "fairness": Words("回避规定"),
    "appeal": Words("申诉"),
    "calendar": Words("日历"),
    "retention": Words("保存期限"),
}


def _sentence(a: s.Definition, b: s.Definition, d: Difference) -> Words:
    section = _SECTIONS.get(d.path[0]) if len(d.path) > 1 else None
    subject = d.subject or section or b.program.name
    kind = KINDS.get(d.word) or PARAMETERS[d.word]
    if d.action == "added":
        return _with_owner(Words("新增%(kind)s「%(subject)s」", kind=kind, subject=subject), d)
    if d.action == "renamed":
        return Words(
            "「%(subject)s」的键从 %(old)s 改成了 %(new)s；旧键请保留，只改 name", subject=subject, old=d.old, new=d.new
        )
    if d.action == "removed":
        if reach(d) == "pinned":
            return Words("去掉了%(kind)s「%(subject)s」；旧键请保留，只改 name", kind=kind, subject=subject)
        return Words("去掉了%(kind)s「%(subject)s」", kind=kind, subject=subject)
    what = PARAMETERS[d.word]
    old, new = value_words(a, d.word, d.old), value_words(b, d.word, d.new)
    if old is None or new is None:
        return Words("「%(subject)s」的%(what)s有改动", subject=subject, what=what)
    if d.word == "name" and d.subject == d.new:
        return Words("「%(old)s」改名为「%(new)s」", old=old, new=new)
    return Words("「%(subject)s」的%(what)s从 %(old)s 改为 %(new)s", subject=subject, what=what, old=old, new=new)


def _with_owner(words: Words, d: Difference) -> Words:
    """An option says whose it is; everything else stands for itself."""
    name = getattr(d.holder, "name", None)
    if d.word != "options" or name is None:
        return words
    return Words("%(owner)s：%(what)s", owner=name, what=words)
