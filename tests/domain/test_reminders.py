"""Who is nudged, when, and what is no longer wanted; what goes alone and what waits for nine in the morning."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.domain.programs import text
from workflow.domain import envelopes, letters, notices
from workflow.domain.calendar import SHANGHAI, deadline, end_of, official
from workflow.domain.lengths import Length
from workflow.domain.letters import Place
from workflow.domain.program.load import load
from workflow.domain.program.schema import Definition, Label
from workflow.domain.reminders import (
    HOLDER,
    RUN_BY,
    Mark,
    Nudge,
    Standing,
    days_left,
    is_wanted,
    key_of,
    marks_of,
    next_look,
    owed,
    schedule,
)

DUE = deadline(date(2026, 10, 12), "offices")  # Monday after the national day; the Saturday before is worked


def program() -> Definition:
    found = load(text("fashion_engineer")).definition
    assert found is not None
    return found


def said(marks: tuple[Mark, ...]) -> list[str]:
    return [f"{mark.offset} {mark.kind} {mark.to}" for mark in marks]


def days(nudges: tuple[Nudge, ...], to: str = HOLDER) -> list[str]:
    return [f"{nudge.at:%m-%d %H}" for nudge in nudges if nudge.mark.to == to]


# -- which ones --------------------------------------------------------------------------------------------------------
LADDER = [
    "1wd overdue holder",
    "4wd overdue holder",
    "7wd overdue holder",
    "10wd overdue holder",
    "13wd overdue holder",
]
WITH_OFFICE = "1wd overdue run_by"


def test_offices_hear_two_days_before_and_raters_three() -> None:
    definition = program()
    office = ["-2wd due_soon holder", "0wd due_today holder", *LADDER, WITH_OFFICE]
    person = ["-3wd due_soon holder", "-1wd due_soon holder", "0wd due_today holder", *LADDER]
    assert said(marks_of(definition, definition.stages["formal"], "intake")) == office
    assert said(marks_of(definition, definition.stages["expert"], "expert")) == [*person, WITH_OFFICE]
    assert said(marks_of(definition, definition.stages["formal"], "applicant")) == person


def test_ten_working_days_are_worth_a_word_a_week_before() -> None:
    definition = program()
    long = definition.stages["meeting"]
    assert long.due is not None
    assert long.due.amount >= 10
    assert said(marks_of(definition, long, "committee"))[0] == "-5wd due_soon holder"


def test_escalation_adds() -> None:
    own = load(text("hundred_villages")).definition
    assert own is not None
    escalating = next(stage for stage in own.stages.values() if stage.escalate)
    assert "1wd escalated district" in said(marks_of(own, escalating, "town_officer"))


def test_marks_of_a_stage_are_its_own() -> None:
    definition = program()
    stage = definition.stages["formal"].model_copy(update={"remind": (Length(-5, "wd"), Length(-30, "d"))})
    assert said(marks_of(definition, stage, "intake"))[:2] == ["-5wd due_soon holder", "-30d due_soon holder"]
    late = definition.stages["formal"].model_copy(update={"remind": (Length(0, "wd"), Length(2, "wd"))})
    assert said(marks_of(definition, late, "intake")) == [
        "0wd due_today holder", "2wd overdue holder", "2wd overdue run_by"
    ]  # fmt: skip


# -- when --------------------------------------------------------------------------------------------------------------
def test_marks_fall_on_working_days_with_made_up_ones() -> None:
    definition = program()
    nudges = schedule(official(), DUE, marks_of(definition, definition.stages["formal"], "intake"))
    assert days(nudges)[:3] == ["10-09 09", "10-12 09", "10-13 09"]
    assert days(nudges, RUN_BY) == ["10-13 09"]


def test_a_year_without_a_calendar_is_reckoned_all_the_same() -> None:
    due = end_of(date(2031, 10, 3))
    assert days(schedule(official(), due, (Mark(Length(-2, "wd"), "due_soon"),))) == ["10-01 09"]


def test_midnight_belongs_to_the_day_before() -> None:
    assert days(schedule(official(), end_of(date(2026, 11, 20)), (Mark(Length(0, "wd"), "due_today"),))) == ["11-20 09"]


def test_after_days_of_standing_still_only_the_newest_is_told() -> None:
    definition = program()
    nudges = schedule(official(), DUE, marks_of(definition, definition.stages["formal"], "intake"))
    opened, back = datetime(2026, 9, 28, tzinfo=UTC), datetime(2026, 10, 14, 6, tzinfo=UTC)
    told = owed(nudges, opened, back)
    assert [(each.mark.kind, each.mark.to) for each in told] == [("overdue", HOLDER), ("overdue", RUN_BY)]
    assert owed(nudges, back, back) == ()
    ahead = next_look(nudges, back)
    assert ahead is not None
    assert f"{ahead:%m-%d %H}" == "10-16 09"
    assert next_look(nudges, back + timedelta(days=90)) is None


def test_planning_twice_has_one_name_and_another_last_day_another() -> None:
    mark = Mark(Length(-2, "wd"), "due_soon")
    assert key_of("7", DUE, mark, 3) == key_of("7", DUE, mark, 3)
    others = {key_of("7", DUE + timedelta(days=1), mark, 3), key_of("7", DUE, mark, 4), key_of("8", DUE, mark, 3)}
    assert len({*others, key_of("7", DUE, mark, 3)}) == 4


@pytest.mark.parametrize(
    ("standing", "to", "wanted"),
    [
        (Standing(True, DUE, 3), HOLDER, True),
        (Standing(True, DUE, None), HOLDER, True),
        (Standing(True, DUE, 4), HOLDER, False),  # somebody else took it
        (Standing(True, DUE, 4), RUN_BY, True),
        (Standing(False, DUE, 3), HOLDER, False),  # done
        (Standing(True, None, 3), HOLDER, False),  # its clock stands still
        (Standing(True, DUE + timedelta(days=1), 3), HOLDER, False),  # extended
    ],
)
def test_a_nudge_is_wanted_while_it_is_true(standing: Standing, to: str, wanted: bool) -> None:
    assert is_wanted(DUE, 3, to, standing) is wanted


def test_days_left_are_working_days_and_never_zero_once_past() -> None:
    def left(day: int) -> int:
        return days_left(official(), DUE, datetime(2026, 10, day, 12, tzinfo=SHANGHAI))

    assert [left(9), left(10), left(12), left(13)] == [2, 1, 0, -1]
    assert days_left(official(), end_of(date(2026, 11, 20)), datetime(2026, 11, 21, 9, tzinfo=SHANGHAI)) == -1


# -- alone, or with the others -----------------------------------------------------------------------------------------
def at(hour: int, minute: int = 0, day: int = 20) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("kind", "seen", "leaves"),
    [
        ("reset_code", at(23), at(23)),
        ("returned", at(23), at(8, day=21)),
        ("returned", at(20, 59), at(20, 59)),
        ("due_soon", at(9), at(9)),
        ("due_soon", at(3), at(8)),
        ("stage_entered", at(8), at(9)),
        ("stage_entered", at(9, 1), at(9, day=21)),
    ],
)
def test_a_code_goes_as_it_comes_and_news_wait_for_the_digest(kind: str, seen: datetime, leaves: datetime) -> None:
    assert envelopes.leaves_at(kind, seen) == leaves


def test_a_nudge_leaves_from_its_mark_on_whoever_looks_first() -> None:
    assert envelopes.nudge_leaves_at(at(9), at(9, 5)) == at(9)
    assert envelopes.nudge_leaves_at(at(9), at(22)) == at(8, day=21)


def test_the_next_digest_is_on_a_working_day() -> None:
    assert envelopes.next_digest(official(), at(10)) == at(9, day=23)
    assert not envelopes.goes_today(["stage_entered"], works=False)
    assert envelopes.goes_today(["stage_entered", "due_today"], works=False)


def test_what_presses_goes_by_every_way_and_a_list_by_mail() -> None:
    assert envelopes.ways(True, {"sms", "email"}) == ("email", "sms")
    assert envelopes.ways(False, {"sms", "email"}) == ("email",)
    assert envelopes.ways(False, {"sms"}) == ("sms",)
    assert [envelopes.way_to(to) for to in ("a@b.cn", "13805710001", "boss")] == ["email", "sms", None]


def test_tries_come_later_and_later() -> None:
    assert [envelopes.wait_after(tries).seconds // 60 for tries in (1, 2, 5, 10)] == [1, 2, 16, 360]


# -- what is said ------------------------------------------------------------------------------------------------------
def test_a_person_hears_public_names_and_never_of_a_joint_check() -> None:
    stage, joint = program().stages["formal"], program().stages["joint"]
    named = stage.model_copy(update={"public_name": Label(zh="材料核对")})
    assert str(letters.stage_name(named, "stage_entered", {})) == "材料核对"
    assert str(letters.stage_name(named, "due_soon", {"role": "intake"})) == "形式审查"
    assert str(letters.stage_name(joint, "stage_entered", {})) == "资格核查"
    assert str(letters.stage_name(joint, "department_urged", {})) == str(joint.name)


def test_every_message_the_house_can_cause_has_its_sentence() -> None:
    caused = notices.TOLD_TO_THE_PERSON | envelopes.NUDGES | envelopes.WAITED_FOR | envelopes.PRESSING
    assert caused <= set(letters.SENTENCES)


def test_the_program_may_say_it_in_its_own_words() -> None:
    own = letters.sentence("returned", {"count": 3, "due": date(2026, 11, 30)}, "有{count}处，{due}前，{nothing}100%")
    assert str(own) == "有3处，2026-11-30前，100%"
    with pytest.raises(KeyError):
        letters.sentence("returned", {"count": 3})


@pytest.mark.parametrize(
    ("kind", "params", "place"),
    [
        ("due_soon", {"item": "i", "role": "intake", "to": HOLDER, "application": "a"}, Place("item", "i")),
        ("due_soon", {"item": "i", "role": "applicant", "to": HOLDER, "application": "a"}, Place("case", "a")),
        ("overdue", {"item": "i", "role": "intake", "to": RUN_BY, "round": "r"}, Place("round", "r")),
        ("expired", {"application": "a"}, Place("certificate", "a")),
        ("raters_drawn", {"application": "a"}, Place("queue")),
        ("already_registered", {}, None),
    ],
)
def test_a_message_leads_on(kind: str, params: dict[str, str], place: Place | None) -> None:
    assert letters.place_of(kind, params) == place
