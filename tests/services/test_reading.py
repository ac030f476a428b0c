"""The sheet of one case: what each reader sees of it, and who sees nothing."""

from datetime import datetime
from pathlib import Path

import pytest

from models.base import writing
from models.work import Conflict
from tests import applying
from tests.services.houses import account
from tests.stories import Story
from workflow.domain.errors import NotFound
from workflow.domain.policy import Sight
from workflow.services import reading
from workflow.services.sheets import Sheet


@pytest.fixture
def story(database: str, now: datetime, tmp_path: Path) -> Story:
    return Story(now, tmp_path)


def answers(sheet: Sheet) -> dict[str, object]:
    return {one.path: one for section in sheet.sections for one in section.answers}


def test_a_clerk_sees_the_case_with_numbers_masked(story: Story) -> None:
    ref = story.at_formal()
    sheet = reading.sheet(ref, story["clerk"], story.now)
    assert sheet.name == "叶梓桐"
    assert str(sheet.stage) == "形式审查"
    number = answers(sheet)["id_no"]
    assert number.sight is Sight.MASKED
    assert "*" in str(number.value)
    whole = applying.id_number(1)
    assert whole not in repr(sheet)
    assert [place.path for place in sheet.places if place.needed] == [
        "works.1.file", "id_copy", "training_cert", "employment_proof", "portfolio",
    ]  # fmt: skip
    assert {button.name for button in sheet.buttons} >= {"pass", "refuse", "return", "judge", "hand_over", "recuse"}
    assert str(sheet.button("pass").label) == "受理"
    assert "undo" not in {button.name for button in sheet.buttons}


def test_rules_show_light_clause_inputs_and_who_settles_later(story: Story) -> None:
    ref = story.at_eligibility(insured_months="4")
    sheet = reading.sheet(ref, story["hr"], story.now)
    lights = {light.key: light for light in sheet.lights}
    assert lights["E1"].result == "fails"
    assert [(str(name), str(value)) for name, value in lights["E1"].inputs] == [("在本区连续参保月数", "4 个月")]
    assert str(lights["E1"].clause) == "办法第四条（一）（示例）"
    assert (lights["E6"].result, str(lights["E6"].settled_at), lights["E6"].asked) == ("look", "联审", False)
    assert all(lights[key].asked for key in ("E1", "E2", "E3", "E4", "E5"))


@pytest.mark.parametrize("who", ["hr", "stranger", "conflicted", "recused"])
def test_who_may_not_read_gets_the_face_of_a_missing_case(story: Story, who: str) -> None:
    ref = story.at_formal()
    if who == "stranger":
        story.people[who] = account(story.now, "stranger")
    if who == "conflicted":
        near = account(story.now, "near", organization_id=story.place.employer_id)
        story.people[who] = applying.bind(near, "intake", story.place, story.now)
        note_conflict(ref, near.account_id or 0, story)
    if who == "recused":
        story.people[who] = story["clerk2"]
        story.act(ref, "recuse", "recused", reason="是亲戚")
    with pytest.raises(NotFound) as found:
        reading.sheet(ref, story[who], story.now)
    with pytest.raises(NotFound) as missing:
        reading.sheet("no-such-case", story[who], story.now)
    assert str(found.value) == str(missing.value)


def note_conflict(ref: str, account_id: int, story: Story) -> None:
    row = story.row(ref)
    with writing() as session:
        session.add(
            Conflict(
                account_id=account_id, application_id=row.id, ground="declared", source="declared", noted_at=story.now
            )
        )


def test_a_returned_case_shows_flags_and_after_it_what_changed(story: Story) -> None:
    ref = story.at_formal()
    verdicts = {**story.all_ok(ref, "clerk"), "training_cert": {"verdict": "flag", "comment": "第 1 页看不清，请重拍"}}
    story.act(ref, "return", "clerk", verdicts=verdicts, flags={"years": "和合同不一致，请核对"}, note="电话说过")
    returned = reading.sheet(ref, story["clerk"], story.now)
    assert {str(name): said for name, said in returned.flagged} == {
        "培训结业证书": "第 1 页看不清，请重拍",
        "本工种从业年限": "和合同不一致，请核对",
    }
    person = story["person0"]
    seen = reading.sheet(ref, person, story.now)
    assert "电话说过" not in repr(seen)
    assert "第 1 页看不清，请重拍" in repr(seen)
    assert "陈芸" not in repr(seen)
    story.hand_back(ref, "person0", "training_cert", years="5")
    back = reading.sheet(ref, story["clerk"], story.now)
    changes = {change.path: (str(change.before), str(change.after), change.asked) for change in back.changes}
    assert changes["years"] == ("4.5 年", "5 年", True)
    assert back.changes[-1].asked
    judged = {place.path: place.judged for place in back.places}
    assert judged["training_cert"] is None
    assert judged["portfolio"] is not None
    assert back.items[0].hint == "corrected"
    story.act(ref, "pass", "clerk", verdicts=story.all_ok(ref, "clerk"))
    later = reading.sheet(ref, story["hr"], story.now)
    assert [change.asked for change in later.changes] == [change.asked for change in back.changes]
    assert back.items[0].holder == "陈芸"


def test_a_proposal_says_who_proposed_what_and_why_to_the_second_signer(story: Story) -> None:
    ref = story.at_eligibility()
    judged = {"E5": {"verdict": "meets", "comment": ""}}
    story.act(ref, "defer", "hr", rule_verdicts=judged, reason="社保记录要会商")
    sheet = reading.sheet(ref, story["hr2"], story.now)
    assert sheet.proposal is not None
    assert (sheet.proposal.what, str(sheet.proposal.words), sheet.proposal.by) == ("defer", "转会商", "顾行")
    assert ("reason", "社保记录要会商") in sheet.proposal.remarks
    assert {button.name for button in sheet.buttons} >= {"confirm", "reject_proposal"}
    own = reading.sheet(ref, story["hr"], story.now)
    assert not {"confirm", "reject_proposal"} & {button.name for button in own.buttons}
    assert own.proposal is not None


def test_days_left_count_working_days_and_end_where_the_office_closes(story: Story) -> None:
    ref = story.at_formal()
    left = reading.sheet(ref, story["clerk"], story.now).items[0].left
    assert left is not None
    assert (left.kind, left.days) == ("calm", 5)  # Friday 20 November to Friday 27
    assert left.until == datetime.fromisoformat("2026-11-27T17:30:00+08:00")


def test_the_employer_reads_its_case_without_the_words_of_the_office(story: Story) -> None:
    ref = story.at_formal()
    story.act(ref, "refuse", "clerk", reason="不在本区参保", note="内部：已问过社保")
    seen = reading.sheet(ref, story["employer"], story.now)
    assert "内部：已问过社保" not in repr(seen)
    assert "不在本区参保" in repr(seen)
    assert "陈芸" not in repr(seen)
    assert "内部：已问过社保" in repr(reading.sheet(ref, story["clerk2"], story.now))
