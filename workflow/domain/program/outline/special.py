"""What no shape can say: which section a word refers to, and words whose value may be written in several ways."""

from collections.abc import Mapping
from typing import get_args

from workflow.domain.program import schema as s
from workflow.domain.program.glossary import PARAMETERS
from workflow.domain.program.outline.control import Control, Extra, column
from workflow.domain.program.outline.hints import HINTS
from workflow.domain.program.outline.names import NAMES
from workflow.domain.program.schema import after, judging, people
from workflow.domain.program.schema.base import Part
from workflow.domain.program.standard import STANDARD
from workflow.domain.program.vocabulary import EVENTS

_ROLES = ("roles", ("applicant", "mentor"))
_REFERENCES: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    # Class.word or word -> kind, section, what may be said besides
    "by": ("refs", *_ROLES),
    "Appeal.by": ("ref", "roles", ()),
    "Objection.by": ("ref", "roles", ()),
    "Placement.by": ("ref", "roles", ()),
    "PointsEntry.by": ("ref", *_ROLES),
    "see": ("refs", *_ROLES),
    "confirmed_by": ("ref", *_ROLES),
    "run_by": ("ref", "roles", ()),
    "lead": ("ref", "roles", ()),
    "closed_by": ("ref", "roles", ()),
    "secretary": ("ref", "roles", ()),
    "detail_for": ("refs", "roles", ()),
    "Nominator.role": ("ref", "roles", ()),
    "MentorLine.role": ("ref", "roles", ()),
    "Channel.filled_by": ("ref", "roles", ("person", "nominator", "either")),
    "Field.filled_by": ("ref", *_ROLES),
    "route": ("order", "stages", ()),
    "send_back_to": ("ref", "stages", ()),
    "settled_at": ("ref", "stages", ()),
    "taken_at": ("ref", "stages", ()),
    "Criterion.at": ("ref", "score_stages", ()),
    "runs": ("ref", "check_stages", ()),
    "during": ("refs", "follow_ups", ()),
    "sheet": ("ref", "sheets", ()),
    "track": ("ref", "tracks", ()),
    "HoldingRule.track": ("word", "", ()),
    "EligibilityRule.tracks": ("refs", "tracks", ()),
    "EligibilityRule.channels": ("refs", "channels", ()),
    "AwardStage.benefits": ("refs", "benefits", ()),
    "Tier.benefits": ("refs", "benefits", ()),
    "CheckStage.rules": ("words_or_refs", "rules", ("none", "all")),
    "CheckStage.verify": ("words_or_refs", "form_fields", ("none", "files", "all")),
    "NoticeStage.show": ("refs", "shown", ()),
    "Role.of": ("ref", "holders", ("nominator", "applicant")),
    "Program.line": ("ref", "places", ("nominator",)),
    "counted_per": ("ref", "places", ()),
    "Team.members": ("ref", "tables", ()),
    "Each.field": ("ref", "form_fields", ()),
    "same": ("refs", "form_fields", ()),
    "match": ("refs", "form_fields", ()),
    "gives": ("ref", "items", ()),
    "absence": ("ref", "items", ()),
    "after": ("ref", "milestones", ()),
    "rank_by": ("ref", "totals", ("none", "votes", "total")),
    "Field.standard": ("ref", "", tuple(STANDARD)),
    "Section.standard": ("several", "", tuple(STANDARD)),
    "FileField.class": ("ref", "", tuple(s.Retention.known_words())),
    "include_of": ("flag_or_refs", "roles", ()),
    "tie_break": ("several", "", ("vote", "first_criterion")),
    "VoteStage.pass": ("majority", "", ("majority",)),
    "FollowUpStage.lasts": ("lasts", "", ("valid", "open")),
    "as_of": ("as_of", "", ("closes", "submitted")),
}

_INNER: Mapping[str, tuple[str, tuple[Control, ...]]] = {
    # Class.word or word -> kind, the columns of one row (those of a part that stands there come after them)
    "escalate": (
        "map",
        (
            column("late", "mark", NAMES["late"]),
            column("whom", "ref", NAMES["whom"], refers="roles", options=("superior",)),
        ),
    ),
    "ScoreStage.raters": (
        "raters",
        (column("role", "ref", NAMES["rater"], refers="roles"), column("number", "whole", NAMES["how_many"])),
    ),
    "VoteStage.grades": (
        "map",
        (column("grade", "word", NAMES["grade"]), column("number", "whole", NAMES["how_many"])),
    ),
    "AwardStage.grants": (
        "map",
        (column("word", "word", NAMES["granted"]), column("value", "formula", NAMES["formula"])),
    ),
    "Scoring.levels": ("map", (column("level", "word", NAMES["level"]), column("span", "span", NAMES["span"]))),
    "Criterion.rubric": (
        "map",
        (column("level", "ref", NAMES["level"], refers="levels"), column("text", "label", NAMES["rubric"])),
    ),
    "Criterion.bands": (
        "map",
        (column("mark", "number", NAMES["mark"]), column("points", "number", NAMES["points"])),
    ),
    "messages": (
        "map",
        (
            column("event", "ref", NAMES["event"], options=tuple(sorted(EVENTS))),
            column("text", "label", NAMES["text"]),
        ),
    ),
    "words": (
        "map",
        (column("action", "ref", NAMES["action"], refers="actions"), column("text", "label", NAMES["text"])),
    ),
    "Quota.tracks": (
        "map",
        (column("track", "ref", NAMES["track"], refers="tracks"),),
    ),
    "never_both": (
        "pairs",
        (
            column("one", "ref", NAMES["one_stage"], refers="stages"),
            column("other", "ref", NAMES["other_stage"], refers="stages"),
        ),
    ),
}

_ADAPTED: Mapping[str, tuple[str, Extra]] = {
    "Channel.intake": ("intake", {"part": people.Intake}),
    "Channel.quota": ("channel_quota", {"part": people.ChannelQuota}),
    "Benefit.paid": ("paid", {"part": after.PaidEvery}),
    "EligibilityRule.rule": ("ruled", {"refers": "readable"}),
    "Stage.when": ("ruled", {"refers": "readable"}),
    "Scoring.explain": ("explain", {"refers": "levels"}),
    "ChoiceField.options": ("options", {}),
    "TableField.rows": ("span", {}),
    "PointItem.limit": ("word", {}),
}


_LONG = frozenset({"ConsentField.text", "Benefit.about", "note", "FieldCheck.message"})


def special(part: type[Part], word: str) -> tuple[str, Extra] | None:
    """What stands in a table here instead of being read off the shape."""
    for name in (*(f"{kind.__name__}.{word}" for kind in part.__mro__), word):
        if name in _ADAPTED:
            kind, extra = _ADAPTED[name]
            return kind, dict(extra)
        if name in _INNER:
            kind, columns = _INNER[name]
            return kind, {"columns": columns, "part": judging.Floor if name == "Quota.tracks" else None}
        if name in _REFERENCES:
            kind, section, besides = _REFERENCES[name]
            return kind, {"refers": section, "options": besides}
        if name in _LONG:
            return "long_label", {}
    if word == "type" and issubclass(part, s.Field):
        return "choice", {"options": tuple(s.FieldTypes.classes)}
    if word == "kind" and issubclass(part, s.Stage):
        return "choice", {"options": tuple(s.StageKinds.classes)}
    return None


INTAKE = (
    Control(
        "mode",
        PARAMETERS["mode"],
        HINTS["Intake.mode"],
        "choice",
        default="batch",
        options=("batch", "rolling", "monthly"),
        owner="Intake",
    ),
    Control("closes", PARAMETERS["closes"], HINTS["Intake.closes"], "whole", owner="Intake"),
    Control(
        "roll",
        PARAMETERS["roll"],
        HINTS["roll"],
        "choice",
        default="previous_workday",
        options=get_args(people.Roll),
        owner="Intake",
    ),
    Control("from", PARAMETERS["from"], HINTS["Intake.from"], "choice", options=("facts",), owner="Intake"),
)
