"""Who gets in, who does not, and what they are told."""

from datetime import datetime, timedelta
from itertools import pairwise
from threading import Barrier, Thread

import pytest
from flask import current_app
from sqlalchemy import select

from models.accounts import Account, LoginAttempt
from models.base import reading
from models.evidence import EventRow, Stream
from tests.services.houses import HERE, PASSWORD, account, last_secret, officers, ref_of
from workflow.domain.actor import Office
from workflow.domain.errors import InvalidInput, NotAllowed, NotFound, Refusal
from workflow.services import accounts, door, evidence, outbox, sessions, signing_in
from workflow.services.signing_in import Here

MINUTE = timedelta(minutes=1)


def _kinds(kind: str, subject: int) -> list[str]:
    with reading() as session:
        rows = session.scalars(
            select(EventRow.kind)
            .join(Stream, Stream.id == EventRow.stream_id)
            .where(Stream.kind == kind, Stream.subject_id == subject)
            .order_by(EventRow.seq)
        )
        return list(rows)


def _row(login: str) -> Account:
    with reading() as session:
        return session.scalars(select(Account).where(Account.login == login)).one()


# --- signing in


@pytest.mark.parametrize("typed", ["wang", "WANG ", "13800001111", "138 0000 1111", "wang@example.com"])
def test_any_of_the_three_names_signs_in(database: str, now: datetime, typed: str) -> None:
    who = account(now, "wang", phone="13800001111", email="wang@example.com")
    entered = signing_in.sign_in(typed, PASSWORD, now, HERE)
    present = sessions.present(entered.token, now)
    assert present is not None
    assert present.actor == who
    assert _kinds("account", who.account_id or 0) == ["signed_in"]


def test_wrong_password_and_unknown_account_get_the_same_face(database: str, now: datetime) -> None:
    account(now, "wang")
    faces = []
    for typed, password in (("wang", "wrong"), ("nobody", PASSWORD)):
        with pytest.raises(InvalidInput) as refused:
            signing_in.sign_in(typed, password, now, HERE)
        faces.append([(str(reason.words), reason.where) for reason in refused.value.reasons])
    assert faces[0] == faces[1]


def test_disabled_account_gets_the_face_of_a_wrong_password(database: str, now: datetime) -> None:
    office = officers(now)
    who = account(now, "wang")
    accounts.disable(office.accounts, now, ref_of(who), "离职")
    with pytest.raises(InvalidInput):
        signing_in.sign_in("wang", PASSWORD, now, HERE)


def test_fifth_failure_locks_this_pair_and_no_other(database: str, now: datetime) -> None:
    account(now, "wang", phone="13800001111")
    account(now, "li")
    for typed in ("wang", "wang", "13800001111", "wang", "wang"):  # two names of one account count together
        with pytest.raises(InvalidInput):
            signing_in.sign_in(typed, "wrong", now, HERE)
    with pytest.raises(door.Locked):
        signing_in.sign_in("wang", PASSWORD, now + 29 * MINUTE, HERE)
    signing_in.sign_in("wang", PASSWORD, now, Here("10.0.0.2"))
    signing_in.sign_in("li", PASSWORD, now, HERE)
    signing_in.sign_in("wang", PASSWORD, now + 30 * MINUTE, HERE)


def test_unknown_account_is_locked_like_a_known_one(database: str, now: datetime) -> None:
    for _ in range(5):
        with pytest.raises(InvalidInput):
            signing_in.sign_in("nobody", "wrong", now, HERE)
    with pytest.raises(door.Locked):
        signing_in.sign_in("nobody", "wrong", now, HERE)


def test_success_forgets_earlier_failures(database: str, now: datetime) -> None:
    account(now, "wang")
    for round_of_tries in range(3):
        at = now + round_of_tries * MINUTE
        for _ in range(4):
            with pytest.raises(InvalidInput):
                signing_in.sign_in("wang", "wrong", at, HERE)
        signing_in.sign_in("wang", PASSWORD, at, HERE)


def test_fifty_failures_lock_the_address(database: str, now: datetime) -> None:
    account(now, "wang")
    for number in range(50):
        with pytest.raises(InvalidInput):
            signing_in.sign_in(f"guess{number}", "wrong", now, HERE)
    with pytest.raises(door.Locked):
        signing_in.sign_in("wang", PASSWORD, now, HERE)
    signing_in.sign_in("wang", PASSWORD, now, Here("10.0.0.2"))
    signing_in.sign_in("wang", PASSWORD, now + 16 * MINUTE, HERE)


def test_guesses_at_once_count_one_by_one(database: str, now: datetime) -> None:
    account(now, "wang")
    app = current_app._get_current_object()
    start, faces = Barrier(12), []

    def guess() -> None:
        with app.app_context():
            start.wait()
            try:
                signing_in.sign_in("wang", "wrong", now, HERE)
            except Refusal as refused:
                faces.append(type(refused))

    threads = [Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (faces.count(InvalidInput), faces.count(door.Locked)) == (5, 7)


def test_what_was_typed_is_not_kept(database: str, now: datetime) -> None:
    with pytest.raises(InvalidInput):
        signing_in.sign_in("13800001111", "wrong", now, HERE)
    with reading() as session:
        assert "13800001111" not in str(vars(session.scalars(select(LoginAttempt)).one()))


# --- sessions


def test_session_ends_after_thirty_idle_minutes_and_after_twelve_hours(database: str, now: datetime) -> None:
    account(now, "wang")
    token = signing_in.sign_in("wang", PASSWORD, now, HERE).token
    assert sessions.present(token, now + 29 * MINUTE)
    assert sessions.present(token, now + 58 * MINUTE)
    assert sessions.present(token, now + 90 * MINUTE) is None
    busy = signing_in.sign_in("wang", PASSWORD, now, HERE).token
    for minutes in range(0, 12 * 60, 20):
        assert sessions.present(busy, now + minutes * MINUTE)
    assert sessions.present(busy, now + 12 * 60 * MINUTE) is None


def test_token_of_the_browser_dies_at_login(database: str, now: datetime) -> None:
    account(now, "wang")
    first = signing_in.sign_in("wang", PASSWORD, now, HERE).token
    second = signing_in.sign_in("wang", PASSWORD, now, Here("10.0.0.1", "Firefox", first)).token
    assert second != first
    assert sessions.present(first, now) is None
    assert sessions.present(second, now)


def test_own_sessions_are_listed_and_ended(database: str, now: datetime) -> None:
    who, other = account(now, "wang"), account(now, "li")
    here = signing_in.sign_in("wang", PASSWORD, now, HERE).token
    there = signing_in.sign_in("wang", PASSWORD, now, Here("10.0.0.9", "Phone")).token
    listed = sessions.open_sessions(who, here, now)
    assert {(one.agent, one.here) for one in listed} == {("Firefox", True), ("Phone", False)}
    ref = next(one.ref for one in listed if not one.here)
    with pytest.raises(NotFound):
        sessions.end_one(other, ref, now)
    sessions.end_one(who, ref, now)
    assert sessions.present(there, now) is None
    assert sessions.present(here, now)
    signing_in.sign_in("wang", PASSWORD, now, Here("10.0.0.9", "Phone"))
    assert sessions.end_others(who, here, now) == 1
    sessions.sign_out(here, now)
    assert sessions.present(here, now) is None


def test_disabling_ends_every_session_at_once(database: str, now: datetime) -> None:
    office, who = officers(now), account(now, "wang")
    token = signing_in.sign_in("wang", PASSWORD, now, HERE).token
    accounts.disable(office.accounts, now, ref_of(who), "离职")
    assert sessions.present(token, now) is None
    accounts.enable(office.accounts, now, ref_of(who))
    assert sessions.present(token, now) is None
    assert signing_in.sign_in("wang", PASSWORD, now, HERE)


# --- registering and forgetting


def test_phone_registers_with_its_code(database: str, now: datetime) -> None:
    ref = signing_in.ask_to_register("138 0000 1111", now, "10.0.0.1")
    code = last_secret(now, "register_code")
    assert len(code) == 6
    entered = signing_in.register(ref, f" {code[:3]} {code[3:]} ", "王芳", "Silk-thread-42", now + 9 * MINUTE, HERE)
    assert sessions.present(entered.token, now + 9 * MINUTE)
    assert _kinds("account", entered.account_id) == ["account_registered", "signed_in"]
    with pytest.raises(InvalidInput):
        signing_in.register(ref, code, "王芳", "Silk-thread-42", now + 9 * MINUTE, HERE)


def test_code_dies_after_ten_minutes_and_after_five_tries(database: str, now: datetime) -> None:
    ref = signing_in.ask_to_register("wang@example.com", now, "10.0.0.1")
    code = last_secret(now, "register_code")
    with pytest.raises(InvalidInput):
        signing_in.register(ref, code, "王芳", PASSWORD, now + 10 * MINUTE, HERE)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        with pytest.raises(InvalidInput):
            signing_in.register(ref, wrong, "王芳", PASSWORD, now, HERE)
    with pytest.raises(InvalidInput):
        signing_in.register(ref, code, "王芳", PASSWORD, now, HERE)


def test_new_code_kills_the_old_one_and_waits_a_minute(database: str, now: datetime) -> None:
    first = signing_in.ask_to_register("wang@example.com", now, "10.0.0.1")
    old = last_secret(now, "register_code")
    with pytest.raises(Refusal, match="秒后再要"):
        signing_in.ask_to_register("WANG@example.com", now + timedelta(seconds=59), "10.0.0.1")
    signing_in.ask_to_register("wang@example.com", now + MINUTE, "10.0.0.1")
    with pytest.raises(InvalidInput):
        signing_in.register(first, old, "王芳", PASSWORD, now + MINUTE, HERE)


def test_flood_of_codes_is_stopped_per_place(database: str, now: datetime) -> None:
    for number in range(30):
        signing_in.ask_to_register(f"a{number}@example.com", now, "10.0.0.1")
    with pytest.raises(Refusal, match="要得太多"):
        signing_in.ask_to_register("b@example.com", now, "10.0.0.1")
    signing_in.ask_to_register("b@example.com", now, "10.0.0.2")


def test_registering_a_known_address_tells_its_owner_and_nobody_else(database: str, now: datetime) -> None:
    account(now, "wang", phone="13800001111")
    ref = signing_in.ask_to_register("13800001111", now, "10.0.0.1")
    caught = outbox.caught(now)
    assert [(one.kind, one.address, one.secret) for one in caught] == [("already_registered", "13800001111", None)]
    with pytest.raises(InvalidInput):
        signing_in.register(ref, "000000", "王芳", PASSWORD, now, HERE)


def test_forgotten_password_is_set_anew_and_ends_all_sessions(database: str, now: datetime) -> None:
    account(now, "wang", phone="13800001111")
    old = signing_in.sign_in("wang", PASSWORD, now, HERE).token
    ref = signing_in.ask_to_reset("13800001111", now, "10.0.0.1")
    code = last_secret(now, "reset_code")
    entered = signing_in.reset_password(ref, code, "Cotton-thread-7", now, HERE)
    assert sessions.present(old, now) is None
    assert sessions.present(entered.token, now)
    with pytest.raises(InvalidInput):
        signing_in.reset_password(ref, code, "Linen-thread-77", now, HERE)
    signing_in.sign_in("wang", "Cotton-thread-7", now, HERE)


def test_reset_for_an_unknown_or_disabled_account_looks_the_same_and_sends_nothing(
    database: str, now: datetime
) -> None:
    office, who = officers(now), account(now, "wang", phone="13800001111")
    accounts.disable(office.accounts, now, ref_of(who), "离职")
    for phone in ("13800001111", "13900002222"):
        assert signing_in.ask_to_reset(phone, now, "10.0.0.1")
        with pytest.raises(Refusal, match="秒后再要"):
            signing_in.ask_to_reset(phone, now, "10.0.0.1")
    assert outbox.caught(now) == []


# --- changing


def test_changed_password_needs_the_old_one_and_ends_other_sessions(database: str, now: datetime) -> None:
    who = account(now, "wang")
    elsewhere = signing_in.sign_in("wang", PASSWORD, now, Here("10.0.0.9")).token
    with pytest.raises(InvalidInput, match="1"):
        signing_in.change_password(who, "wrong", "Cotton-thread-7", now, HERE)
    entered = signing_in.change_password(who, PASSWORD, "Cotton-thread-7", now, HERE)
    assert sessions.present(elsewhere, now) is None
    assert sessions.present(entered.token, now)


def test_last_five_passwords_are_not_used_again(database: str, now: datetime) -> None:
    who = account(now, "wang")
    used = [PASSWORD, "Cotton-thread-1", "Cotton-thread-2", "Cotton-thread-3", "Cotton-thread-4"]
    for old, new in pairwise(used):
        signing_in.change_password(who, old, new, now, HERE)
    for former in used:
        with pytest.raises(InvalidInput) as refused:
            signing_in.change_password(who, used[-1], former, now, HERE)
        assert "用过" in str(refused.value.reasons[0].words)
    signing_in.change_password(who, used[-1], "Cotton-thread-5", now, HERE)
    signing_in.change_password(who, "Cotton-thread-5", PASSWORD, now, HERE)


def test_first_password_must_be_changed(database: str, now: datetime) -> None:
    office = officers(now)
    accounts.create(office.accounts, now, "王芳", PASSWORD, login="wang")
    entered = signing_in.sign_in("wang", PASSWORD, now, HERE)
    assert entered.must_change
    present = sessions.present(entered.token, now)
    assert present is not None
    again = signing_in.change_first_password(present.actor, "Cotton-thread-7", now, HERE)
    assert not again.must_change
    with pytest.raises(Refusal, match="已经改过"):
        signing_in.change_first_password(present.actor, "Cotton-thread-8", now, HERE)


# --- invitations


def test_invitation_opens_once_and_for_seven_days(database: str, now: datetime) -> None:
    office = officers(now)
    invited = accounts.invite(office.accounts, now, "李强", login="liqiang", phone="13800001111")
    assert last_secret(now, "invitation") == invited.token
    assert signing_in.invitation(invited.token, now).name == "李强"
    with pytest.raises(Refusal, match="已失效"):
        signing_in.invitation(invited.token, now + timedelta(days=7))
    entered = signing_in.accept_invitation(invited.token, PASSWORD, now + timedelta(days=6), HERE)
    assert sessions.present(entered.token, now + timedelta(days=6))
    with pytest.raises(Refusal, match="已失效"):
        signing_in.accept_invitation(invited.token, PASSWORD, now, HERE)
    assert _kinds("account", entered.account_id) == ["account_invited", "account_activated", "signed_in"]


def test_new_invitation_kills_the_old_link(database: str, now: datetime) -> None:
    office = officers(now)
    first = accounts.invite(office.accounts, now, "李强", login="liqiang")
    second = accounts.invite_again(office.accounts, now, first.account_ref)
    with pytest.raises(Refusal, match="已失效"):
        signing_in.accept_invitation(first.token, PASSWORD, now, HERE)
    signing_in.accept_invitation(second.token, PASSWORD, now, HERE)


def test_only_the_accounts_office_makes_accounts(database: str, now: datetime) -> None:
    office = officers(now)
    for actor in (office.permissions, office.audit, office.programs, account(now, "wang")):
        with pytest.raises(NotAllowed):
            accounts.invite(actor, now, "李强", login="liqiang")


def test_taken_address_is_refused_at_its_field(database: str, now: datetime) -> None:
    office = officers(now)
    account(now, "wang", phone="13800001111")
    with pytest.raises(InvalidInput) as refused:
        accounts.invite(office.accounts, now, "李强", login="WANG", phone="13800001111")
    assert [reason.where for reason in refused.value.reasons] == ["login", "phone"]


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("Ab1-xyz", "至少"),
        ("silkthread", "三种"),
        ("Wang-thread-1", "用户名"),
        ("Admin@2026", "太常见"),
        ("P@ssw0rd", "太常见"),
        ("Qwer1234", "太常见"),
        ("Aa123456", "太常见"),
        ("Zhang123!", "太常见"),
        ("aaaaaaaaaaaaaaaa", "太常见"),
    ],
)
def test_weak_password_is_refused_with_its_reason(database: str, now: datetime, password: str, why: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        accounts.create(officers(now).accounts, now, "王芳", password, login="wang")
    assert any(why in str(reason.words) for reason in refused.value.reasons)


def test_long_sentence_is_a_good_password(database: str, now: datetime) -> None:
    assert accounts.create(officers(now).accounts, now, "王芳", "布料要先缩水三天才能裁剪再缝纫", login="wang")


# --- offices


def test_one_account_holds_one_office(database: str, now: datetime) -> None:
    office, who = officers(now), account(now, "wang")
    accounts.grant_office(office.permissions, now, ref_of(who), Office.AUDIT)
    with pytest.raises(Refusal):
        accounts.grant_office(office.permissions, now, ref_of(who), Office.ACCOUNTS)
    accounts.end_office(office.permissions, now, ref_of(who))
    accounts.grant_office(office.permissions, now, ref_of(who), Office.ACCOUNTS)
    with pytest.raises(NotAllowed):
        accounts.grant_office(office.accounts, now, ref_of(who), Office.AUDIT)


def test_last_holder_of_an_office_stays(database: str, now: datetime) -> None:
    office = officers(now)
    with pytest.raises(Refusal) as refused:
        accounts.end_office(office.permissions, now, ref_of(office.audit))
    assert "最后一人" in str(refused.value.reasons[0].words)


def test_every_act_at_the_door_is_in_a_chain_that_holds(database: str, now: datetime) -> None:
    account(now, "wang")
    with pytest.raises(InvalidInput):
        signing_in.sign_in("nobody", "wrong", now, HERE)
    with pytest.raises(InvalidInput):
        signing_in.sign_in("wang", "wrong", now, HERE)
    signing_in.sign_in("wang", PASSWORD, now, HERE)
    assert _kinds("installation", 0) == ["sign_in_failed"]
    assert _kinds("account", _row("wang").id) == ["sign_in_failed", "signed_in"]
    assert evidence.verify() == []
