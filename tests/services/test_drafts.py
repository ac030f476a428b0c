"""Drafts keep what was typed, whatever it is; another window overwrites nothing; sealed answers are never in clear."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from models.applications import Answers, ApplicationRow
from models.base import Base, reading
from models.sealed import SealedValue
from tests.applying import ID_NUMBER, Intake, bind, filled, intake, one, started
from tests.services.houses import account
from workflow.domain.actor import Actor
from workflow.domain.errors import NotAllowed, NotFound, Refusal
from workflow.services import drafts, following, starting, submissions
from workflow.services.drafts_windows import SavedElsewhere


@pytest.fixture
def here(database: str, now: datetime, tmp_path: Path) -> Intake:
    return intake(now, tmp_path / "files")


@pytest.fixture
def person(here: Intake, now: datetime) -> Actor:
    return account(now, "ye", name="叶梓桐")


@pytest.fixture
def draft(here: Intake, person: Actor, now: datetime) -> str:
    return started(here, person, now)


Save = Callable[..., drafts.Saved]


@pytest.fixture
def save(draft: str, person: Actor, now: datetime) -> Save:
    def keep(section: str, seen: str | None = None, **typed: object) -> drafts.Saved:
        options = {name: typed.pop(name) for name in ("add_row", "drop_row", "window") if name in typed}
        return drafts.save(draft, typed, seen, person, now, section=section, **options)

    return keep


def flaws(ref: str, actor: Actor, now: datetime) -> dict[str, str]:
    return {flaw.where: str(flaw.words) for flaw in drafts.look(ref, actor, now).sheet.flaws}


# -- beginning ---------------------------------------------------------------------------------------------------------
def test_a_refresh_makes_no_second_draft(here: Intake, person: Actor, now: datetime) -> None:
    assert started(here, person, now) == started(here, person, now)
    assert started(here, person, now, "employer") != started(here, person, now)


def test_an_untouched_draft_for_another_is_taken_up_and_a_touched_one_left(here: Intake, now: datetime) -> None:
    boss = bind(account(now, "boss"), "employer_admin", here, now, here.employer_id)
    first = started(here, boss, now, "employer", for_another=True)
    assert started(here, boss, now, "employer", for_another=True) == first
    drafts.save(first, {"name": "王小丽"}, None, boss, now, section="person")
    assert started(here, boss, now, "employer", for_another=True) != first
    assert one(ApplicationRow, ref=first).nominator_id == here.employer_id


def test_who_holds_no_such_role_cannot_fill_for_another(here: Intake, person: Actor, now: datetime) -> None:
    for channel in ("self", "employer", "trainer"):
        with pytest.raises(NotAllowed):
            started(here, person, now, channel, for_another=True)


def test_a_closed_round_takes_no_new_draft(here: Intake, person: Actor, now: datetime) -> None:
    for moment in (now - timedelta(days=11), now + timedelta(days=13)):
        with pytest.raises(Refusal):
            started(here, person, moment)


def test_an_unknown_round_channel_or_track_is_not_there(here: Intake, person: Actor, now: datetime) -> None:
    for round_ref, channel, track in (
        ("x", "self", "pattern"),
        (here.round_ref, "x", "pattern"),
        (here.round_ref, "self", "x"),
    ):
        with pytest.raises(NotFound):
            starting.start(round_ref, channel, track, person, now)


def test_who_has_applied_already_is_told_before_the_long_form(
    here: Intake, person: Actor, draft: str, now: datetime
) -> None:
    filled(draft, person, now)
    done = submissions.submit(draft, person, now)
    again = Actor("account", person.account_id, person_id=one(ApplicationRow, ref=draft).person_id)
    with pytest.raises(Refusal, match=done.number):
        started(here, again, now, "employer")


# -- keeping -----------------------------------------------------------------------------------------------------------
def test_what_is_wrong_is_kept_as_it_was_typed(draft: str, person: Actor, now: datetime, save: Save) -> None:
    save("work", years="四年半", post="绣花师傅", results=[{"item": "一", "date": "前年"}])
    body = one(Answers).body
    assert (body["years"], body["post"], body["results"]) == ("四年半", "绣花师傅", [{"item": "一", "date": "前年"}])
    found = flaws(draft, person, now)
    assert "数字" in found["years"]
    assert "日期" in found["results.1.date"]
    assert "post" not in found


def test_a_nul_and_a_surrogate_do_not_break_the_draft(draft: str, person: Actor, now: datetime, save: Save) -> None:
    save("person", name="叶\x00梓桐")
    assert one(Answers).body["name"] == "叶梓桐"


def test_a_field_of_another_section_or_of_none_is_not_saved(save: Save) -> None:
    save("work", name="叶", nonsense="x", works="not rows" * 0 or [{"title": "a", "file": "stolen-ref", "evil": "x"}])
    assert one(Answers).body == {"works": [{"title": "a"}]}


def test_a_section_that_does_not_exist_is_not_there(save: Save) -> None:
    with pytest.raises(NotFound):
        save("nowhere", name="叶")


def test_a_number_typed_with_mistakes_shows_what_is_wrong_and_only_a_mask(
    draft: str, person: Actor, now: datetime, save: Save
) -> None:
    save("person", id_no="33010219950301")
    desk = drafts.look(draft, person, now)
    assert (desk.sheet.masks, "id_no" in desk.sheet.body) == ({"id_no": "33**********01"}, False)
    assert "18位" in flaws(draft, person, now)["id_no"]
    save("person", id_no=ID_NUMBER)
    assert drafts.look(draft, person, now).sheet.masks == {"id_no": "3301**********1226"}
    assert "id_no" not in flaws(draft, person, now)


def test_leaving_a_sealed_field_blank_keeps_it(draft: str, person: Actor, now: datetime, save: Save) -> None:
    save("person", id_no=ID_NUMBER)
    save("person", id_no="", name="叶梓桐")
    assert drafts.look(draft, person, now).sheet.masks == {"id_no": "3301**********1226"}


def test_a_draft_leaves_no_trace_to_find_the_number_by(save: Save) -> None:
    save("person", id_no=ID_NUMBER)
    value = one(SealedValue)
    assert (value.blind_index, value.person_id) == (None, None)
    assert ID_NUMBER.encode() not in value.ciphertext


def test_no_sealed_answer_stands_in_clear_anywhere_in_the_database(
    database: str, here: Intake, draft: str, person: Actor, now: datetime
) -> None:
    filled(draft, person, now)
    submissions.submit(draft, person, now)
    with reading() as session:
        whole = str([session.execute(table.select()).all() for table in Base.metadata.sorted_tables]).encode()
    if database.startswith("sqlite"):
        path = Path(database.removeprefix("sqlite:///"))
        whole += b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
    assert "叶梓桐".encode() in whole
    assert ID_NUMBER.encode() not in whole


# -- rows --------------------------------------------------------------------------------------------------------------
def test_rows_are_added_up_to_the_most_and_taken_away(draft: str, person: Actor, now: datetime, save: Save) -> None:
    for _ in range(8):
        save("work", works=[{"title": "a"}], add_row="works")
    assert len(one(Answers).body["works"]) == 5
    save("work", works=[{"title": "a"}, {"title": "b"}], drop_row=("works", 1))
    assert [row.get("title") for row in one(Answers).body["works"]] == ["b", None, None, None]


def test_flaws_name_the_rows_as_the_page_shows_them(draft: str, person: Actor, now: datetime, save: Save) -> None:
    save("work", works=[{"title": ""}, {"title": "", "about": ""}, {"title": "春装"}])
    assert set(flaws(draft, person, now)) & {"works.1.about", "works.3.about"} == {"works.3.about"}


# -- another window ----------------------------------------------------------------------------------------------------
def test_a_second_window_overwrites_nothing_and_sees_both_texts(save: Save) -> None:
    seen = save("work", years="3").seen
    save("work", seen, years="4")
    with pytest.raises(SavedElsewhere) as elsewhere:
        save("work", seen, years="5")
    assert [(one_.path, one_.theirs, one_.yours) for one_ in elsewhere.value.differences] == [("years", "4", "5")]
    assert one(Answers).body["years"] == "4"
    save("work", elsewhere.value.seen, years="5")
    assert one(Answers).body["years"] == "5"


def test_another_section_or_the_same_words_are_no_conflict(save: Save) -> None:
    seen = save("work", years="3").seen
    save("person", name="叶梓桐")
    save("work", seen, years="4")
    assert save("work", seen, years="4").saves == 4


def test_a_sealed_value_of_a_refused_save_is_not_kept(draft: str, person: Actor, now: datetime, save: Save) -> None:
    seen = save("person", name="叶").seen
    save("person", seen, name="叶梓桐")
    with pytest.raises(SavedElsewhere):
        save("person", seen, name="叶子", id_no=ID_NUMBER)
    assert drafts.look(draft, person, now).sheet.masks == {}


def test_what_a_page_had_not_touched_stays_as_the_other_window_saved_it(save: Save) -> None:
    seen = save("person", name="", mobile="").seen
    save("person", seen, name="叶梓桐", mobile="")
    done = save("person", seen, name="", mobile="13805710000")
    assert (one(Answers).body["name"], one(Answers).body["mobile"]) == ("叶梓桐", "13805710000")
    assert done.newer == ("name",)
    with pytest.raises(SavedElsewhere):  # it still has not seen the name, so that it cannot write over it unawares
        save("person", done.seen, name="叶子", mobile="13805710000")


def test_the_late_save_of_a_page_that_was_reloaded_is_not_another_window(save: Save) -> None:
    shown = save("person", name="", mobile="").seen
    save("person", shown, window="mine", name="叶梓", mobile="")  # on its way while the page was loaded again
    reloaded = save("person", shown, window="mine", name="", mobile="")
    assert (one(Answers).body["name"], reloaded.newer) == ("叶梓", ("name",))
    save("person", shown, window="mine", name="叶梓桐", mobile="")
    assert one(Answers).body["name"] == "叶梓桐"
    with pytest.raises(SavedElsewhere):
        save("person", shown, window="other", name="叶子", mobile="")


def test_what_another_window_wrote_in_between_is_not_ones_own(save: Save) -> None:
    shown = save("person", name="").seen
    mine = save("person", shown, window="mine", name="叶").seen
    save("person", mine, window="other", name="叶梓桐")
    save("person", shown, window="mine", gender="女")
    with pytest.raises(SavedElsewhere):
        save("person", shown, window="mine", name="叶子")


def test_a_row_of_a_table_that_another_window_changed_is_not_dropped(save: Save) -> None:
    seen = save("work", works=[{"title": "a"}, {"title": "b"}]).seen
    save("work", seen, works=[{"title": "b"}])
    with pytest.raises(SavedElsewhere):
        save("work", seen, works=[{"title": "a"}, {"title": "b"}], drop_row=("works", 1))


# -- who may -----------------------------------------------------------------------------------------------------------
def test_a_strangers_draft_does_not_exist(draft: str, now: datetime) -> None:
    stranger = account(now, "other")
    for attempt in (
        lambda: drafts.look(draft, stranger, now),
        lambda: following.follow(draft, stranger, now),
        lambda: drafts.save(draft, {"name": "x"}, None, stranger, now, section="person"),
        lambda: drafts.retrack(draft, "craft", stranger, now),
        lambda: submissions.submit(draft, stranger, now),
        lambda: drafts.look("no-such-ref", stranger, now),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_what_was_submitted_is_no_longer_saved_into(draft: str, person: Actor, now: datetime) -> None:
    filled(draft, person, now)
    submissions.submit(draft, person, now)
    with reading() as session:
        before = dict(session.query(Answers).one().body)
    with pytest.raises(NotAllowed):
        drafts.save(draft, {"years": "9"}, None, person, now, section="work")
    assert one(Answers).body == before


def test_the_track_may_change_while_it_is_a_draft(draft: str, person: Actor, now: datetime, save: Save) -> None:
    save("work", modeling="yes")
    drafts.retrack(draft, "craft", person, now)
    desk = drafts.look(draft, person, now)
    assert ("modeling" in desk.sheet.asked, desk.sheet.body["modeling"]) == (False, "yes")
    filled(draft, person, now)
    submissions.submit(draft, person, now)
    assert "modeling" not in one(Answers).body
