"""The seven stage kinds and their parameters, with the defaults filled in."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal, cast

from pydantic import Field as Parameter
from pydantic import PlainValidator, ValidationInfo, model_validator

from workflow.domain.lengths import Length
from workflow.domain.program.problems import closest
from workflow.domain.program.schema.base import (
    Count,
    Entry,
    Flag,
    Formula,
    Label,
    Labels,
    Mark,
    Names,
    Number,
    Part,
    PartOf,
    Percent,
    Positive,
    Quantity,
    Time,
    copied,
    fault,
    faults_at,
    fraction,
    length,
)
from workflow.domain.program.schema.fields import Fields
from workflow.domain.words import Words

Kind = Literal["check", "joint_check", "score", "vote", "notice", "award", "follow_up"]
Effect = Literal["pass", "refuse", "return", "defer", "send_back"]
Decision = Literal["pass", "refuse", "defer"]
Reveal = Literal["at_once", "later"]
CountFrom = Literal["next_day", "first_day"]


def wd(amount: int) -> Length:
    return Length(amount, "wd")


def escalation(given: Any) -> dict[Length, str]:
    """`{1wd: district}`: how late, and whom to tell."""
    if not isinstance(given, Mapping):
        raise fault("S05", Words("escalate 要写成 {1wd: 角色} 这样"))
    return {length(late): str(role) for late, role in given.items()}


Escalation = Annotated[dict[Length, str], PlainValidator(escalation)]


class Stage(Entry):
    name: Label
    kind: Kind
    by: Names
    due: Time | None = None
    when: Formula | None = None
    words: dict[str, Label] = Parameter(default_factory=dict)
    record: Fields = Parameter(default_factory=dict)
    asks: Fields = Parameter(default_factory=dict)
    remind: tuple[Mark, ...] | None = None
    escalate: Escalation = Parameter(default_factory=dict)
    public_name: Label | None = None
    note: Label | None = None

    may: tuple[Effect, ...] = ()
    reveal: Reveal = "at_once"

    own_words: ClassVar[tuple[str, ...]] = ()
    actions: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def known_words(cls) -> tuple[str, ...]:
        hidden = {"may", "reveal"} - set(cls.own_words)
        return tuple(word for word in super().known_words() if word not in hidden)

    @model_validator(mode="before")
    @classmethod
    def _only_own_words(cls, given: Any) -> Any:
        """Every stage can be asked for `may` and `reveal`, but only some kinds let a program write them."""
        if not isinstance(given, Mapping):
            return given
        foreign = [word for word in ("may", "reveal") if word in given and word not in cls.own_words]
        if foreign:
            words = Words("这种环节没有这个参数")
            raise faults_at({(word,): fault("S01", words) for word in foreign}, given)
        return given


class Correction(Part):
    due: Time = wd(5)
    rounds: Count = 1
    lapse: Literal["close", "stay"] = "close"


class Sample(Part):
    """Of each nominator's cases `rate` is drawn, and never fewer than `at_least`."""

    rate: Percent
    at_least: Count = 1
    if_failed: Literal["hold_nominator"] | None = None


def none_all_or_list(*single: str) -> Any:
    def read(given: Any) -> Any:
        if given in single:
            return given
        if isinstance(given, list) and all(isinstance(word, str) for word in given):
            return tuple(given)
        choices = "、".join(single)
        words = Words("没有“%(given)s”这个取值：可以写 %(choices)s，或一个列表", given=given, choices=choices)
        raise fault("S04", words, closest(str(given), single))

    return PlainValidator(read)


Verify = Annotated[Literal["none", "files", "all"] | tuple[str, ...], none_all_or_list("none", "files", "all")]
RulesJudged = Annotated[Literal["none", "all"] | tuple[str, ...], none_all_or_list("none", "all")]


class CheckStage(Stage):
    kind: Literal["check"]
    own_words = ("may",)
    actions = ("confirm", "reject_proposal", "sign_list", "draw")
    due: Time | None = wd(5)
    signers: Positive = 1
    may: tuple[Effect, ...] = ("pass", "refuse", "return")
    verify: Verify = "none"
    rules: RulesJudged = "none"
    correction: Correction = Correction()
    send_back_to: str | None = None
    refuse_only_for: Labels = ()
    sample: Sample | None = None
    as_list: Flag = False
    if_silent: Literal["wait", "go_on"] = "wait"


class JointCheckStage(Stage):
    kind: Literal["joint_check"]
    own_words = ("may",)
    actions = ("answer", "ask_again")
    office_by_default = ("lead",)
    due: Time | None = wd(5)
    lead: str
    detail_for: Names
    reuse: Time | None = None
    may: tuple[Decision, ...] = ("pass", "refuse", "defer")

    @model_validator(mode="before")
    @classmethod
    def _lead_sees_the_details(cls, given: Any, info: ValidationInfo) -> Any:
        if not isinstance(given, Mapping) or "detail_for" in given:
            return given
        lead = given.get("lead") or (info.context or {}).get("run_by", "manager")
        return copied(given, {**given, "detail_for": lead})


class ScoreStage(Stage):
    """`raters` says how many of each role; `min_valid` None means all of them."""

    kind: Literal["score"]
    own_words = ("reveal",)
    actions = ("review", "close", "reopen_review", "replace_rater", "draw", "import")
    office_by_default = ("closed_by",)
    due: Time | None = wd(7)
    raters: dict[str, Positive]
    choose: Literal["everyone", "draw", "assign"] = "everyone"
    sheet: str | None = None
    blind: Flag = False
    combine: Literal["mean", "trimmed", "median"] = "mean"
    min_valid: Positive | None = None
    spread_alert: Number | None = None
    together: Flag = False
    import_: Flag = Parameter(False, alias="import")
    closed_by: str

    @model_validator(mode="before")
    @classmethod
    def _raters_of_each_role(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        raters = given.get("raters", 1)
        by = given.get("by")
        roles = [by] if isinstance(by, str) else by if isinstance(by, list) else []
        if isinstance(raters, int) and not isinstance(raters, bool):
            return copied(given, {**given, "raters": {str(role): raters for role in roles}})
        return given


def majority_or_fraction(given: Any) -> Fraction | Literal["majority"]:
    return "majority" if given == "majority" else fraction(given)


Majority = Annotated[Fraction | Literal["majority"], PlainValidator(majority_or_fraction)]


class VoteStage(Stage):
    kind: Literal["vote"]
    own_words = ("may", "reveal")
    actions = ("convene", "record_ballots", "cast", "alternate", "promote", "finalize")
    office_by_default = ("secretary",)
    due: Time | None = wd(10)
    quorum: PartOf = Fraction(2, 3)
    pass_: Majority = Parameter("majority", alias="pass")
    of: Literal["present", "members"] = "present"
    ballot: Literal["secret", "open", "minutes"] = "secret"
    rank_by: str = "none"
    places: Quantity | None = None
    grades: dict[str, Positive] = Parameter(default_factory=dict)
    pool: Literal["round", "meeting"] = "round"
    secretary: str
    may: tuple[Decision, ...] = ("pass", "refuse", "defer")


class Objection(Part):
    office_by_default = ("by",)
    by: str
    due: Time = wd(10)
    via: Label | None = None
    real_name: Flag = True


class NoticeStage(Stage):
    """`count` None means as the program's calendar says."""

    kind: Literal["notice"]
    actions = ("publish", "take_down", "object", "settle")
    office_by_default = ("by",)
    due: Time | None = wd(5)
    days: Time = wd(5)
    count: CountFrom | None = None
    show: Names = ()
    to: Literal["public", "internal", "organization"] = "public"
    objection: Objection

    @model_validator(mode="before")
    @classmethod
    def _always_open_to_objection(cls, given: Any) -> Any:
        if not isinstance(given, Mapping) or given.get("objection"):
            return given
        return copied(given, {**given, "objection": {}})


class Certificate(Part):
    title: Label
    number: str
    valid: Time | None = None


class AwardStage(Stage):
    kind: Literal["award"]
    actions = ("provide", "issue", "reissue")
    due: Time | None = wd(5)
    certificate: Certificate | None = None
    level: Formula | None = None
    register_: Label | None = Parameter(None, alias="register")
    benefits: Names = ()
    grants: dict[str, Formula] = Parameter(default_factory=dict)


def read_lasts(given: Any) -> Length | Literal["valid", "open"]:
    return cast(Literal["valid", "open"], given) if given in ("valid", "open") else length(given)


class MentorLine(Part):
    role: str
    when: Formula | None = None
    up_to: Positive | None = None


class Placement(Part):
    office_by_default = ("by",)
    by: str
    match: Names = ()


class FollowUpStage(Stage):
    kind: Literal["follow_up"]
    actions = ("do_task", "assign_mentor", "place", "complete", "end")
    lasts: Annotated[Length | Literal["valid", "open"], PlainValidator(read_lasts)]
    tasks: Labels = ()
    mentors: tuple[MentorLine, ...] = ()
    placement: Placement | None = None
    complete_when: Formula | None = None
    lapse: Literal["stay", "review"] = "stay"


class StageKinds:
    """The registry of kinds: seven, and no eighth without proof."""

    classes: ClassVar[dict[str, type[Stage]]] = {
        "check": CheckStage,
        "joint_check": JointCheckStage,
        "score": ScoreStage,
        "vote": VoteStage,
        "notice": NoticeStage,
        "award": AwardStage,
        "follow_up": FollowUpStage,
    }


def read_stage(given: Any, info: ValidationInfo) -> Stage:
    if isinstance(given, Stage):
        return given
    if not isinstance(given, Mapping):
        raise fault("S05", Words("环节要写成 {name: …, kind: …, by: …}"))
    kind = given.get("kind")
    if isinstance(kind, str) and kind in StageKinds.classes:
        return StageKinds.classes[kind].model_validate(given, context=info.context)
    if kind is None:
        raise faults_at({("kind",): fault("S05", Words("没写 kind：请从七种环节里选一种"))}, given)
    words = Words("没有“%(given)s”这种环节", given=kind)
    raise faults_at({("kind",): fault("S04", words, closest(str(kind), StageKinds.classes))}, kind)


StageEntry = Annotated[Stage, PlainValidator(read_stage)]
