"""Submitting, and handing a correction back: all of it, or nothing at all."""

from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from models.accounts import Account
from models.applications import Answers, ApplicationFacet, ApplicationRow
from models.base import reading
from models.files import Attachment
from models.people import Person
from models.rounds import Round, RoundNominator
from models.sealed import SealedValue
from models.work import WorkItem
from tests.applying import FILES, ID_NUMBER, ROOT, Intake, bind, filled, id_number, intake, one, picture, started
from tests.services.houses import account, officers
from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.errors import MovedOn, NotReady
from workflow.services import actions, drafts, evidence, files, following, organizations, replay, submissions
from workflow.services.organizations import Details

FILTERED = (
    (ROOT / "programs" / "fashion_engineer.yaml")
    .read_text("utf-8")
    .replace(
        "type: number, unit: 年, decimals: 1, min: 0, max: 50", "type: number, unit: 年, decimals: 1, filter: true"
    )
)


@pytest.fixture
def here(database: str, now: datetime, tmp_path: Path) -> Intake:
    return intake(now, tmp_path / "files", FILTERED)


@pytest.fixture
def person(here: Intake, now: datetime) -> Actor:
    return account(now, "ye", name="叶梓桐")


@pytest.fixture
def draft(here: Intake, person: Actor, now: datetime) -> str:
    ref = started(here, person, now)
    filled(ref, person, now)
    return ref


def wrong(ref: str, actor: Actor, now: datetime) -> dict[str | None, str]:
    with pytest.raises(NotReady) as refused:
        submissions.submit(ref, actor, now)
    return {reason.where: str(reason.words) for reason in refused.value.reasons}


# -- on record ---------------------------------------------------------------------------------------------------------
def test_a_complete_form_is_on_record_with_number_and_receipt(
    here: Intake, draft: str, person: Actor, now: datetime
) -> None:
    done = submissions.submit(draft, person, now)
    assert (done.status, done.number, done.receipt) == ("open", "FE26-2-0001", "R-2026-1120-0001")
    row, answers = one(ApplicationRow), one(Answers)
    assert (row.stage_key, row.answers_rev, row.precheck, row.line_organization_id) == (
        "employer_confirm", 1, "meets", here.employer_id,
    )  # fmt: skip
    assert (answers.state, answers.body["years"], answers.body["results"][0]["date"]) == (
        "submitted",
        "4.5",
        "2025-03-01",
    )
    assert "id_no" not in answers.body


def test_numbers_and_receipts_count_up(here: Intake, now: datetime) -> None:
    numbers = []
    for serial in range(3):
        actor = account(now, f"p{serial}")
        ref = started(here, actor, now)
        filled(ref, actor, now, id_no=id_number(serial))
        done = submissions.submit(ref, actor, now)
        numbers.append((done.number, done.receipt))
    assert numbers == [(f"FE26-2-000{n}", f"R-2026-1120-000{n}") for n in (1, 2, 3)]
    assert one(Round).next_number == 4


def test_the_same_press_twice_is_one_submission(draft: str, person: Actor, now: datetime) -> None:
    first = submissions.submit(draft, person, now, request_key="k1")
    assert submissions.submit(draft, person, now + timedelta(seconds=1), request_key="k1") == first
    assert one(Round).next_number == 2


@pytest.mark.parametrize(("typed", "light"), [({"years": "2.9"}, "fails"), ({"modeling": "no"}, "look")])
def test_the_worst_light_is_noted_as_advice(
    draft: str, person: Actor, now: datetime, typed: dict[str, str], light: str
) -> None:
    drafts.save(draft, typed, None, person, now, section="work")
    submissions.submit(draft, person, now)
    assert one(ApplicationRow).precheck == light


def test_a_filtered_field_becomes_a_facet(draft: str, person: Actor, now: datetime) -> None:
    submissions.submit(draft, person, now)
    facet = one(ApplicationFacet)
    assert (facet.field_key, facet.value, facet.number) == ("years", "4.5", 4.5)


def test_sealed_answers_stand_under_the_persons_own_key(draft: str, person: Actor, now: datetime) -> None:
    submissions.submit(draft, person, now)
    value, someone = one(SealedValue), one(Person)
    assert (value.key_id, value.person_id, value.mask) == ("person", someone.id, "3301**********1226")
    assert value.blind_index is not None
    assert (someone.name, someone.birth_date.isoformat(), someone.gender) == ("叶梓桐", "1995-03-01", "female")


def test_blank_rows_vanish_and_the_files_of_the_others_move_along(
    here: Intake, draft: str, person: Actor, now: datetime
) -> None:
    row = {"date": "2025-01", "part": "主要负责", "effect": "省 2 天"}
    blank = {"item": "", "date": "", "part": "", "effect": ""}
    rows = [blank, {"item": "二", **row}, {"item": "三", **row}]
    drafts.save(draft, {"results": rows}, None, person, now, section="work")
    files.attach(draft, "results.3.proof", "x.png", BytesIO(picture(color="gold")), person, now)
    submissions.submit(draft, person, now)
    body = one(Answers).body
    attached = one(Attachment, field_key="results.proof")
    assert [(row["item"], row.get("proof")) for row in body["results"]] == [("二", None), ("三", [attached.ref])]
    assert attached.row_no == 2


def test_a_file_of_a_question_that_is_not_asked_any_more_is_let_go(
    here: Intake, draft: str, person: Actor, now: datetime
) -> None:
    drafts.save(draft, {"works": [{"title": "春装", "about": "a"}]}, None, person, now, section="work")
    held = drafts.look(draft, person, now).sheet.files["training_cert"][0].ref
    files.detach(draft, "training_cert", held, person, now)
    assert "training_cert" in wrong(draft, person, now)
    assert one(Attachment, ref=held).replaced_at == now


# -- refused -----------------------------------------------------------------------------------------------------------
def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_written(
    here: Intake, person: Actor, now: datetime
) -> None:
    ref = started(here, person, now)
    drafts.save(ref, {"name": "叶梓桐", "mobile": "12345", "id_no": "1"}, None, person, now, section="person")
    drafts.save(ref, {"years": "99999999999999999999", "works": [{"title": "a"}]}, None, person, now, section="work")
    found = wrong(ref, person, now)
    assert {"id_type", "id_no", "gender", "mobile", "employer", "trainer", "post", "years", "results", "works.1.about",
            "works.1.file", "id_copy", "training_cert", "portfolio", "truth"} <= set(found)  # fmt: skip
    assert (one(ApplicationRow).status, one(Answers).state, one(Round).next_number) == ("draft", "draft", 1)
    with reading() as session:
        assert session.query(Person).count() == 0


def test_an_organization_that_nobody_knows_is_named(draft: str, person: Actor, now: datetime) -> None:
    drafts.save(draft, {"employer": "没听说过的公司"}, None, person, now, section="person")
    assert "没有找到这家单位" in wrong(draft, person, now)["employer"]


@pytest.mark.parametrize("typed", ["云裳里", "yunshang"])
def test_the_organization_that_was_meant_is_guessed(draft: str, person: Actor, now: datetime, typed: str) -> None:
    organizations.register(officers(now).accounts, now, Details("云裳里服饰有限公司", "employer", "91330100MA27XKQ35F"))
    drafts.save(draft, {"employer": typed}, None, person, now, section="person")
    assert wrong(draft, person, now)["employer"] == f"没有叫“{typed}”的单位，是否想填“云裳里服饰有限公司”？"


@pytest.mark.parametrize("typed", ["91110000600037341L", "９１１１００００６０００３７３４１Ｌ", " 蓝埠家纺集团 "])
def test_an_organization_is_known_by_name_and_by_code(draft: str, person: Actor, now: datetime, typed: str) -> None:
    drafts.save(draft, {"employer": typed}, None, person, now, section="person")
    submissions.submit(draft, person, now)
    assert one(Answers).body["employer"] == "91110000600037341L"


def test_a_number_of_another_name_says_what_to_do(here: Intake, draft: str, person: Actor, now: datetime) -> None:
    submissions.submit(draft, person, now)
    other = account(now, "wang", name="王芳")
    ref = started(here, other, now)
    filled(ref, other, now, name="王芳")
    assert "没有核对上" in wrong(ref, other, now)["id_no"]


def test_a_number_of_another_account_is_a_clear_sentence(
    here: Intake, draft: str, person: Actor, now: datetime
) -> None:
    submissions.submit(draft, person, now)
    other = account(now, "ye2", name="叶梓桐")
    ref = started(here, other, now)
    filled(ref, other, now)
    assert "另一个账号" in wrong(ref, other, now)["id_no"]


def test_one_person_applies_once_in_a_round(here: Intake, draft: str, person: Actor, now: datetime) -> None:
    second = started(here, person, now, "employer")
    filled(second, person, now)
    submissions.submit(draft, person, now)
    now_known = Actor("account", person.account_id, person_id=one(Person).id)
    assert "不能重复申报" in wrong(second, now_known, now)[None]
    assert one(Round).next_number == 2


def test_after_the_deadline_nothing_is_submitted(draft: str, person: Actor, now: datetime) -> None:
    assert "截止" in wrong(draft, person, now + timedelta(days=13))[None]
    assert one(ApplicationRow).number is None


def test_the_nominator_must_be_admitted_to_the_channel(here: Intake, person: Actor, now: datetime) -> None:
    ref = started(here, person, now, "employer")
    filled(ref, person, now, employer="锦澜服装培训中心")
    assert "没有参加" in wrong(ref, person, now)["employer"]
    drafts.save(ref, {"employer": "蓝埠家纺集团"}, None, person, now, section="person")
    submissions.submit(ref, person, now)
    assert one(ApplicationRow).nominator_id == here.employer_id


def test_a_quota_taken_at_once_is_taken_with_the_submission(here: Intake, person: Actor, now: datetime) -> None:
    ref = started(here, person, now, "trainer")
    filled(ref, person, now)
    submissions.submit(ref, person, now)
    assert one(RoundNominator, channel="trainer").taken == 1


# -- correction --------------------------------------------------------------------------------------------------------
FLAGS: dict[str, Any] = {
    "verdicts": {"employment_proof": {"verdict": "flag", "comment": "第 2 页看不清"}},
    "flags": {"years": "和社保对不上", "results.1.effect": "要有数字"},
}


def item(duty: str | None = None) -> str:
    with reading() as session:
        wanted = session.query(WorkItem).filter_by(state="open")
        return str((wanted.filter_by(duty=duty) if duty else wanted).one().ref)


@pytest.fixture
def clerk(here: Intake, now: datetime) -> Actor:
    return bind(account(now, "clerk"), "intake", here, now)


@pytest.fixture
def returned(here: Intake, draft: str, person: Actor, clerk: Actor, now: datetime) -> str:
    boss = bind(account(now, "boss"), "employer_admin", here, now, here.employer_id)
    submissions.submit(draft, person, now)
    actions.perform(item(), "pass", boss, now, inputs={"record": {"opinion": "同意", "seal": ("x",)}})
    actions.perform(item(), "return", clerk, now, inputs=FLAGS)
    return draft


def test_only_what_was_flagged_can_be_changed(returned: str, person: Actor, now: datetime) -> None:
    drafts.save(
        returned,
        {"years": "5", "insured_months": "99", "results": [{"item": "改", "effect": "省 2 天"}]},
        None,
        person,
        now,
        section="work",
    )
    desk = drafts.look(returned, person, now)
    assert (desk.sheet.body["years"], desk.sheet.body["insured_months"]) == ("5", "14")
    assert (desk.sheet.body["results"][0]["item"], desk.sheet.body["results"][0]["effect"]) == (
        "羽绒服立体版型改 3D 建模", "省 2 天",
    )  # fmt: skip
    with pytest.raises(Exception, match="没有开放修改"):
        files.attach(returned, "portfolio", "a.png", BytesIO(picture()), person, now)


def test_a_correction_shows_before_and_after_and_goes_straight_back(
    returned: str, person: Actor, clerk: Actor, now: datetime
) -> None:
    drafts.save(returned, {"years": "5", "results": [{"effect": "省 2 天"}]}, None, person, now, section="work")
    files.attach(returned, "employment_proof", "新.png", BytesIO(picture(color="red")), person, now)
    assert [flag.path for flag in following.follow(returned, person, now).flags] == [
        "years", "results.1.effect", "employment_proof",
    ], "as in the form"  # fmt: skip
    shown = {
        flag.path: (str(flag.before), str(flag.after), flag.changed)
        for flag in following.follow(returned, person, now).flags
    }
    assert shown == {
        "employment_proof": ("employment_proof.png", "新.png", True),
        "results.1.effect": ("打样从 4 次减到 1 次", "省 2 天", True),
        "years": ("4.5", "5", True),
    }
    done = submissions.hand_back(returned, {}, person, now, request_key="k")
    assert (done.status, one(ApplicationRow).answers_rev) == ("open", 2)
    assert one(WorkItem, state="open").holder_id == clerk.account_id
    assert one(Attachment, field_key="employment_proof", replaced_at=None).name == "新.png"
    assert one(Answers, revision=1).body["years"] == "4.5"
    assert submissions.hand_back(returned, {}, person, now, request_key="k") == done


def test_every_flagged_item_is_changed_or_explained(returned: str, person: Actor, now: datetime) -> None:
    drafts.save(returned, {"years": "5"}, None, person, now, section="work")
    with pytest.raises(NotReady) as refused:
        submissions.hand_back(returned, {"results": "就是这个数"}, person, now)
    assert {reason.where for reason in refused.value.reasons} == {"employment_proof"}
    assert one(ApplicationRow).status == "correcting"
    why = {"results": "就是这个数", "employment_proof": "单位只有这一版"}
    assert submissions.hand_back(returned, why, person, now).status == "open"
    assert following.follow(returned, person, now).history[0].remarks["unchanged:employment_proof"] == "单位只有这一版"


def test_a_wrong_answer_is_not_handed_back(returned: str, person: Actor, now: datetime) -> None:
    drafts.save(returned, {"years": "五", "results": [{"effect": "省 2 天"}]}, None, person, now, section="work")
    with pytest.raises(NotReady) as refused:
        submissions.hand_back(returned, {"employment_proof": "不用"}, person, now)
    assert "years" in {reason.where for reason in refused.value.reasons}
    assert one(Answers, revision=2).state == "draft"


def test_what_is_on_record_stays_until_the_correction_is_handed_back(
    returned: str, person: Actor, now: datetime
) -> None:
    files.attach(returned, "employment_proof", "新.png", BytesIO(picture(color="red")), person, now)
    with reading() as session:
        old = session.query(Attachment).filter_by(field_key="employment_proof").order_by(Attachment.id).first()
        assert old is not None
        assert (old.name, old.replaced_at) == ("employment_proof.png", None)


def test_a_stale_page_hands_nothing_back(returned: str, person: Actor, now: datetime) -> None:
    seen = following.follow(returned, person, now).item_version
    assert seen is not None
    with pytest.raises(MovedOn):
        submissions.hand_back(returned, {"years": "x"}, person, now, seen=seen + 1)


def test_a_correction_that_was_forgotten_lapses_and_keeps_its_record(
    returned: str, person: Actor, now: datetime
) -> None:
    files.attach(returned, "employment_proof", "新.png", BytesIO(picture(color="red")), person, now)
    late = now + timedelta(days=30)
    actions.perform(item("correct"), "lapse_correction", SYSTEM, late)
    progress = following.follow(returned, person, late)
    assert progress.state.status == "lapsed"
    assert one(Answers, revision=1).state == "submitted"


# -- leaving and asking again ------------------------------------------------------------------------------------------
def test_a_withdrawn_case_leaves_room_for_another(here: Intake, draft: str, person: Actor, now: datetime) -> None:
    submissions.submit(draft, person, now)
    known = Actor("account", person.account_id, person_id=one(Person).id)
    actions.perform(draft, "withdraw", known, now, inputs={"reason": "填错渠道"})
    again = started(here, known, now)
    assert again != draft
    filled(again, known, now)
    assert submissions.submit(again, known, now).number == "FE26-2-0002"


def test_the_account_becomes_the_person_of_the_number(draft: str, person: Actor, now: datetime) -> None:
    assert one(Account, login="ye").person_id is None
    submissions.submit(draft, person, now)
    assert one(Account, login="ye").person_id == one(Person).id


def test_the_chains_hold_and_replay_finds_no_difference(returned: str, person: Actor, now: datetime) -> None:
    drafts.save(returned, {"years": "5", "results": [{"effect": "省 2 天"}]}, None, person, now, section="work")
    submissions.hand_back(returned, {"employment_proof": "不用换"}, person, now)
    assert evidence.verify() == []
    assert replay.replay(now) == (1, [])


def test_no_event_and_no_remark_holds_the_number(returned: str) -> None:
    with reading() as session:
        told = str([vars(row) for row in session.query(evidence.EventRow)])
    assert "submitted" in told
    assert ID_NUMBER not in told
    assert len(FILES) == 5
