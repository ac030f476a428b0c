"""Issuing, living with and losing a recognition, by the rules alone."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from tests.domain.awarded import ISSUED, MANAGER_3, Award, recognized
from tests.domain.cases import CLERK, EMPLOYER_ADMIN, MANAGER, MANAGER_2, PERSON, Play, application, book, staff
from workflow.domain import pool_award
from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.application import Action, Status
from workflow.domain.errors import MovedOn, NotAllowed, NotFound, NotReady
from workflow.domain.events import OF_A_RECOGNITION, OF_AN_AWARD
from workflow.domain.history import fold
from workflow.domain.pool_award import Line, Shown
from workflow.domain.recognition import Standing, Why
from workflow.domain.rulebook import Rulebook
from workflow.domain.stages.award import granted
from workflow.domain.stages.frame import NOT_UNDONE
from workflow.domain.transitions import offers

YEAR = timedelta(days=366)
MANAGER_4 = staff(53, "manager")


def kinds(play: Award) -> list[str]:
    return [event.kind for event in play.outcome.events]


def where(refused: pytest.ExceptionInfo[NotReady]) -> set[str | None]:
    return {reason.where for reason in refused.value.reasons}


# -- asking and issuing ------------------------------------------------------------------------------------------------
def test_the_person_is_asked_and_the_office_waits() -> None:
    play = Award()
    assert {item.role for item in play.case.state.open_items()} == {"manager", "applicant"}

    with pytest.raises(NotReady) as refused:
        play.issue()
    assert where(refused) == {"asks"}

    with pytest.raises(NotReady) as refused:
        play.do("provide", PERSON, fields=[])
    assert where(refused) == {"bank"}

    play.provide()
    assert play.case.state.provided == ("bank",)
    assert [item.role for item in play.case.state.open_items()] == ["manager"]


def test_who_was_filled_for_is_asked_before_it_is_issued() -> None:
    """`confirm: at_award`: the checks ran first; without the person's own word there is no certificate."""
    definition = book().definition
    late = definition.channels["self"].model_copy(update={"confirm": "at_award"})
    changed = definition.model_copy(update={"channels": {**definition.channels, "self": late}})
    rulebook = Rulebook(changed, 1, book().calendar)
    play = Award(rulebook=rulebook)
    play.case = replace(play.case, filler_id=99)

    with pytest.raises(NotReady) as refused:
        play.do("provide", PERSON, fields=["bank"])
    assert where(refused) == {"confirmed"}
    with pytest.raises(NotAllowed):
        play.do("provide", MANAGER, fields=["bank"], confirmed=True)
    with pytest.raises(NotReady) as refused:
        play.issue()
    assert "本人还没有确认填的内容，不能发证" in [str(reason.words) for reason in refused.value.reasons]

    play.do("provide", PERSON, fields=["bank"], confirmed=True)
    play.issue()
    assert kinds(play)[0] == "recognized"

    own = Award(rulebook=rulebook).provide()  # who filled it for oneself has said so by handing it in
    own.issue()
    assert kinds(own)[0] == "recognized"


def test_what_was_given_may_be_put_right_until_it_is_issued() -> None:
    play = Award().provide().provide()
    play.issue()
    with pytest.raises(MovedOn):
        play.provide()


def test_nobody_else_gives_it() -> None:
    with pytest.raises(NotAllowed):
        Award().do("provide", MANAGER, fields=["bank"])
    with pytest.raises(NotFound):
        Award().do("provide", Actor("account", 999, person_id=999), fields=["bank"])


def test_issuing_recognizes_and_goes_on_to_the_validity() -> None:
    play = recognized()

    assert kinds(play) == ["recognized", "certificate_issued", "benefit_granted", "stage_entered"]
    state = play.case.state
    assert (state.status, state.stage) == (Status.RECOGNIZED, "valid")
    known = state.recognition
    assert known is not None
    assert (known.number, known.document) == (ISSUED["number"], ISSUED["document"])
    assert (known.on, known.until) == (date(2026, 11, 23), date(2029, 11, 23))
    assert [(paper.no, paper.why) for paper in known.papers] == [(1, Why.ISSUED)]
    assert [(each.benefit, each.amount) for each in known.benefits] == [("subsidy", "3000")]
    assert list(state.open_items()) == []


def test_who_was_not_shown_to_the_public_is_not_issued() -> None:
    play = Award(shown=False).provide()
    with pytest.raises(NotReady) as refused:
        play.issue()
    assert where(refused) == {"notice"}


def test_nobody_is_issued_while_a_result_is_kept_back() -> None:
    with pytest.raises(NotReady) as refused:
        Award(published=False).provide().issue()
    assert where(refused) == {"results"}


@pytest.mark.parametrize(
    ("given_so", "at"),
    [
        ({"document": ""}, "document"),
        ({"on": None}, "on"),
        ({"on": date(2026, 11, 24)}, "on"),  # tomorrow
        ({"on": date(2026, 11, 22)}, "on"),  # before the notice was over
        ({"unprintable": ["𠀀"]}, "name"),
    ],
)
def test_what_must_stand_before_it_is_issued(given_so: dict[str, Any], at: str) -> None:
    with pytest.raises(NotReady) as refused:
        Award().provide().issue(**given_so)
    assert where(refused) == {at}


def test_a_number_comes_only_from_the_list() -> None:
    with pytest.raises(NotReady):
        Award().provide().issue(number="")


def test_an_issued_recognition_is_not_undone_so_that_no_number_is_lost() -> None:
    play = recognized()
    assert OF_AN_AWARD | OF_A_RECOGNITION <= NOT_UNDONE
    with pytest.raises(MovedOn):
        play.do("undo", MANAGER, after=timedelta(seconds=3))
    assert not any(
        offer.name in ("withdraw", "propose_reopen") for offer in offers(play.book, play.case, PERSON, play.now)
    )


@pytest.mark.parametrize(
    ("rule", "elsewhere", "left"),
    [
        (None, [Decimal(9000)], Decimal(3000)),
        ("higher", [], Decimal(3000)),
        ("higher", [Decimal(1000)], Decimal(2000)),
        ("higher", [Decimal(1000), Decimal(2500)], Decimal(500)),
        ("higher", [Decimal(5000)], Decimal(0)),
        ("first", [Decimal(1)], Decimal(0)),
    ],
)
def test_a_benefit_is_not_had_twice(rule: str | None, elsewhere: list[Decimal], left: Decimal) -> None:
    assert granted(Decimal(3000), rule, elsewhere) == left


def test_a_second_benefit_tops_up_to_the_higher() -> None:
    play = Award().provide().issue(elsewhere={"subsidy": [Decimal(1800)]})
    known = play.case.state.recognition
    assert known is not None
    assert [(each.amount, each.full) for each in known.benefits] == [("1200", "3000")]


# -- a list ------------------------------------------------------------------------------------------------------------
def many(count: int, **changes: Any) -> list[Award]:
    return [Award(id=number, person_id=500, **changes).provide() for number in range(1, count + 1)]


def listed(plays: list[Award], **given_so: Any) -> Any:
    inputs = {"document": ISSUED["document"], "on": ISSUED["on"], "round": "2026-1", **given_so}
    now = max(play.now for play in plays)
    return pool_award.issue(book(), "award", [play.case for play in plays], Action("issue", None, inputs), MANAGER, now)


def test_a_list_takes_its_numbers_in_order_and_leaves_no_gap() -> None:
    plays = many(4)
    plays[1] = Award(id=2)  # has not given the account
    outcomes, aside, after = listed(plays, following={"FE-2026-PATTERN-{seq:4}": 31})

    assert [outcomes[n].state.recognition.number for n in (1, 3, 4)] == [f"FE-2026-PATTERN-00{n}" for n in (31, 32, 33)]
    assert [reason.where for reason in aside[2]] == ["asks"]
    assert after == {"FE-2026-PATTERN-{seq:4}": 34}


def test_each_track_is_counted_for_itself() -> None:
    plays = [*many(1), Award(id=2, track="craft").provide()]
    outcomes, _, _ = listed(plays)
    assert [outcomes[n].state.recognition.number for n in (1, 2)] == ["FE-2026-PATTERN-0001", "FE-2026-CRAFT-0001"]


def test_a_list_that_differs_from_the_notice_needs_a_reason() -> None:
    plays = many(2)
    shown = [
        Shown(1, Line.HERE),
        Shown(2, Line.HERE),
        Shown(3, Line.FROZEN),
        Shown(4, Line.FELL_OUT),
        Shown(5, Line.ISSUED),
    ]
    assert [each.case_id for each in pool_award.differences(shown, [1, 2])] == [3, 4]

    with pytest.raises(NotReady) as refused:
        listed(plays, shown=shown, list=[1, 2])
    assert where(refused) == {"difference"}

    outcomes, _, _ = listed(plays, shown=shown, list=[1, 2], difference="一人异议核查中，一人已撤回")
    assert set(outcomes) == {1, 2}


def test_another_hand_issues_nothing() -> None:
    plays = many(1)
    inputs = {"document": ISSUED["document"], "on": ISSUED["on"]}
    outcomes, aside, after = pool_award.issue(
        book(), "award", [plays[0].case], Action("issue", None, inputs), CLERK, plays[0].now
    )
    assert (dict(outcomes), set(aside), after) == ({}, {1}, {})


# -- certificates ------------------------------------------------------------------------------------------------------
def test_a_reissue_takes_the_place_of_the_lost_one() -> None:
    play = recognized()
    with pytest.raises(NotReady):
        play.do("reissue", MANAGER, why="lost", reason="")
    with pytest.raises(NotReady):
        play.do("reissue", MANAGER, why="renewed", reason="想换")
    play.do("reissue", MANAGER, why="lost", reason="本人声明遗失")

    known = play.case.state.recognition
    assert known is not None
    assert [paper.why for paper in known.papers] == [Why.ISSUED, Why.LOST]
    assert known.number == ISSUED["number"]


# -- expiry and renewal ------------------------------------------------------------------------------------------------
def test_it_expires_by_the_clock_alone_and_after_its_last_day() -> None:
    play = recognized()
    with pytest.raises(MovedOn):
        play.do("expire", SYSTEM, after=timedelta(days=3 * 365))
    with pytest.raises(NotAllowed):
        play.do("expire", MANAGER, after=timedelta(days=3))
    play.do("expire", SYSTEM, after=timedelta(days=1))

    state = play.case.state
    assert state.recognition is not None
    assert (state.recognition.standing, state.recognition.ended_on) == (Standing.EXPIRED, date(2029, 11, 23))
    assert (state.status, state.stage) == (Status.ENDED, None)


def renewing() -> Award:
    play = recognized()
    play.now = play.now.replace(year=2029, month=8, day=26)  # 89 days before 2029-11-23
    play.do("open_renewal", SYSTEM)
    return play


def test_a_renewal_opens_at_its_first_mark_and_not_before() -> None:
    play = recognized()
    play.now = play.now.replace(year=2029, month=8, day=20)
    with pytest.raises(MovedOn):
        play.do("open_renewal", SYSTEM)
    play = renewing()
    item = next(play.case.state.open_items())
    assert (item.role, item.stage, item.due_on) == ("applicant", "valid", date(2029, 11, 23))
    with pytest.raises(MovedOn):
        play.do("open_renewal", SYSTEM)


def test_the_holder_begins_a_new_case_and_the_duty_stays_until_that_is_on_record() -> None:
    play = renewing()
    with pytest.raises(NotReady):
        play.do("renew", PERSON, "applicant")
    with pytest.raises(NotAllowed):
        play.do("renew", MANAGER, "applicant", case=7)
    play.do("renew", PERSON, "applicant", case=7)
    assert [item.about for item in play.case.state.open_items()] == ["renewal"]
    play.do("renew", PERSON, "applicant", case=8)  # the draft of a round that has closed
    play.do("hand_in_renewal", SYSTEM, case=8)
    state = play.case.state
    assert state.renewal is not None
    assert (state.renewal.case, state.renewal.handed_in, list(state.open_items())) == (8, True, [])
    with pytest.raises(MovedOn):
        play.do("hand_in_renewal", SYSTEM, case=8)


def test_who_filled_renews_for_somebody_without_an_account() -> None:
    play = renewing()
    with pytest.raises(NotAllowed):
        play.do("renew", EMPLOYER_ADMIN, "applicant", case=7)
    play.case = replace(play.case, account_id=None, filler_id=EMPLOYER_ADMIN.account_id)
    play.do("renew", EMPLOYER_ADMIN, "applicant", case=7)
    assert kinds(play) == ["renewal_started"]


def test_a_new_case_that_ended_without_a_recognition_may_be_followed_by_another_while_time_is_left() -> None:
    play = renewing()
    play.do("renew", PERSON, "applicant", case=7)
    play.do("hand_in_renewal", SYSTEM, case=7)
    with pytest.raises(MovedOn):
        play.do("open_renewal", SYSTEM)  # the clock asks nobody while it is on its way
    play.do("open_renewal", SYSTEM, case=7)
    assert [item.due_on for item in play.case.state.open_items()] == [date(2029, 11, 23)]
    play.do("renew", PERSON, "applicant", case=8)
    play.do("hand_in_renewal", SYSTEM, case=8)
    with pytest.raises(MovedOn):
        play.do("open_renewal", SYSTEM, case=8, after=timedelta(days=95))
    play.do("expire", SYSTEM)
    assert play.case.state.recognition.standing is Standing.EXPIRED
    with pytest.raises(MovedOn):
        play.do("supersede", SYSTEM, case=8, on=date(2029, 12, 1))


def test_the_new_recognition_supersedes_this_one_and_nothing_is_owed_on_it_any_more() -> None:
    play = renewing()
    play.do("renew", PERSON, "applicant", case=7)
    play.do("hand_in_renewal", SYSTEM, case=7)
    play.do("supersede", SYSTEM, case=7, on=date(2029, 10, 1))
    state = play.case.state
    assert state.recognition is not None
    assert (state.recognition.standing, state.recognition.ended_on) == (Standing.SUPERSEDED, date(2029, 10, 1))
    assert (state.status, list(state.open_items())) == (Status.ENDED, [])


def test_an_extension_by_the_office_moves_the_duty_and_prints_anew() -> None:
    play = renewing()
    with pytest.raises(NotReady):
        play.do("extend", MANAGER, until=date(2030, 1, 31))
    play.do("extend", MANAGER, until=date(2030, 1, 31), basis="续认评审推迟，锦人才办〔2029〕40号")
    known = play.case.state.recognition
    assert known is not None
    assert (known.until, [paper.why for paper in known.papers]) == (date(2030, 1, 31), [Why.ISSUED, Why.RENEWED])
    assert [item.due_on for item in play.case.state.open_items()] == [date(2030, 1, 31)]


# -- exits -------------------------------------------------------------------------------------------------------------
def test_who_left_is_ended_by_the_office_alone() -> None:
    play = recognized()
    with pytest.raises(NotReady) as refused:
        play.do("open_exit", MANAGER)
    assert where(refused) == {"basis", "exit"}
    play.do("open_exit", MANAGER, exit="left", basis="社保已转出")
    known = play.case.state.recognition
    assert known is not None
    assert (known.standing, known.exit, known.ban_until) == (Standing.EXPIRED, "left", None)
    assert play.case.state.status is Status.ENDED


def notified() -> Award:
    play = recognized()
    play.do("open_exit", MANAGER, exit="fraud", basis="业绩材料核查不实")
    play.do("notify", MANAGER, alleged="所附合同经核查为伪造")
    return play


PROPOSED: dict[str, Any] = {"reason": "材料不实", "recovery": "补贴3000元"}


def test_a_revocation_hears_the_person_first() -> None:
    play = notified()
    item = next(play.case.state.open_items())
    assert (item.role, item.due_on) == ("applicant", date(2026, 11, 30))  # five working days
    with pytest.raises(NotReady):
        play.do("propose_revocation", MANAGER_2, **PROPOSED)
    play.do("propose_revocation", MANAGER_2, after=timedelta(days=8), **PROPOSED)
    assert play.case.state.proposal is not None


def test_a_statement_shortens_the_hearing() -> None:
    play = notified()
    with pytest.raises(NotReady):
        play.do("state", PERSON, "applicant")
    play.do("state", PERSON, "applicant", statement="合同是真的")
    with pytest.raises(NotReady) as refused:
        play.do("propose_revocation", MANAGER_2, reason="材料不实")
    assert where(refused) == {"recovery"}
    play.do("propose_revocation", MANAGER_2, **PROPOSED)


def test_a_revocation_is_decided_by_two_others() -> None:
    play = notified()
    play.do("state", PERSON, "applicant", statement="无")
    with pytest.raises(NotAllowed):
        play.do("propose_revocation", MANAGER, **PROPOSED)  # who opened it
    play.do("propose_revocation", MANAGER_2, **PROPOSED)
    for who in (MANAGER, MANAGER_2):  # who opened it, who proposed it
        with pytest.raises(NotAllowed):
            play.do("confirm_revocation", who, "manager", document="锦人才办〔2027〕3号")
    with pytest.raises(NotReady):
        play.do("confirm_revocation", MANAGER_3, "manager")
    play.do("confirm_revocation", MANAGER_3, "manager", document="锦人才办〔2027〕3号")

    assert kinds(play) == ["confirmed", "revoked", "recovery_asked"]
    known = play.case.state.recognition
    assert known is not None
    assert (known.standing, known.ended_on, known.ban_until) == (
        Standing.REVOKED,
        date(2026, 11, 23),
        date(2028, 11, 23),
    )
    assert (play.case.state.status, list(play.case.state.open_items())) == (Status.ENDED, [])
    play.do("record_recovery", MANAGER, basis="已退回3000元，凭证12号")
    assert play.case.state.recognition.recovery == "done"


def revoked() -> Award:
    play = notified()
    play.do("propose_revocation", MANAGER_2, after=timedelta(days=8), **PROPOSED)
    play.do("confirm_revocation", MANAGER_3, "manager", document="锦人才办〔2027〕3号")
    return play


def test_a_revocation_is_appealed_once_and_settled_by_others() -> None:
    play = revoked()
    before = notified().case.state.recognition
    with pytest.raises(NotAllowed):
        play.do("appeal", MANAGER, reason="不服")
    play.do("appeal", PERSON, reason="合同是真的，附鉴定书")
    with pytest.raises(MovedOn):
        play.do("appeal", PERSON, reason="再说一遍")
    for decider in (MANAGER, MANAGER_2, MANAGER_3):
        with pytest.raises(NotAllowed):
            play.do("settle_appeal", decider, "manager", conclusion="upheld", reason="鉴定属实")
    play.do("settle_appeal", MANAGER_4, "manager", conclusion="upheld", reason="鉴定属实")
    state = play.case.state
    assert state.recognition == before, "it stands again as it stood"
    assert (state.status, state.stage, state.closed_at) == (Status.RECOGNIZED, "valid", None)
    play.do("reissue", MANAGER, why="restored", reason="原证书已收回")
    assert play.case.state.recognition.papers[-1].why is Why.RESTORED


def test_an_appeal_that_is_rejected_leaves_the_revocation_and_comes_too_late_after_its_time() -> None:
    play = revoked()
    play.do("appeal", PERSON, reason="不服")
    play.do("settle_appeal", MANAGER_4, "manager", conclusion="rejected", reason="维持")
    assert play.case.state.recognition.standing is Standing.REVOKED
    play = revoked()
    with pytest.raises(MovedOn):
        play.do("appeal", PERSON, after=timedelta(days=30), reason="不服")


def test_a_restored_recognition_owes_again_what_the_revocation_had_cancelled() -> None:
    play = recognized()
    play.do("keep_time", SYSTEM, after=timedelta(days=1))
    owed = {item.about for item in play.case.state.open_items()}
    assert any((about or "").startswith("pay:") for about in owed)
    play.do("open_exit", MANAGER, exit="fraud", basis="业绩材料核查不实")
    play.do("notify", MANAGER, alleged="所附合同经核查为伪造")
    play.do("propose_revocation", MANAGER_2, after=timedelta(days=9), **PROPOSED)
    play.do("confirm_revocation", MANAGER_3, "manager", document="锦人才办〔2027〕3号")
    assert list(play.case.state.open_items()) == []
    play.do("appeal", PERSON, reason="合同是真的")
    play.do("settle_appeal", MANAGER_4, "manager", conclusion="upheld", reason="鉴定属实")
    assert {item.about for item in play.case.state.open_items()} == owed


def test_a_revocation_asks_back_what_was_paid() -> None:
    play = recognized()
    play.do("keep_time", SYSTEM, after=timedelta(days=1))
    paid = play.case.state.after.payments[0]
    given = {"amount": Decimal(paid.amount), "on": date(2026, 11, 24), "voucher": "12"}
    play.act_on("pay", paid.item, MANAGER, given)
    play.do("open_exit", MANAGER, exit="fraud", basis="核查不实")
    play.do("notify", MANAGER, alleged="伪造")
    play.do("state", PERSON, "applicant", statement="无")
    play.do("propose_revocation", MANAGER_2, **PROPOSED)
    confirm = max(item.no for item in play.case.state.open_items() if item.about is None)
    play.act_on("confirm_revocation", confirm, MANAGER_3, {"document": "3号"})
    assert play.outcome.events[-1].body == {"paid": {paid.benefit: paid.amount}}


def test_a_revocation_may_be_rejected_and_dropped() -> None:
    play = notified()
    play.do("state", PERSON, "applicant", statement="合同是真的")
    play.do("propose_revocation", MANAGER_2, **PROPOSED)
    with pytest.raises(MovedOn):
        play.do("drop_revocation", MANAGER, reason="等复核")
    play.do("reject_revocation", MANAGER_3, "manager", reason="证据不足")
    play.do("drop_revocation", MANAGER, reason="核查后属实")

    state = play.case.state
    assert (state.leaving, state.proposal, list(state.open_items())) == (None, None, [])
    assert state.recognition is not None
    assert state.recognition.is_valid


def test_nothing_is_renewed_or_reissued_while_a_revocation_waits_for_its_second() -> None:
    play = renewing()
    play.do("open_exit", MANAGER, exit="fraud", basis="举报核查")
    with pytest.raises(MovedOn):
        play.do("renew", PERSON, "applicant", case=7)
    play.do("notify", MANAGER, alleged="材料不实")
    play.do("propose_revocation", MANAGER_2, after=timedelta(days=10), **PROPOSED)
    with pytest.raises(MovedOn):
        play.do("reissue", MANAGER, why="lost", reason="遗失")


# -- whatever people do ------------------------------------------------------------------------------------------------
ACTORS = {"manager": MANAGER, "manager_2": MANAGER_2, "manager_3": MANAGER_3, "person": PERSON, "system": SYSTEM}
GIVEN: dict[str, Any] = {
    **ISSUED,
    **PROPOSED,
    "fields": ["bank"],
    "why": "lost",
    "basis": "依据",
    "alleged": "事实",
    "statement": "陈述",
    "case": 7,
}


OF_THE_FRAME = ("withdraw", "hold", "extend", "hand_over", "recuse", "propose_reopen", "undo", "appeal")


SELDOM = {"open_exit": 0.1, "reissue": 0.2, "expire": 0.5, "keep_time": 0.2, "answer_duty": 0.2, "waive_duty": 0.1}


def wander(seed: int, steps: int = 40) -> tuple[Award, list[Any]]:
    """Somebody takes one of the offers, again and again."""
    chance = Random(seed)
    play = Award()
    facts: list[Any] = []
    start = play.case.state
    for _ in range(steps):
        play.now += chance.choice(
            [timedelta(minutes=1), timedelta(days=3), timedelta(days=9), YEAR - timedelta(days=10)]
        )
        open_to = [
            (offer, actor)
            for actor in ACTORS.values()
            for offer in offers(play.book, play.case, actor, play.now)
            if offer.name not in OF_THE_FRAME and chance.random() < SELDOM.get(offer.name, 1)
        ]
        if not open_to:
            continue
        offer, actor = chance.choice(open_to)
        given_so = {**GIVEN, "exit": chance.choice(["fraud", "fraud", "left"])}
        try:
            play.act_on(offer.name, offer.item, actor, given_so)
        except NotReady:
            continue
        facts += play.outcome.events
        assert fold(facts, start) == play.case.state
    return play, facts


def test_random_lives_of_a_recognition_reach_every_fact() -> None:
    seen: Counter[str] = Counter()
    for seed in range(150):
        play, facts = wander(seed)
        seen.update(event.kind for event in facts)
        state = play.case.state
        if state.recognition is not None and not state.recognition.is_valid:
            assert (state.status, list(state.open_items())) == (Status.ENDED, [])
    without = {
        "review_decided",
        "award_recorded",
    }  # no exit that is only a review; nothing recorded
    possible = (OF_AN_AWARD | OF_A_RECOGNITION) - without
    assert set(seen) >= possible, sorted(possible - set(seen))


# -- what others may read of it ----------------------------------------------------------------------------------------
class Enterprise(Award):
    """An enterprise whose scheme two people have agreed to, before its certificate."""

    def __init__(self, **records: Any) -> None:
        values = {"org_name": "蓝埠家纺集团", "staff": Decimal(320)}
        case = application(track="self_evaluation", values=values, files={}, records={"authorize": records})
        Play.__init__(self, case, book("yongning_enterprise"))
        self.submit()
        self.act("pass", MANAGER, record=records, verdicts={}, rules={})
        self.act("confirm", MANAGER_2)


def test_the_certificate_carries_the_numbers_that_it_grants() -> None:
    play = Enterprise(places=Decimal(6)).issue()
    known = play.case.state.recognition
    assert known is not None
    assert dict(known.grants) == {"places": "6", "staff": "320"}


def test_nothing_is_issued_while_a_number_that_it_grants_is_unknown() -> None:
    play = Enterprise(places=Decimal(6))
    play.case = replace(play.case, records={})
    with pytest.raises(NotReady) as refused:
        play.issue()
    assert where(refused) == {"grants"}
