"""Every program plays to its end with people and officials made from nothing but its own file."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from tests.domain import programs
from workflow.domain.calendar import official
from workflow.domain.dryrun import Result, try_out
from workflow.domain.program.load import load
from workflow.domain.program.schema import Definition

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SEVENTH = (Path(__file__).parent / "seventh.yaml").read_text("utf-8")


def played(definition: Definition, seed: str = "7", size: int = 40) -> Result:
    return try_out(definition, official(), size=size, seed=seed, now=MONDAY)


@cache
def seventh() -> Definition:
    loaded = load(SEVENTH)
    assert loaded.definition is not None
    assert loaded.problems == ()
    return loaded.definition


def assert_sound(definition: Definition, result: Result) -> None:
    assert [str(each.words) for each in result.complaints] == []
    on_routes = {key for _, route in definition.routes() for key in route}
    assert {stage.stage for stage in result.stages if stage.passed} >= on_routes
    assert {fate.channel for fate in result.fates if fate.status in ("recognized", "ended")} == set(definition.channels)


@pytest.mark.parametrize("name", programs.NAMES)
def test_every_program_finishes_a_generated_round(name: str) -> None:
    definition = programs.program(name)
    assert_sound(definition, played(definition))


def test_a_program_that_nobody_has_seen_needs_only_its_file() -> None:
    assert_sound(seventh(), played(seventh()))


def test_who_is_found_in_data_comes_to_the_certificate() -> None:
    """Nobody applies: the office fills, the checks run, and the person says yes at the award."""
    definition = programs.read((Path(__file__).parent / "quiet_grant.yaml").read_text("utf-8"))
    assert_sound(definition, played(definition, size=20))


def test_the_same_seed_plays_the_same_run_and_another_one_another() -> None:
    definition = programs.program("yongning_enterprise")
    assert played(definition) == played(definition)
    assert played(definition).digest != played(definition, seed="8").digest


def test_a_stay_that_cannot_be_completed_is_left_as_it_is() -> None:
    """Its mentor is not named again and again until the end of time: a department's objection stands for good."""
    result = played(programs.program("hundred_villages"), seed="1", size=1)
    assert result.complaints == ()
    assert max(result.busiest.values()) < 400


def test_each_comparison_is_tried_at_beyond_and_without_its_value() -> None:
    made = [str(fate.made_for) for fate in played(programs.program("yongning_enterprise"), size=1).fates]
    for value in ("正在界上，10", "刚过界，9", "刚过界，11"):
        assert f"试“研发投入、人员、增长达标”：rd_staff {value}" in made
    assert "试“研发投入、人员、增长达标”：没有 rd_staff" in made


def test_a_condition_that_nobody_can_fail_is_named() -> None:
    definition = programs.changed("skilled_worker_points", ("rule: in_district,", "rule: in_district || true,"))
    codes = {each.code for each in played(definition, size=1).complaints}
    assert codes == {"never_fails", "undecided"}


def test_a_stage_that_nobody_enters_is_named() -> None:
    definition = programs.changed(
        "yongning_enterprise", ("    kind: follow_up\n", "    kind: follow_up\n    when: 1 > 2\n")
    )
    assert "环节“授权期管理”没有人走到" in [str(each.words) for each in played(definition, size=1).complaints]


def test_who_has_no_account_signs_on_paper_and_a_correction_anew() -> None:
    paper = ("    filled_by: either", "    account: none\n    filled_by: either")
    definition = programs.changed("fashion_engineer", paper)
    assert_sound(definition, played(definition))


ASKED = """
import sys
from datetime import UTC, datetime
from tests.domain import programs
from workflow.domain.calendar import official
from workflow.domain.dryrun import try_out
monday = datetime(2026, 11, 23, 1, tzinfo=UTC)
result = try_out(programs.program(sys.argv[1]), official(), size=40, seed="7", now=monday)
sys.stdout.write(f"{result.digest} {result.messages} {result.stages}")
"""


@pytest.mark.parametrize("name", ["dayun_yingcai", "hundred_villages"])
def test_another_process_plays_the_same_run(name: str) -> None:
    """Whatever order its sets and dicts come in."""
    told = {
        subprocess.run(
            [sys.executable, "-c", ASKED, name],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[3],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "31337")
    }
    assert len(told) == 1
    assert played(programs.program(name)).digest in told.pop()
