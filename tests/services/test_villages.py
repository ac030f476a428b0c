"""百村千人: from nothing to the reserve, for people who never applied."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.services.villages import NEXT_VILLAGE, TOWN, VILLAGE, Villages
from workflow.domain.errors import NotAllowed, NotFound
from workflow.services import joint


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
