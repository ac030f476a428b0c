"""The six programs load whole, with every default filled in."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from workflow.domain.lengths import Length
from workflow.domain.program.load import load, neighbors
from workflow.domain.program.schema import (
    CheckStage,
    Day,
    Definition,
    JointCheckStage,
    Limit,
    ScoreStage,
    TextField,
    VoteStage,
)

PROGRAMS = sorted((Path(__file__).parents[3] / "programs").glob("*.yaml"))


def definition_of(name: str) -> Definition:
    text = next(path for path in PROGRAMS if path.stem == name).read_text(encoding="utf-8")
    definition = load(text).definition
    assert definition is not None
    return definition


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_each_program_loads(path: Path) -> None:
    loaded = load(path.read_text(encoding="utf-8"))
    assert loaded.definition is not None
    assert loaded.definition.program.key == path.stem
    assert loaded.definition.digest == loaded.digest


def test_six_programs_are_there() -> None:
    assert len(PROGRAMS) == 6


def test_standard_fields_are_expanded_before_the_own_ones() -> None:
    fields = definition_of("fashion_engineer").form["person"].fields
    assert list(fields) == ["name", "id_type", "id_no", "gender", "mobile", "employer", "trainer", "education"]
    id_no = fields["id_no"]
    assert isinstance(id_no, TextField)
    assert (id_no.format, id_no.level, id_no.blind, id_no.mask) == ("id_no", "L4", "hide", "id_no")
    assert fields["education"].credential
    assert fields["education"].name.zh == "最高学历"


def test_what_is_unsaid_has_its_default() -> None:
    stage = definition_of("fashion_engineer").stages["formal"]
    assert isinstance(stage, CheckStage)
    assert (stage.by, stage.due, stage.signers) == (("intake",), Length(5, "wd"), 1)
    assert stage.may == ("pass", "refuse", "return")
    assert (stage.correction.rounds, stage.correction.due) == (2, Length(5, "wd"))


def test_offices_nobody_named_fall_to_the_one_who_runs_the_program() -> None:
    definition = definition_of("hundred_villages")
    joint = definition.stages["joint"]
    assert isinstance(joint, JointCheckStage)
    assert definition.appeal.by == "district"
    assert joint.detail_for == ("district",)


def test_raters_are_said_per_role() -> None:
    stages = definition_of("dayun_yingcai").stages
    written, defense = stages["written"], stages["defense"]
    assert isinstance(written, ScoreStage)
    assert isinstance(defense, ScoreStage)
    assert written.raters == {"reviewer": 5}
    assert defense.raters == {"reviewer": 4, "investor": 3}


def test_shares_and_votes_are_exact() -> None:
    definition = definition_of("fashion_engineer")
    meeting = definition.stages["meeting"]
    assert isinstance(meeting, VoteStage)
    assert meeting.quorum == Fraction(2, 3)
    assert str(definition.quota.alternates) == "10%"
    assert definition.benefits["subsidy"].amount == Decimal(3000)


def test_the_route_of_a_channel_is_its_own_or_the_programs() -> None:
    definition = definition_of("yongning_juncai")
    assert definition.route_of("other") == ("formal", "expert", "decide", "notice", "award", "valid")
    assert definition_of("fashion_engineer").route_of("self")[0] == "employer_confirm"


def test_a_program_that_uses_everything_is_sound_and_read_as_written() -> None:
    text = (Path(__file__).parent / "everything.yaml").read_text(encoding="utf-8")
    loaded = load(text, {"other": frozenset()})
    assert loaded.problems == ()
    program = loaded.definition
    assert program is not None
    assert program.points is not None
    assert [channel.intake.mode for channel in program.channels.values()] == ["monthly", "rolling", "batch"]
    assert program.channels["auto"].intake.from_facts
    assert program.duties["yearly"].on == Day(kind="weekday", week=-1, weekday=4)
    assert program.duties["yearly"].roll == "same_weekday_next_week"
    assert program.duties["renewal"].by == ("applicant",)
    assert program.points.items["class"].limit == Limit(amount=40, unit="points", per="month")
    assert program.fairness.never_both == (("look", "meet"),)
    assert program.escalate == {Length(1, "wd"): "superior", Length(3, "wd"): "desk"}
    assert program.program.code == "R"
    assert str(program.retention.draft) == "30d"


def test_programs_beside_a_file_are_known_by_key_and_tracks() -> None:
    texts = [path.read_text(encoding="utf-8") for path in PROGRAMS]
    known = neighbors([*texts, "- 不是方案", "program: {key: plain}"])
    assert set(known) == {*(path.stem for path in PROGRAMS), "plain"}
    assert known["yongning_enterprise"] == {"self_evaluation", "enterprise_recognition"}
    assert known["plain"] == frozenset()
