"""The life of a case through checks: who may do what, what is missing, what follows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.domain.cases import (
    CLERK,
    CLERK_2,
    EMPLOYER_ADMIN,
    HR_1,
    HR_2,
    MANAGER,
    MANAGER_2,
    NOW,
    PERSON,
    Play,
    all_ok,
    application,
    book,
    staff,
)
from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.application import Action, Status
from workflow.domain.errors import MovedOn, NotAllowed, NotFound, NotReady, Reason
from workflow.domain.history import fold
from workflow.domain.transitions import decide, offers
from workflow.domain.words import Words


def kinds(play: Play) -> list[str]:
    return [event.kind for event in play.outcome.events]


def where(error: pytest.ExceptionInfo[NotReady]) -> list[str | None]:
    return [reason.where for reason in error.value.reasons]


# -- intake ------------------------------------------------------------------------------------------------------------
def test_submit_enters_the_first_stage_and_asks_the_employer() -> None:
    play = Play(application()).submit()
    state = play.case.state
    assert (state.status, state.stage, state.version, state.number) == (
        Status.OPEN,
        "employer_confirm",
        2,
        "FE26-1-0001",
    )
    assert [(item.role, item.organization_id, item.duty) for item in state.open_items()] == [
        ("employer_admin", 7, "act")
    ]
    assert kinds(play) == ["submitted", "stage_entered"]


def test_submit_with_wrong_answers_names_each() -> None:
    wrong = (Reason(Words("请填写"), "years"), Reason(Words("请上传"), "portfolio"))
    play = Play(application(problems=wrong))
    play.act("start", PERSON)
    with pytest.raises(NotReady) as refusal:
        play.act("submit", PERSON, revision=1, digest="d", number="n", receipt="r")
    assert where(refusal) == ["years", "portfolio"]


def test_submit_after_closing_is_refused() -> None:
    play = Play(application())
    play.act("start", PERSON)
    with pytest.raises(NotReady, match="1"):
        play.act("submit", PERSON, after=timedelta(days=11), revision=1, digest="d", number="n", receipt="r")


def test_submit_by_a_filler_waits_for_the_person() -> None:
    filler = staff(20, "employer_admin", 7)
    play = Play(application(filler_id=20, account_id=None, channel="employer", nominator_id=7))
    play.act("start", filler)
    play.act("submit", filler, revision=1, digest="d", number="n", receipt="r")
    assert play.case.state.status is Status.AWAITING_CONFIRMATION
    assert play.case.state.number is None
    link = Actor("link", application_id=1)
    play.act("confirm_submission", link, digest="d", number="n1", receipt="r1")
    assert (play.case.state.status, play.case.state.number) == (Status.OPEN, "n1")


def test_confirm_by_somebody_else_is_not_found() -> None:
    play = Play(application(filler_id=20, account_id=None, channel="employer", nominator_id=7))
    play.act("start", staff(20, "employer_admin", 7))
    play.act("submit", staff(20, "employer_admin", 7), revision=1, digest="d", number="n", receipt="r")
    with pytest.raises(NotFound):
        play.act("confirm_submission", Actor("link", application_id=2), digest="d", number="n", receipt="r")


# -- passing -----------------------------------------------------------------------------------------------------------
def test_pass_needs_the_record_of_the_stage() -> None:
    play = Play(application()).submit()
    with pytest.raises(NotReady) as refusal:
        play.act("pass", EMPLOYER_ADMIN, record={"opinion": ""})
    assert where(refusal) == ["record.opinion", "record.seal"]


def test_pass_needs_a_verdict_for_each_file() -> None:
    play = Play(application()).to_formal()
    with pytest.raises(NotReady) as refusal:
        play.act("pass", CLERK, verdicts={"training_cert": {"verdict": "ok"}})
    assert where(refusal) == ["employment_proof", "portfolio"]


def test_pass_with_a_flagged_file_is_not_ready() -> None:
    play = Play(application()).to_formal()
    verdicts = {**all_ok(), "portfolio": {"verdict": "flag", "comment": "打不开"}}
    with pytest.raises(NotReady) as refusal:
        play.act("pass", CLERK, verdicts=verdicts)
    assert where(refusal) == ["portfolio"]


def test_verdicts_given_one_by_one_count_like_those_given_together() -> None:
    play = Play(application()).to_formal()
    for key in all_ok():
        play.act("judge", CLERK, verdicts={key: {"verdict": "ok"}})
    play.act("pass", CLERK)
    assert play.case.state.stage == "eligibility"


def test_pass_by_a_colleague_of_another_role_is_refused() -> None:
    play = Play(application()).to_formal()
    with pytest.raises(NotFound):
        play.act("pass", HR_1, verdicts=all_ok())


def test_pass_by_another_employer_is_not_found() -> None:
    stranger = Actor("account", 21, holdings=(replace(EMPLOYER_ADMIN.holdings[0], organization_path="/1/3/"),))
    play = Play(application()).submit()
    with pytest.raises(NotFound):
        play.act("pass", stranger, record={"opinion": "x", "seal": ("s",)})


def test_second_decision_on_a_closed_item_has_moved_on() -> None:
    play = Play(application()).to_formal()
    number = play.item_no()
    play.act("pass", CLERK, verdicts=all_ok())
    with pytest.raises(MovedOn):
        decide(play.book, play.case, Action("pass", number, {"verdicts": all_ok()}), CLERK_2, play.now)


# -- refusing ----------------------------------------------------------------------------------------------------------
def test_refuse_needs_a_reason_and_closes_the_case() -> None:
    play = Play(application()).to_formal()
    with pytest.raises(NotReady):
        play.act("refuse", CLERK)
    play.act("refuse", CLERK, reason="不在申报范围")
    state = play.case.state
    assert (state.status, list(state.open_items()), state.stage) == (Status.REFUSED, [], None)
    assert play.outcome.events[-1].remarks == {"reason": "不在申报范围"}
    assert "不在申报范围" not in str(play.outcome.events[-1].body)


def test_refused_case_is_looked_at_again_by_other_people() -> None:
    play = Play(application()).to_formal()
    play.act("refuse", CLERK, reason="不在申报范围")
    play.act("appeal", PERSON, reason="我在范围内")
    play.act("settle_appeal", MANAGER, on="appeal", conclusion="upheld", reason="确在范围内")
    assert (play.case.state.status, play.case.state.stage) == (Status.OPEN, "formal")
    with pytest.raises(NotFound):
        play.act("pass", CLERK, verdicts=all_ok())
    play.act("pass", CLERK_2, verdicts=all_ok())
    assert play.case.state.stage == "eligibility"


def test_appeal_after_its_time_is_over() -> None:
    play = Play(application()).to_formal()
    play.act("refuse", CLERK, reason="不在申报范围")
    with pytest.raises(MovedOn):
        play.act("appeal", PERSON, reason="我在范围内", after=timedelta(days=20))


# -- correction --------------------------------------------------------------------------------------------------------
def returned(play: Play, **flags: str) -> Play:
    play.act("return", CLERK, verdicts={key: {"verdict": "flag", "comment": text} for key, text in flags.items()})
    return play


def corrected(play: Play, *changed: str, revision: int = 2) -> None:
    play.case = replace(play.case, changed=changed)
    play.act("correct", PERSON, revision=revision, digest=f"d{revision}")


def test_return_opens_only_flagged_items_and_stops_the_clock() -> None:
    play = returned(Play(application()).to_formal(), portfolio="重传")
    state = play.case.state
    assert (state.status, state.flags) == (Status.CORRECTING, ("portfolio",))
    assert [(item.duty, item.holder_id) for item in state.open_items()] == [("correct", 100)]
    assert state.entry is not None
    assert state.entry.pauses[-1].until is None


def test_a_flag_without_words_is_said_once_and_by_its_name() -> None:
    play = Play(application()).to_formal()
    with pytest.raises(NotReady) as refusal:
        returned(play, portfolio=" ")
    assert [str(each.words) for each in refusal.value.reasons] == ["“作品集或3D操作录屏”：写清楚哪里要改、怎么改"]


def test_return_without_flags_is_not_ready() -> None:
    play = Play(application()).to_formal()
    with pytest.raises(NotReady) as refusal:
        play.act("return", CLERK)
    assert where(refusal) == ["flags"]


def test_flag_without_comment_is_not_ready() -> None:
    play = Play(application()).to_formal()
    with pytest.raises(NotReady) as refusal:
        play.act("return", CLERK, flags={"years": " "})
    assert "years" in where(refusal)


def test_correct_goes_straight_back_to_the_returner() -> None:
    play = returned(Play(application()).to_formal(), portfolio="重传")
    corrected(play, "portfolio")
    item = play.item()
    assert (play.case.state.status, item.role, item.holder_id) == (Status.OPEN, "intake", CLERK.account_id)
    with pytest.raises(NotAllowed):
        play.act("pass", CLERK_2, verdicts=all_ok())


def test_correct_of_an_item_that_was_not_flagged_is_refused() -> None:
    play = returned(Play(application()).to_formal(), portfolio="重传")
    play.case = replace(play.case, changed=("portfolio", "years"))
    with pytest.raises(NotReady) as refusal:
        play.act("correct", PERSON, revision=2, digest="d2")
    assert where(refusal) == ["years"]


def test_correct_leaves_nothing_flagged_unanswered() -> None:
    play = returned(Play(application()).to_formal(), portfolio="重传", training_cert="看不清")
    play.case = replace(play.case, changed=("portfolio",))
    with pytest.raises(NotReady) as refusal:
        play.act("correct", PERSON, revision=2, digest="d2")
    assert where(refusal) == ["training_cert"]
    play.act("correct", PERSON, revision=2, digest="d2", unchanged={"training_cert": "证书本来就这样"})
    assert play.case.state.status is Status.OPEN


def test_verdicts_on_what_was_not_flagged_stand_after_a_correction() -> None:
    play = Play(application()).to_formal()
    play.act("judge", CLERK, verdicts={"training_cert": {"verdict": "ok"}, "employment_proof": {"verdict": "ok"}})
    returned(play, portfolio="重传")
    corrected(play, "portfolio")
    with pytest.raises(NotReady) as refusal:
        play.act("pass", CLERK)
    assert where(refusal) == ["portfolio"]


def test_second_return_of_what_was_visible_before_needs_a_why() -> None:
    play = returned(Play(application()).to_formal(), portfolio="重传")
    corrected(play, "portfolio")
    with pytest.raises(NotReady) as refusal:
        returned(play, employment_proof="缺页")
    assert where(refusal) == ["late_reason"]
    play.act(
        "return", CLERK, verdicts={"employment_proof": {"verdict": "flag", "comment": "缺页"}}, late_reason="上次漏看"
    )
    assert play.case.state.status is Status.CORRECTING


def test_rounds_of_correction_are_limited() -> None:
    play = returned(Play(application()).to_formal(), portfolio="一")
    corrected(play, "portfolio")
    returned(play, portfolio="二")
    corrected(play, "portfolio", revision=3)
    with pytest.raises(NotReady):
        returned(play, portfolio="三")


def test_correction_lapses_only_after_its_due_time() -> None:
    play = returned(Play(application()).to_formal(), portfolio="重传")
    due = play.book.due(play.case, play.item("correct"), play.now)
    assert due is not None
    with pytest.raises(NotReady):
        play.act("lapse_correction", SYSTEM, on="correct", after=due - play.now)
    play.act("lapse_correction", SYSTEM, on="correct", after=timedelta(seconds=1))
    assert play.case.state.status is Status.LAPSED


def test_clock_of_the_stage_stands_during_a_correction() -> None:
    play = Play(application()).to_formal()
    before = play.book.due(play.case, play.item(), play.now)
    returned(play, portfolio="重传")
    play.now += timedelta(days=4)
    corrected(play, "portfolio")
    after = play.book.due(play.case, play.item(), play.now)
    assert before is not None
    assert after is not None
    assert after > before


# -- four eyes ---------------------------------------------------------------------------------------------------------
def test_two_signers_propose_and_confirm() -> None:
    play = Play(application()).to_eligibility()
    play.act("pass", HR_1)
    assert (play.case.state.stage, play.item().duty) == ("eligibility", "confirm")
    with pytest.raises(NotAllowed):
        play.act("confirm", HR_1)
    play.act("confirm", HR_2)
    assert play.case.state.stage == "theory"
    assert kinds(play) == ["confirmed", "passed", "stage_entered"]


def test_rejected_proposal_goes_back_to_the_proposer() -> None:
    play = Play(application()).to_eligibility()
    play.act("pass", HR_1)
    with pytest.raises(NotReady):
        play.act("reject_proposal", HR_2)
    play.act("reject_proposal", HR_2, reason="社保有断缴")
    assert (play.item().duty, play.item().holder_id) == ("act", HR_1.account_id)


def test_rule_to_look_at_must_be_judged() -> None:
    values = {**application().values, "modeling": False}
    play = Play(application(values=values)).to_eligibility()
    with pytest.raises(NotReady) as refusal:
        play.act("pass", HR_1)
    assert where(refusal) == ["E5"]
    play.act("pass", HR_1, rule_verdicts={"E5": {"verdict": "meets"}})
    assert play.item().duty == "confirm"


def test_failed_rule_passes_only_with_a_reason() -> None:
    values = {**application().values, "insured_months": 3}
    play = Play(application(values=values)).to_eligibility()
    with pytest.raises(NotReady) as refusal:
        play.act("pass", HR_1)
    assert where(refusal) == ["reason"]
    play.act("pass", HR_1, reason="补缴证明已核")
    assert play.item().duty == "confirm"


def test_nobody_acts_in_both_stages_of_a_never_both_pair() -> None:
    both = Actor("account", 30, holdings=(*CLERK.holdings, *HR_1.holdings))
    play = Play(application())
    play.submit()
    play.act("pass", EMPLOYER_ADMIN, record={"opinion": "同意", "seal": ("s",)})
    play.act("pass", both, verdicts=all_ok())
    with pytest.raises(NotAllowed):
        play.act("pass", both)


def test_who_typed_a_case_does_not_judge_it_for_the_office() -> None:
    play = Play(application()).to_formal()
    play.case = replace(play.case, filler_id=CLERK.account_id)
    with pytest.raises(NotAllowed):
        play.act("pass", CLERK, verdicts=all_ok())


def test_conflicted_officer_sees_nothing_of_the_case() -> None:
    play = Play(application()).to_formal()
    play.case = replace(play.case, conflicts=frozenset({CLERK.account_id or 0}))
    with pytest.raises(NotFound):
        play.act("pass", CLERK, verdicts=all_ok())
    assert offers(play.book, play.case, CLERK, play.now) == []


# -- quota -------------------------------------------------------------------------------------------------------------
def employer_case(**changes: object) -> Play:
    return Play(application(channel="employer", nominator_id=7, **changes)).submit()


def test_place_is_taken_where_the_quota_says_and_given_back_on_refusal() -> None:
    play = employer_case(places_left=1)
    assert not play.case.state.place_taken
    play.act("pass", EMPLOYER_ADMIN, record={"opinion": "同意", "seal": ("s",)})
    assert play.case.state.place_taken
    play.act("refuse", CLERK, reason="不在申报范围")
    assert not play.case.state.place_taken


def test_pass_without_a_place_left_is_not_ready() -> None:
    play = employer_case(places_left=0)
    with pytest.raises(NotReady):
        play.act("pass", EMPLOYER_ADMIN, record={"opinion": "同意", "seal": ("s",)})


# -- the frame ---------------------------------------------------------------------------------------------------------
def test_withdraw_ends_everything_owed() -> None:
    play = Play(application()).to_formal()
    play.act("withdraw", PERSON)
    assert (play.case.state.status, list(play.case.state.open_items())) == (Status.WITHDRAWN, [])


def test_withdraw_by_somebody_else_is_refused() -> None:
    play = Play(application()).to_formal()
    with pytest.raises(NotAllowed):
        play.act("withdraw", CLERK)


def test_hold_stops_every_act_and_release_gives_the_time_back() -> None:
    play = Play(application()).to_formal()
    before = play.book.due(play.case, play.item(), play.now)
    play.act("hold", MANAGER, basis="纪检函")
    assert play.book.due(play.case, play.item(), play.now) is None
    with pytest.raises(MovedOn):
        play.act("pass", CLERK, verdicts=all_ok())
    play.act("release", MANAGER, basis="已核", after=timedelta(days=3))
    after = play.book.due(play.case, play.item(), play.now)
    assert before is not None
    assert after is not None
    assert after > before
    play.act("pass", CLERK, verdicts=all_ok())


def test_extend_replaces_the_due_day() -> None:
    play = Play(application()).to_formal()
    with pytest.raises(NotReady):
        play.act("extend", MANAGER, basis="节前", until=NOW.date())
    play.act("extend", MANAGER, basis="节前", until=(NOW + timedelta(days=30)).date())
    due = play.book.due(play.case, play.item(), play.now)
    assert due is not None
    assert due.date() == (NOW + timedelta(days=30)).date()


def test_hand_over_gives_the_item_to_a_holder_of_the_same_role() -> None:
    play = Play(application()).to_formal()
    with pytest.raises(NotReady):
        play.act("hand_over", CLERK, to=HR_1)
    play.act("hand_over", CLERK, to=CLERK_2)
    with pytest.raises(NotAllowed):
        play.act("pass", CLERK, verdicts=all_ok())
    play.act("pass", CLERK_2, verdicts=all_ok())


def test_recuse_takes_the_officer_out_of_the_case() -> None:
    play = Play(application()).to_formal()
    play.act("hand_over", MANAGER, to=CLERK)
    play.act("recuse", CLERK, reason="同学")
    assert play.item().holder_id is None
    assert play.outcome.conflicts == ((CLERK.account_id, "self_declared"),)
    with pytest.raises(NotFound):
        play.act("pass", CLERK, verdicts=all_ok())
    play.act("pass", CLERK_2, verdicts=all_ok())


def test_only_the_office_takes_a_recusal_back_and_says_why() -> None:
    play = Play(application()).to_formal()
    play.act("recuse", CLERK, reason="同学")
    with pytest.raises(NotFound):
        play.act("readmit", CLERK, account=CLERK.account_id, reason="没有影响")
    with pytest.raises(NotReady) as bare:
        play.act("readmit", MANAGER, account=CLERK_2.account_id)
    assert where(bare) == ["reason", "account"]
    play.act("readmit", MANAGER, account=CLERK.account_id, reason="同名的另一人")
    assert kinds(play) == ["readmitted"]
    play.act("pass", CLERK, verdicts=all_ok())


def test_undo_within_ten_seconds_restores_the_item() -> None:
    play = Play(application()).to_formal()
    before = play.case.state
    play.act("pass", CLERK, verdicts=all_ok())
    play.act("undo", CLERK, after=timedelta(seconds=9))
    state = play.case.state
    assert (state.stage, state.status, play.item().no) == ("formal", Status.OPEN, before.items[-1].no)
    assert play.item().version > before.items[-1].version
    assert state.version == before.version + 2
    assert state.verdicts == before.verdicts


def test_undo_after_ten_seconds_or_by_another_or_twice_is_too_late() -> None:
    play = Play(application()).to_formal()
    play.act("pass", CLERK, verdicts=all_ok())
    case, now = play.case, play.now
    with pytest.raises(MovedOn):
        play.act("undo", CLERK, after=timedelta(seconds=11))
    play.case, play.now = case, now
    with pytest.raises((NotAllowed, NotFound)):
        play.act("undo", CLERK_2, after=timedelta(seconds=1))
    play.case, play.now = case, now
    play.act("undo", CLERK, after=timedelta(seconds=1))
    with pytest.raises(MovedOn):
        play.act("undo", CLERK, after=timedelta(seconds=1))


def test_reopen_is_proposed_by_one_and_confirmed_by_another() -> None:
    play = Play(application()).to_formal()
    play.act("refuse", CLERK, reason="不在申报范围")
    play.act("propose_reopen", MANAGER, stage="formal", reason="新证据")
    with pytest.raises(NotAllowed):
        play.act("reopen", MANAGER, on="reopen")
    play.act("reopen", MANAGER_2, on="reopen")
    assert (play.case.state.status, play.case.state.stage) == (Status.OPEN, "formal")


# -- time and evidence -------------------------------------------------------------------------------------------------
def test_folding_the_events_again_gives_the_state() -> None:
    play = Play(application())
    events = []
    for name, actor, inputs in (
        ("start", PERSON, {}),
        ("submit", PERSON, {"revision": 1, "digest": "d", "number": "n", "receipt": "r"}),
        ("pass", EMPLOYER_ADMIN, {"record": {"opinion": "同意", "seal": ("s",)}}),
        ("return", CLERK, {"flags": {"years": "核对年限"}}),
    ):
        play.act(name, actor, **inputs)
        events += play.outcome.events
    assert fold(events) == play.case.state


def test_version_counts_recorded_actions() -> None:
    play = Play(application()).to_eligibility()
    assert play.case.state.version == 4


def test_offers_are_the_programs_own_words() -> None:
    play = Play(application()).to_formal()
    labels = {offer.name: str(offer.label) for offer in offers(play.book, play.case, CLERK, play.now)}
    assert labels["pass"] == "受理"
    assert labels["return"] == "一次性退回补正"
    assert "hold" not in labels
    assert book().stage("formal").words


def test_a_person_who_finds_it_wrong_sends_it_back_to_who_filled() -> None:
    filler, link = Actor("account", 900), Actor("link", application_id=1)
    play = Play(application(filler_id=900, account_id=None))
    play.act("start", filler)
    play.act("submit", filler, revision=1, digest="d")
    with pytest.raises(NotReady):
        play.act("refuse_confirmation", link)
    play.act("refuse_confirmation", link, reason="年限写错了")
    assert (play.case.state.status, play.outcome.events[0].remarks) == (Status.DRAFT, {"reason": "年限写错了"})
    play.act("submit", filler, revision=2, digest="e")
    assert (play.case.state.status, play.case.state.revision) == (Status.AWAITING_CONFIRMATION, 2)
