"""From a file to an open round: published, planned, staffed, opened, extended, closed."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from models.base import reading
from models.evidence import EventRow, Stream
from models.programs import ProgramVersion
from tests.domain.programs import NAMES, text
from tests.services.houses import account, officers, ref_of
from tests.services.sheets import sheet
from tests.services.staffed import House, admit, house, plan, staff
from workflow.domain.actor import ADMINISTRATOR, SYSTEM, Actor
from workflow.domain.errors import InvalidInput, InvalidProgram, NotAllowed, NotFound, NotReady
from workflow.services import (
    administration,
    calendar,
    evidence,
    imports,
    nominators,
    organizations,
    programs,
    roles,
    rounds,
    rulebooks,
    sessions,
)
from workflow.services.imports_bindings import BindingList
from workflow.services.organizations import Details

DAY = timedelta(days=1)


def _again(actor: Actor, now: datetime) -> Actor:
    return sessions.actor_of(actor.account_id or 0, now)


def _where(refused: pytest.ExceptionInfo[NotReady]) -> list[str | None]:
    return [reason.where for reason in refused.value.reasons]


def _round_events(made: House) -> list[str]:
    with reading() as session:
        rows = session.scalars(
            select(EventRow.kind)
            .join(Stream, Stream.id == EventRow.stream_id)
            .where(Stream.kind == "round")
            .order_by(EventRow.stream_id, EventRow.seq)
        )
        return [kind for kind in rows if kind != "role_bound"]


# --- publishing


def test_same_file_makes_one_version_and_another_the_next(database: str, now: datetime) -> None:
    first = programs.publish(text("fashion_engineer"), SYSTEM, now)
    same = programs.publish(text("fashion_engineer"), SYSTEM, now + DAY)
    changed = programs.publish(text("fashion_engineer").replace("3wd", "4wd"), SYSTEM, now + DAY)
    assert [(each.number, each.is_new) for each in (first, same, changed)] == [(1, True), (1, False), (2, True)]
    assert programs.definition(first.version_id).stages["employer_confirm"].due != (
        programs.definition(changed.version_id).stages["employer_confirm"].due
    )
    assert [line.number for line in programs.listed()[0].versions] == [2, 1]


def test_every_shipped_program_is_published(database: str, now: datetime) -> None:
    in_order = sorted(NAMES, key=lambda name: name == "yongning_juncai")  # it asks for another program's recognition
    assert [programs.publish(text(name), SYSTEM, now).number for name in in_order] == [1] * len(NAMES)


def test_program_that_asks_for_one_not_yet_published_says_so(database: str, now: datetime) -> None:
    with pytest.raises(InvalidProgram) as refused:
        programs.publish(text("yongning_juncai"), SYSTEM, now)
    assert {problem.code for problem in refused.value.problems} == {"G01"}


def test_broken_file_is_told_and_not_published(database: str, now: datetime) -> None:
    with pytest.raises(InvalidProgram) as refused:
        programs.publish(text("fashion_engineer").replace("signers: 2", "signer: 2"), SYSTEM, now)
    assert [(problem.code, problem.guess) for problem in refused.value.problems] == [("S01", "signers")]
    with reading() as session:
        assert session.scalars(select(ProgramVersion)).all() == []


def test_only_who_publishes_programs_publishes(database: str, now: datetime) -> None:
    office = officers(now)
    assert programs.publish(text("fashion_engineer"), office.programs, now)
    for actor in (office.accounts, office.audit, account(now, "wang")):
        with pytest.raises(NotAllowed):
            programs.publish(text("yongning_juncai"), actor, now)


# --- planning


def test_numbers_of_the_round_are_checked_against_the_program(database: str, now: datetime) -> None:
    made = house(now)
    wrong = rounds.Plan("第一批", " ", now, now - DAY, {"places": "0"})
    with pytest.raises(InvalidInput) as refused:
        rounds.plan(made.office.programs, now, made.program_ref, wrong)
    assert _where(refused) == ["key", "name", "closes_at", "places"]
    with pytest.raises(InvalidInput) as refused:
        rounds.plan(made.office.programs, now, made.program_ref, plan(now))
    assert _where(refused) == ["key"]
    assert rounds.sheet(made.office.programs, made.round_ref).numbers == {"places": Decimal(60)}


def test_planned_round_may_change_and_an_open_one_not(database: str, now: datetime) -> None:
    made = house(now)
    rounds.revise(made.office.programs, now, made.round_ref, plan(now, "2026-2"))
    assert rounds.sheet(made.office.programs, made.round_ref).line.key == "2026-2"
    staff(made, now)
    rounds.open_round(made.office.programs, now, made.round_ref)
    with pytest.raises(NotReady):
        rounds.revise(made.office.programs, now, made.round_ref, plan(now))


def test_stranger_finds_no_round(database: str, now: datetime) -> None:
    made, stranger = house(now), account(now, "wang")
    for attempt in (
        lambda: rounds.sheet(stranger, made.round_ref),
        lambda: rounds.open_round(stranger, now, made.round_ref),
        lambda: rounds.plan(stranger, now, made.program_ref, plan(now, "2026-9")),
        lambda: roles.bound(stranger, now, round_ref=made.round_ref),
        lambda: nominators.admit(stranger, now, made.round_ref, "employer", [made.employer_ref]),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert rounds.listed(stranger) == []


# --- opening


def test_opening_asks_for_everything_at_once(database: str, now: datetime) -> None:
    made = house(now)
    problems = rounds.opening_problems(made.office.programs, now, made.round_ref)
    assert {problem.path for problem in problems if problem.code == "O02"} >= {
        ("roles", "manager"),
        ("roles", "intake"),
    }
    with pytest.raises(NotReady) as refused:
        rounds.open_round(made.office.programs, now, made.round_ref)
    assert len(refused.value.reasons) == len([each for each in problems if each.severity == "error"])


def test_nominator_acts_by_its_administrator_or_by_whoever_was_given_its_role(database: str, now: datetime) -> None:
    made = house(now)
    admit(made, now)
    actor, nobody = made.office.programs, ("channels",)
    unit = organizations.register(made.office.accounts, now, Details("新丝路服饰", "employer", "91330100MA27XKQ427"))
    administration.record_fact(made.office.accounts, now, unit, "staff", 120, date(2026, 10, 1), "社保")
    nominators.admit(actor, now, made.round_ref, "employer", [unit])
    assert nobody in {one.path for one in rounds.opening_problems(actor, now, made.round_ref)}
    roles.bind(
        actor, now, "employer_admin", [ref_of(account(now, "li"))], round_ref=made.round_ref, organization_ref=unit
    )
    assert nobody not in {one.path for one in rounds.opening_problems(actor, now, made.round_ref)}


def test_staffed_round_opens_is_extended_and_closed(database: str, now: datetime) -> None:
    made = house(now)
    staff(made, now)
    admit(made, now)
    actor = made.office.programs
    assert [each for each in rounds.opening_problems(actor, now, made.round_ref) if each.severity == "error"] == []
    rounds.open_round(actor, now, made.round_ref)
    with pytest.raises(InvalidInput) as refused:
        rounds.extend(actor, now, made.round_ref, now + DAY, " ")
    assert _where(refused) == ["closes_at", "basis"]
    rounds.extend(actor, now, made.round_ref, now + 40 * DAY, "区政府专题会议纪要")
    with pytest.raises(InvalidInput):
        rounds.close(actor, now, made.round_ref)
    rounds.close(actor, now + 41 * DAY, made.round_ref)
    assert rounds.sheet(actor, made.round_ref).line.state == "closed"
    assert _round_events(made) == [
        "round_planned", "nominator_admitted", "nominator_admitted", "round_opened", "round_extended", "round_closed",
    ]  # fmt: skip
    assert evidence.verify() == []


# --- nominators


def test_places_follow_the_quota_and_the_recorded_facts(database: str, now: datetime) -> None:
    made = house(now)
    admit(made, now)
    shown = rounds.sheet(made.office.programs, made.round_ref).nominators
    assert {(line.organization, line.channel, line.places) for line in shown} == {
        ("锦绣服装有限公司", "employer", 4),  # min(230 / 50, 10), rounded down
        ("锦澜实训中心", "trainer", 17),  # 88 * 0.2
    }
    administration.record_fact(made.office.accounts, now, made.employer_ref, "staff", 900, date(2026, 11, 1), "社保")
    line = nominators.admit(made.office.programs, now, made.round_ref, "employer", [made.employer_ref])[0]
    assert (line.places, line.facts["staff"]["source"]) == (10, "社保")


def test_nominator_without_its_number_is_not_admitted(database: str, now: datetime) -> None:
    made = house(now)
    with pytest.raises(InvalidInput) as refused:
        nominators.admit(made.office.programs, now, made.round_ref, "employer", [made.employer_ref])
    assert [name.zh for name in refused.value.reasons[0].words.params["facts"]] == ["职工人数"]
    with pytest.raises(InvalidInput):
        nominators.admit(made.office.programs, now, made.round_ref, "self", [made.employer_ref])


# --- roles


def test_role_is_held_in_its_round_until_it_ends(database: str, now: datetime) -> None:
    made, who = house(now), account(now, "wang")

    def bind(at: datetime) -> int:
        return roles.bind(made.office.permissions, at, "intake", [ref_of(who)], round_ref=made.round_ref)

    assert (bind(now), bind(now)) == (1, 0)
    held = _again(who, now).holdings
    assert [(each.role, each.round_id is not None, each.organization_id) for each in held] == [("intake", True, None)]
    line = roles.bound(made.office.permissions, now, round_ref=made.round_ref)[0]
    roles.end(made.office.permissions, now + DAY, line.ref)
    assert _again(who, now + DAY).holdings == ()
    with pytest.raises(NotReady):
        roles.end(made.office.permissions, now + DAY, line.ref)
    assert bind(now + 2 * DAY) == 1


def test_role_needs_its_place(database: str, now: datetime) -> None:
    made, who = house(now), account(now, "wang")
    for role, track, where in (
        ("nobody", None, "role"),
        ("intake", "shoes", "track"),
        ("employer_admin", None, "organization"),
    ):
        with pytest.raises(InvalidInput) as refused:
            roles.bind(made.office.programs, now, role, [ref_of(who)], round_ref=made.round_ref, track=track)
        assert _where(refused) == [where]


def test_role_given_to_an_organization_follows_its_administrators(database: str, now: datetime) -> None:
    made, second = house(now), account(now, "li")
    first = made.administrators[0]
    roles.bind_organization(made.office.programs, now, "credit", made.employer_ref, round_ref=made.round_ref)
    assert sorted(each.role for each in _again(first, now).holdings) == [ADMINISTRATOR, "credit"]
    administration.hand_over(
        made.office.accounts, now + DAY, made.employer_ref, ref_of(first), ref_of(second), "人事调整"
    )
    assert _again(first, now + DAY).holdings == ()
    assert sorted(each.role for each in _again(second, now + DAY).holdings) == [ADMINISTRATOR, "credit"]


def test_officers_hold_no_role(database: str, now: datetime) -> None:
    made = house(now)
    with pytest.raises(NotReady):
        roles.bind(made.office.programs, now, "intake", [ref_of(made.office.audit)], round_ref=made.round_ref)


def test_substitute_holds_the_roles_of_the_absent_for_a_time(database: str, now: datetime) -> None:
    made, absent, other = house(now), account(now, "wang"), account(now, "li")
    roles.bind(made.office.programs, now, "intake", [ref_of(absent)], round_ref=made.round_ref)
    with pytest.raises(NotAllowed):
        roles.substitute(other, now, ref_of(absent), ref_of(other), now, now + 5 * DAY)
    ref = roles.substitute(absent, now, ref_of(absent), ref_of(other), now + DAY, now + 5 * DAY, "公差")
    assert _again(other, now).holdings == ()
    assert [(each.role, each.for_id) for each in _again(other, now + DAY).holdings] == [("intake", absent.account_id)]
    assert _again(other, now + 5 * DAY).holdings == ()
    roles.revoke_substitution(absent, now + 2 * DAY, ref)
    assert _again(other, now + 2 * DAY).holdings == ()


def test_roles_are_given_by_spreadsheet(database: str, now: datetime) -> None:
    made = house(now)
    for login in ("wang", "li"):
        account(now, login, name={"wang": "王芳", "li": "李强"}[login])
    kind = BindingList(made.office.programs, round_ref=made.round_ref)
    data = sheet(
        ("角色", "账号", "姓名", "赛道"),
        ("受理员", "wang", "王芳", ""),
        ("expert", "li", "李强", "服装制版"),
        ("expert", "li", "李强", "服装制版"),
        ("没有的角色", "li", "", ""),
        ("受理员", "zhao", "", ""),
        ("受理员", "li", "王芳", ""),
        ("受理员", "aud", "", ""),
        ("单位管理员", "li", "", ""),
    )
    found = imports.preview(kind, data, made.office.programs, now)
    assert [line.verdict for line in found.lines] == ["new", "new", "same", *["wrong"] * 5]
    assert [[reason.where for reason in line.reasons] for line in found.bad] == [
        ["role"], ["account"], ["name"], ["account"], ["organization"],
    ]  # fmt: skip
    imports.run(kind, data, "good_rows_only", made.office.programs, now)
    bound = roles.bound(made.office.programs, now, round_ref=made.round_ref)
    assert {(line.role, line.name, line.track) for line in bound} == {
        ("intake", "王芳", None),
        ("expert", "李强", "pattern"),
    }
    again = imports.run(kind, data, "good_rows_only", made.office.programs, now)
    assert again.counts["same"] == 3


def test_candidates_are_found_by_name_and_whole_phone_number(database: str, now: datetime) -> None:
    made = house(now)
    account(now, "wang", name="王芳芳", phone="13800001111")
    for typed in ("王芳", "wan", "13800001111"):
        assert "王芳芳" in [
            each.name for each in roles.candidates(made.office.programs, typed, round_ref=made.round_ref)
        ]
    assert roles.candidates(made.office.programs, "1380000", round_ref=made.round_ref) == []


# --- the calendar


def test_notice_is_pasted_and_counts_at_once(database: str, now: datetime) -> None:
    office = officers(now)
    days = calendar.understood("2027年1月1日至2027年1月3日 放假\n2027-01-09 班\n# 说明\n").days
    assert days == {date(2027, 1, d): False for d in (1, 2, 3)} | {date(2027, 1, 9): True}
    with reading() as session:
        assert not rulebooks.calendar_of(session).covers(2027)
    calendar.record(office.programs, now, days, "国办发明电〔2026〕9号")
    with reading() as session:
        known = rulebooks.calendar_of(session)
        assert (known.covers(2027), known.is_working(date(2027, 1, 9))) == (True, True)
    calendar.record(office.programs, now, {date(2027, 1, 9): False}, "更正")
    with reading() as session:
        assert not rulebooks.calendar_of(session).is_working(date(2027, 1, 9))
    assert [line.day.day for line in calendar.recorded(2027)] == [1, 2, 3, 9]
    with pytest.raises(NotAllowed):
        calendar.record(office.audit, now, days, "国办发明电〔2026〕9号")


def test_unreadable_line_of_a_notice_is_named(database: str, now: datetime) -> None:
    with pytest.raises(InvalidInput) as refused:
        calendar.understood("2027-01-01 休\n元旦放假三天\n2027-02-30 班")
    assert [reason.words.params["n"] for reason in refused.value.reasons] == [2, 3]


def test_instants_are_utc(database: str, now: datetime) -> None:
    made = house(now)
    assert rounds.sheet(made.office.programs, made.round_ref).line.opens_at.tzinfo == UTC
