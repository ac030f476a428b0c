"""百村千人: from nothing to the reserve, for people who never applied."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from models.base import reading, writing
from models.queries import cases
from tests.applying import id_number
from tests.services import posts
from tests.services.houses import account
from tests.services.villages import ANSWERS, NEXT_VILLAGE, OTHER_VILLAGE, TOWN, VILLAGE, Villages
from workflow.domain.errors import NotAllowed, NotFound, NotReady
from workflow.services import clock, following, joint, meetings_board, people, putting_forward
from workflow.services.casework import open_named


@pytest.fixture
def here(database: str, now: datetime, tmp_path: Path) -> Villages:
    return Villages(now, tmp_path / "files")


@pytest.mark.parametrize(
    ("channel", "track", "gap"),
    [
        ("org", "home", "主职缺配"),
        ("mass", "away", "其他两委缺配"),
        ("self", "home", "正常储备"),
    ],
)
def test_one_person_in_each_channel_comes_into_the_reserve(here: Villages, channel: str, track: str, gap: str) -> None:
    ref = here.put_forward(channel=channel, track=track, gap=gap)
    assert here.row(ref).stage_key == "screening"
    here.screen(ref)
    here.joint(ref)
    here.meet(ref)
    if gap == "主职缺配":
        here.consult()
    here.register(ref)
    here.award(ref)
    row = here.row(ref)
    assert (row.status, row.stage_key) == ("recognized", "camp1")


def test_a_village_leads_to_its_township(here: Villages) -> None:
    """Its officers, its committee and the line in which the case lies; the village itself holds nobody."""
    row = here.row(here.put_forward())
    assert row.line_organization_id == here.places[TOWN].id


def test_kin_and_neighbors_answer_nothing_about_somebody(here: Villages) -> None:
    """A relative that was declared, though the name lies sealed; and who works in the same village, not in the next."""
    kin = here.join("kin", "land", name="顾长河")
    same = here.join("same", "health", organization_id=here.places[VILLAGE].id)
    here.join("next", "market", organization_id=here.places[NEXT_VILLAGE].id)
    ref = here.put_forward(kin=[{"name": "顾长河", "kind": "兄弟"}])
    here.screen(ref)
    for role, who in (("land", "kin"), ("health", "same")):
        with pytest.raises((NotFound, NotAllowed)):
            here.act(ref, role, "answer", who, answer="clear")
    here.act(ref, "market", "answer", "next", answer="clear")
    for actor in (kin, same):
        assert joint.page(actor, here.now).lines == ()


def test_nothing_ever_reaches_somebody_who_is_not_told(here: Villages) -> None:
    """Neither the account that they have for other things nor the mobile in the form; whoever filled hears instead."""
    with writing() as session:
        person = people.ensure(session, people.checked("顾砚秋", "", id_number(1, "19900301"), here.now), here.now)
        number = person.id
    own = account(here.now, "herself", person_id=number, phone=ANSWERS["mobile"])
    ref = here.put_forward(channel="self", gap="主职缺配")
    here.screen(ref)
    here.joint(ref)
    here.meet(ref)
    here.consult()
    here.register(ref)
    here.award(ref)
    clock.tick(here.now + timedelta(days=200))
    told = posts.messages()
    assert {one.kind for one in told} >= {"submitted", "recognized"}
    assert not [one.kind for one in told if one.recipient_id == own.account_id or one.address]


@pytest.mark.parametrize(("channel", "finds"), [("org", False), ("self", True)])
def test_only_who_came_by_themselves_finds_the_case_in_their_own_account(
    here: Villages, channel: str, finds: bool
) -> None:
    with writing() as session:
        person = people.ensure(session, people.checked("顾砚秋", "", id_number(1, "19900301"), here.now), here.now)
        number = person.id
    own = account(here.now, "herself", person_id=number)
    ref = here.put_forward(channel=channel)
    assert [each.ref for each in following.mine(own, here.now)] == ([ref] if finds else [])


def test_who_is_put_forward_already_is_refused_without_a_word_of_where(here: Villages) -> None:
    here.put_forward(id_no=id_number(1))
    with pytest.raises(NotReady) as refused:
        here.put_forward("far_officer", village=OTHER_VILLAGE, id_no=id_number(1))
    assert [str(reason.words) for reason in refused.value.reasons] == ["这个人现在不能报，请和主办单位核对"]


def test_a_meeting_waits_for_nobody_who_comes_in_later(here: Villages) -> None:
    """Of its own township alone, and all the year round."""
    ref, _, far = here.put_forward(), here.put_forward(), here.put_forward("far_officer", village=OTHER_VILLAGE)
    here.screen(ref)
    here.joint(ref)
    here.screen(far, "far_officer", "far_officer_2")
    here.joint(far, "far_justice")
    board = meetings_board.board(here.people["officer"], here.called(), here.now)
    assert [line.ref for line in board.lines] == [ref]
    here.meet_at(board.ref, ref)
    assert (here.row(ref).stage_key, here.row(far).stage_key) == ("register", "town_meeting")


def test_the_minutes_of_the_meeting_stay_with_each_case(here: Villages) -> None:
    """`record:` of a vote: uploaded once on the board, and each case holds its own reference to the file."""
    refs = [here.put_forward(), here.put_forward()]
    for ref in refs:
        here.screen(ref)
        here.joint(ref)
    here.meet(*refs)
    with reading() as session:
        held = [open_named(session, ref).application.records["town_meeting"]["minutes"] for ref in refs]
        found = [cases.files_of(session, here.row(ref).id, list(held[at])) for at, ref in enumerate(refs)]
    assert held[0] != held[1]
    assert [row.name for rows in found for row in rows.values()] == ["会议纪要.png"] * 2


def test_filing_may_send_back_to_the_screening_and_refuse(here: Villages) -> None:
    """What is done again is done anew, by two; and whoever screened never files."""
    ref = here.put_forward()
    here.screen(ref)
    here.joint(ref)
    here.meet(ref)
    here.act(ref, "district", "send_back", "district", reason="补走访两户")
    assert here.row(ref).stage_key == "screening"
    here.screen(ref, "officer_2", "officer")
    here.joint(ref)
    here.meet(ref)
    here.act(ref, "district", "refuse", "district_2", reason="不符合办法第六条")
    assert here.row(ref).status == "refused"


def test_what_is_short_is_counted_village_by_village(here: Villages) -> None:
    here.put_forward()
    here.put_forward("far_officer", village=OTHER_VILLAGE)
    shown = putting_forward.lists(here.people["officer"], here.round_ref, here.now)
    assert {each.name: (each.running, each.lacks) for each in shown.short} == {"青岚村": (1, 3), "石埠村": (0, 3)}
    assert [len(people) for _, people in shown.by_track] == [1, 0]
    whole = putting_forward.lists(here.people["district"], here.round_ref, here.now)
    assert (len(whole.short), whole.people) == (3, 2)
