"""A case through its stages of scoring: who rates, what is missing, what follows, and what nobody hears too early."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from tests.domain.cases import MANAGER, NOW, PERSON, Play, application, book_of, staff
from tests.domain.programs import text
from tests.domain.scored import (
    EXAMINERS,
    EXPERTS,
    TRAINER,
    at_expert,
    at_panel,
    at_practical,
    at_theory,
    close,
    do,
    draw,
    judged,
    points,
    rate,
    seat_of,
    seated,
)
from workflow.domain import marks
from workflow.domain.actor import Actor
from workflow.domain.application import Action, Status
from workflow.domain.collective import PoolOutcome, decide_pool
from workflow.domain.errors import MovedOn, NotAllowed, NotFound, NotReady
from workflow.domain.notices import owed
from workflow.domain.policy import CaseSubject, Permission, can
from workflow.domain.pool_score import Candidate
from workflow.domain.rulebook import Rulebook
from workflow.domain.transitions import offers
from workflow.domain.unpublished import heard_outside, seen_from_outside, standing_outside, withheld


def where(refusal: pytest.ExceptionInfo[NotReady]) -> list[str | None]:
    return [reason.where for reason in refusal.value.reasons]


def said(refusal: pytest.ExceptionInfo[NotReady]) -> str:
    return "；".join(str(reason.words) for reason in refusal.value.reasons)


def kinds(play: Play) -> list[str]:
    return [event.kind for event in play.outcome.events]


def seat(play: Play, experts: Sequence[Actor], rulebook: Rulebook) -> PoolOutcome:
    inputs = {"seed": "1", "candidates": {"expert": [Candidate(each) for each in experts]}}
    return decide_pool(rulebook, "expert", [play.case], Action("draw", None, inputs), MANAGER, play.now)


def publish(*plays: Play) -> PoolOutcome:
    cases = [play.case for play in plays]
    return decide_pool(plays[0].book, "expert", cases, Action("publish_results"), MANAGER, NOW + timedelta(days=20))


# -- one sheet ---------------------------------------------------------------------------------------------------------
def test_a_sheet_is_handed_in_and_the_closer_is_asked_to_count() -> None:
    play = at_theory()
    rate(play, TRAINER, exam="61.5")
    (review,) = play.case.state.reviews
    assert (review.raw, review.total, review.role, review.attempt) == ({"exam": 6150}, 6150, "trainer_admin", 1)
    assert [(item.role, item.duty) for item in play.case.state.open_items()] == [("manager", "confirm")]


def test_everything_that_a_sheet_lacks_is_said_at_once() -> None:
    play = at_practical()
    given = {"points": {"modeling_3d": "96", "precision": "101"}, "levels": {"modeling_3d": "良"}, "reasons": {}}
    with pytest.raises(NotReady) as refusal:
        do(play, "review", EXAMINERS[0], seat_of(play, EXAMINERS[0]), **given)
    assert where(refusal) == ["points.modeling_3d", "reasons.modeling_3d", "points.precision", "points.fabric"]


@pytest.mark.parametrize("typed", ["很好", "-1", "88.123", "NaN", "1e9", "", None])
def test_what_is_no_number_of_points_is_refused_at_its_place(typed: object) -> None:
    play = at_theory()
    with pytest.raises(NotReady) as refusal:
        rate(play, TRAINER, exam=typed)
    assert where(refusal) == ["points.exam"]


def test_a_criterion_of_another_stage_is_not_taken() -> None:
    play = at_practical()
    with pytest.raises(NotReady) as refusal:
        rate(play, EXAMINERS[0], modeling_3d=90, precision=80, fabric=85, effect=90)
    assert where(refusal) == ["points.effect"]


def test_two_raters_of_one_stay_are_two_people() -> None:
    play = at_practical()
    rate(play, EXAMINERS[0], modeling_3d=90, precision=80, fabric=85)
    with pytest.raises(NotAllowed):
        rate(play, EXAMINERS[0], modeling_3d=90, precision=80, fabric=85)
    assert not [offer for offer in offers(play.book, play.case, EXAMINERS[0], play.now) if offer.name == "review"]
    rate(play, EXAMINERS[1], modeling_3d=80, precision=84, fabric=80)
    assert [each.by for each in play.case.state.reviews] == [60, 70, 71]


def test_who_acted_on_the_other_side_of_a_pair_is_not_drawn() -> None:
    pairs = "never_both: [[formal, eligibility], [practical, meeting]]"
    apart = book_of(text("fashion_engineer").replace(pairs, "never_both: [[practical, expert]]"))
    examiner = replace(EXPERTS[0], account_id=EXAMINERS[0].account_id)
    with pytest.raises(NotReady) as refusal:
        seat(at_expert(), [examiner, *EXPERTS[1:5]], apart)
    assert "1 名办过不能同办的环节" in said(refusal)


# -- counting ----------------------------------------------------------------------------------------------------------
def test_below_the_line_the_closer_refuses_with_the_arithmetic() -> None:
    play = at_theory()
    rate(play, TRAINER, exam=59)
    with pytest.raises(NotReady) as refusal:
        close(play)
    assert where(refusal) == ["effect"]
    close(play, effect="refuse")
    assert play.case.state.status is Status.REFUSED
    assert kinds(play) == ["scored", "refused"]
    reason = play.outcome.events[-1].remarks["reason"]
    assert "59.00" in reason
    assert "60.00" in reason
    assert "1.00" in reason


def test_only_who_closes_counts_the_sheets() -> None:
    play = at_theory()
    rate(play, TRAINER, exam=80)
    with pytest.raises(NotAllowed):
        close(play, TRAINER)


def test_a_part_of_a_sheet_goes_on_and_the_last_part_is_held_against_the_line() -> None:
    play = at_expert()
    part = play.case.state.scored_at("practical")
    assert part is not None
    assert (part.complete, part.effect, part.total) == (False, "pass", 5838)  # 25.5 + 20.5 + 12.375
    assert "pattern" not in play.case.state.totals
    full = judged((80, 70), (81, 71), (82, 72), (83, 73), (84, 74))
    close(full)
    assert full.case.state.totals["pattern"] == 8198  # 25.5 + 20.5 + 12.375 + 16.4 + 7.2 = 81.975
    assert full.case.state.stage == "joint"


def test_every_figure_of_a_kept_derivation_can_be_done_again_by_hand() -> None:
    play = judged((80, 70), (95, 90), (82, 72), (60, 60), (84, 74))
    close(play, note="已复核，两位评委看法不同")
    scored = play.case.state.scored_at("expert")
    assert scored is not None
    total = Fraction(0)
    for figure in scored.derivation["figures"]:
        roles = []
        for role in figure["roles"]:
            kept = [Fraction(value) for rater, value in role["points"] if rater not in role["aside"]]
            assert Fraction(role["value"]) == sum(kept) / len(kept)
            roles.append(Fraction(role["value"]))
        assert Fraction(figure["value"]) == sum(roles) / len(roles)
        total += Fraction(figure["value"]) * Fraction(figure["weight"]) / 100
    assert Fraction(scored.derivation["exact"]) == total
    assert scored.total == marks.hundredths(total)
    by_total = sorted((Fraction(own), rater) for rater, _, own in scored.derivation["sheets"])
    assert set(scored.derivation["aside"]) == {by_total[0][1], by_total[-1][1]}


def test_too_few_sheets_cannot_be_counted_and_not_all_need_a_reason() -> None:
    play = judged((80, 80), (80, 80))
    with pytest.raises(NotReady, match="1"):
        close(play, early="有人生病")
    play = judged((80, 80), (80, 80), (82, 82))
    with pytest.raises(NotReady) as refusal:
        close(play)
    assert where(refusal) == ["early"]
    close(play, early="两位评委因病没有交")
    scored = play.case.state.scored_at("expert")
    assert scored is not None
    assert scored.derivation["aside"] == []
    assert all("病" not in text for event in play.outcome.events[1:] for text in event.remarks.values())


def test_a_wide_spread_wants_a_note() -> None:
    play = judged((90, 90), (75, 75), (80, 80), (80, 80), (80, 80))
    stage = play.book.stage("expert")
    with pytest.raises(NotReady) as refusal:
        close(play)
    assert where(refusal) == ["note"]
    assert "15.00" in said(refusal)
    assert stage.reveal == "later"
    close(play, note="看法不同，各有依据")
    calm = judged((89, 90), (75, 75), (80, 80), (80, 80), (80, 80))
    close(calm)


def test_a_list_is_closed_where_it_passes_and_nothing_is_missing() -> None:
    ready, low, early = judged(*[(80, 80)] * 5), judged(*[(10, 10)] * 5), judged((80, 80))
    cases = [replace(play.case, id=number) for number, play in enumerate((ready, low, early), start=1)]
    part = decide_pool(ready.book, "expert", cases, Action("close"), MANAGER, ready.now + timedelta(hours=1))
    assert list(part.outcomes) == [1]
    assert sorted(part.left_aside) == [2, 3]


# -- again, and others -------------------------------------------------------------------------------------------------
def test_a_sheet_is_opened_again_for_its_rater_and_counts_when_handed_in() -> None:
    play = judged(*[(80, 80)] * 5)
    review = play.case.state.reviews[-1]
    rater = next(each for each in EXPERTS if each.account_id == review.by)
    with pytest.raises(NotReady):
        do(play, "reopen_review", MANAGER, review=review.item_no)
    do(play, "reopen_review", MANAGER, review=review.item_no, reason="漏看第二份作品")
    assert [(item.duty, item.holder_id) for item in play.case.state.open_items()] == [("act", review.by)]
    rate(play, rater, effect=60, teaching=60)
    assert [each.total for each in play.case.state.reviews_of(play.case.state.entry.no)][-1] == 6000
    assert [item.duty for item in play.case.state.open_items()] == ["confirm"]


def test_who_steps_out_is_followed_by_the_next_of_the_draw() -> None:
    play = at_panel()
    panel = play.case.state.panels[-1]
    gone = seated(play)[0]
    do(play, "recuse", gone, seat_of(play, gone), reason="近亲属")
    assert kinds(play) == ["recused", "rater_replaced"]
    assert panel.reserve["expert"][0] in {each.account_id for each in seated(play)}
    assert gone not in seated(play)
    assert not can(gone, Permission.APPLICATION_READ, CaseSubject(play.book.definition, play.case))


def test_when_nobody_is_left_whoever_closes_is_asked_for_another() -> None:
    play = at_panel(experts=EXPERTS[:5])
    gone = seated(play)[0]
    do(play, "recuse", gone, seat_of(play, gone), reason="近亲属")
    assert [item.role for item in play.case.state.open_items()] == ["expert"] * 4 + ["manager"]


def test_a_rater_is_replaced_with_a_reason_and_by_somebody_free() -> None:
    play = at_panel()
    first, second = seated(play)[:2]
    seat = seat_of(play, first)
    with pytest.raises(NotReady) as refusal:
        do(play, "replace_rater", MANAGER, seat=seat, to=second)
    assert where(refusal) == ["reason", "to"]
    free = next(each for each in EXPERTS if each not in seated(play))
    do(play, "replace_rater", MANAGER, seat=seat, to=free, reason="出差")
    assert free in seated(play)
    with pytest.raises(NotReady):
        do(play, "replace_rater", MANAGER, seat=seat, to=first, reason="回来了")


def test_a_replaced_raters_sheet_counts_no_more() -> None:
    play = judged(*[(80, 80)] * 5)
    seat = play.case.state.reviews[-1].item_no
    do(play, "replace_rater", MANAGER, seat=seat, reason="评分时离席")
    entry = play.case.state.entry
    assert entry is not None
    assert len(play.case.state.reviews_of(entry.no)) == 4
    assert [item.duty for item in play.case.state.open_items()] == ["act"]


# -- drawing -----------------------------------------------------------------------------------------------------------
def test_no_colleague_reads_or_takes_a_drawn_seat() -> None:
    play = at_panel()
    others = [each for each in EXPERTS if each not in seated(play)]
    for other in others:
        assert not can(other, Permission.APPLICATION_READ, CaseSubject(play.book.definition, play.case))
    with pytest.raises((NotAllowed, NotFound)):
        do(play, "review", others[0], seat_of(play, seated(play)[0]), **points(effect=80, teaching=80))


def test_who_is_too_near_is_not_drawn_and_too_few_are_named() -> None:
    near = frozenset(each.account_id or 0 for each in EXPERTS[:5])
    play = at_expert(application(conflicts=near))
    with pytest.raises(NotReady) as refusal:
        draw([play.case])
    assert "还差 1 名" in said(refusal)
    assert "5 名要回避" in said(refusal)
    enough = at_expert(application(conflicts=frozenset(sorted(near)[:4])))
    state = draw([enough.case]).outcomes[1].state
    assert {account for _, account in state.panels[-1].seats} == {e.account_id for e in EXPERTS[4:]}


def test_who_has_seen_the_case_is_not_drawn_for_a_blind_sheet() -> None:
    clerk = replace(EXPERTS[0], holdings=(*EXPERTS[0].holdings, *staff(80, "intake").holdings))
    play = at_expert()
    with pytest.raises(NotReady) as refusal:
        draw([play.case], [clerk, *EXPERTS[1:5]])
    assert "1 名已经知道是谁" in said(refusal)


def test_a_case_short_of_raters_is_left_aside_and_the_others_are_drawn() -> None:
    near = frozenset(each.account_id or 0 for each in EXPERTS[:5])
    short, fine = at_expert(application(conflicts=near)), at_expert()
    part = draw([replace(short.case, id=1), replace(fine.case, id=2)])
    assert (list(part.outcomes), list(part.left_aside)) == ([2], [1])


def test_the_second_draw_finds_that_somebody_was_faster() -> None:
    play = at_panel()
    with pytest.raises(MovedOn):
        draw([play.case])
    with pytest.raises(NotAllowed):
        draw([at_expert().case], actor=EXAMINERS[0])


def test_assigning_asks_the_same_questions() -> None:
    assigned = book_of(text("fashion_engineer").replace("    choose: draw  ", "    choose: assign  "))
    play = at_expert(application(conflicts=frozenset({80})))

    def assign(*raters: Actor) -> PoolOutcome:
        action = Action("assign", None, {"raters": {"expert": raters}})
        return decide_pool(assigned, "expert", [play.case], action, MANAGER, play.now)

    with pytest.raises(NotReady) as few:
        assign(*EXPERTS[1:4], EXPERTS[3])
    assert where(few) == ["raters.expert"]
    assert "1 名要回避" in "".join(str(each.words) for each in assign(*EXPERTS[:5]).left_aside[1])
    state = assign(*EXPERTS[1:6]).outcomes[1].state
    assert [item.holder_id for item in state.open_items()] == [81, 82, 83, 84, 85]
    with pytest.raises(NotFound):
        decide_pool(play.book, "expert", [play.case], Action("assign", None, {"raters": {}}), MANAGER, play.now)


# -- not yet known -----------------------------------------------------------------------------------------------------
def test_nobody_outside_hears_before_the_results_are_published() -> None:
    play = judged(*[(10, 10)] * 5)
    close(play, effect="refuse")
    assert play.case.state.status is Status.REFUSED
    seen = seen_from_outside(play.book.definition, play.case.state)
    assert (seen.status, seen.stage, seen.closed_at, seen.scores[-1].stage) == (
        Status.OPEN,
        "expert",
        None,
        "practical",
    )
    told = [telling for event in play.outcome.events for telling in owed(play.book.definition, play.case, event)]
    assert told == []
    names = {offer.name for offer in offers(play.book, play.case, PERSON, play.now)}
    assert "appeal" not in names
    assert "withdraw" in names


def test_publishing_tells_what_was_kept_back_and_starts_the_time_to_appeal() -> None:
    play = judged(*[(10, 10)] * 5)
    close(play, effect="refuse")
    outcome = publish(play).outcomes[1]
    after = replace(play.case, state=outcome.state)
    told = [each.kind for event in outcome.events for each in owed(play.book.definition, after, event)]
    assert told == ["results_published", "refused"]
    assert withheld(play.book.definition, outcome.state) is None
    names = {offer.name for offer in offers(play.book, after, PERSON, NOW + timedelta(days=21))}
    assert "appeal" in names


def test_publishing_waits_for_everybody_of_the_pool_and_happens_once() -> None:
    done, still = judged(*[(80, 80)] * 5), at_panel()
    close(done)
    with pytest.raises(NotReady):
        publish(done, still)
    part = publish(done)
    assert part.outcomes[1].state.published == {part.outcomes[1].state.scores[-1].entry_no}
    done.case = replace(done.case, state=part.outcomes[1].state)
    with pytest.raises(MovedOn):
        publish(done)


def test_a_pass_that_is_not_known_yet_hides_what_follows() -> None:
    play = judged(*[(80, 80)] * 5)
    close(play)
    assert play.case.state.stage == "joint"
    seen = seen_from_outside(play.book.definition, play.case.state)
    assert (seen.stage, [entry.stage for entry in seen.entries][-1]) == ("expert", "expert")
    assert [t for e in play.outcome.events for t in owed(play.book.definition, play.case, e)] == []
    do(play, "hold", MANAGER, basis="等文件")
    assert seen_from_outside(play.book.definition, play.case.state).status is Status.HELD


@pytest.mark.parametrize(
    ("stands", "shown"),
    [
        (("refused", None, "expert"), ("open", "expert")),
        (("open", "joint", "expert"), ("open", "expert")),
        (("held", "meeting", "expert"), ("held", "expert")),
        (("withdrawn", None, "expert"), ("withdrawn", None)),
        (("open", "joint", None), ("open", "joint")),
    ],
)
def test_lists_outside_show_where_it_was_judged(
    stands: tuple[str, str | None, str | None], shown: tuple[str, str | None]
) -> None:
    assert standing_outside(*stands) == shown


def test_who_judged_is_never_told_outside_and_the_rest_when_it_is_known() -> None:
    play = judged(*[(10, 10)] * 5)
    before = len(play.outcome.events)
    close(play, effect="refuse")
    facts = [replace(event, entry_no=event.entry_no) for event in play.outcome.events]
    assert before
    assert heard_outside(play.book.definition, play.case.state, facts) == []
    known = publish(play).outcomes[1]
    told = heard_outside(play.book.definition, known.state, [*facts, *known.events])
    assert [fact.kind for fact in told] == ["scored", "refused", "results_published"]


# -- a result table ----------------------------------------------------------------------------------------------------
def test_a_result_is_imported_and_imported_again_with_a_reason() -> None:
    play = at_theory()
    do(play, "import", MANAGER, source="t1", points={"exam": 58})
    with pytest.raises(NotReady) as same:
        do(play, "import", MANAGER, source="t2", points={"exam": "58.0"})
    assert where(same) == [None]
    with pytest.raises(NotReady) as unexplained:
        do(play, "import", TRAINER, source="t2", points={"exam": 68})
    assert where(unexplained) == ["reason"]
    do(play, "import", TRAINER, source="t2", points={"exam": 68}, reason="漏加附加题")
    entry = play.case.state.entry
    assert entry is not None
    (standing,) = play.case.state.reviews_of(entry.no)
    assert (standing.raw, standing.attempt, standing.source) == ({"exam": 6800}, 2, "t2")
    close(play)
    assert play.case.state.totals == {"theory": 6800}
    with pytest.raises(MovedOn):
        do(play, "import", MANAGER, source="t3", points={"exam": 70}, reason="再改")


def test_results_are_imported_only_where_the_program_says_so_and_by_whom() -> None:
    play = at_practical()
    with pytest.raises((MovedOn, NotAllowed)):
        do(play, "import", MANAGER, source="t1", points={"modeling_3d": 58})
    with pytest.raises(NotFound):
        do(at_theory(), "import", EXAMINERS[0], source="t1", points={"exam": 58})


def test_whoever_counts_the_sheets_has_not_judged_in_that_stage() -> None:
    """`never_both: [practical, meeting]` is about examiners: the office that counts may keep the meeting."""
    play = at_expert()
    practical = play.case.state.acted_in("practical")
    assert MANAGER.account_id not in practical
    assert {each.account_id for each in EXAMINERS[:2]} <= practical
