"""Every example of LANGUAGE part 8, as a change of one of the six programs."""

from typing import Any

import pytest

from tests.domain.programs import NAMES, changed, program
from workflow.domain.program.compare import Change, compare
from workflow.domain.program.glossary import KINDS, PARAMETERS
from workflow.domain.program.rebase import Standing, rebase
from workflow.domain.program.schema import Day, Label, Part, Share, Span

FE, YN, DY, BQ, JG = "fashion_engineer", "yongning_juncai", "dayun_yingcai", "hundred_villages", "skilled_worker_points"


def one(name: str, old: str, new: str) -> Change:
    found = compare(program(name), changed(name, (old, new)))
    assert len(found) == 1, [str(change.words) for change in found]
    return found[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_version_does_not_differ_from_itself(name: str) -> None:
    assert compare(program(name), program(name)) == ()


MEETING = "quorum: 2/3\n    pass: 2/3\n    rank_by: total.by_track"
CONSENT = "truth: {name: 真实性承诺与个人信息告知, type: consent"

EXAMPLES: list[tuple[str, str, str, str, str]] = [
    # name, old, new, reach, path
    (FE, "    name: 单位审核\n", "    name: 单位推荐审核\n", "free", "stages.employer_confirm.name"),
    (FE, "hint: 请勿写姓名和单位", "hint: 请隐去姓名", "free", "form.work.fields.results.hint"),
    (FE, "refuse: 不予受理, return: 一次性", "refuse: 不受理, return: 一次性", "free", "stages.formal.words"),
    (FE, "在{due}前完成", "务必在{due}前完成", "free", "messages"),
    (
        BQ,
        "due: 7wd\n    escalate: {1wd: district}",
        "due: 7wd\n    escalate: {2wd: district}",
        "free",
        "stages.joint.escalate",
    ),
    (FE, "due: 3wd\n", "due: 5wd\n", "free", "stages.employer_confirm.due"),
    (FE, "[制版师, 样衣工,", "[制版师, 裁剪师, 样衣工,", "free", "form.work.fields.post.options.裁剪师"),
    (
        FE,
        "培训结业证书, type: file,",
        "培训结业证书, type: file, required: false,",
        "free",
        "form.files.fields.training_cert.required",
    ),
    (FE, "  examiner: 考核员\n", "  examiner: 考核员\n  observer: 观察员\n", "free", "roles.observer"),
    (
        FE,
        "  self:\n    name: 个人申报\n",
        "  self:\n    name: 个人申报\n  union:\n    name: 工会推荐\n",
        "free",
        "channels.union",
    ),
    (FE, "due: 3wd\n", "due: 2wd\n", "ahead", "stages.employer_confirm.due"),
    (FE, "verify: files", "verify: all", "ahead", "stages.formal.verify"),
    (FE, "signers: 2 ", "signers: 1 ", "ahead", "stages.eligibility.signers"),
    (FE, "    rules: all\n", "    rules: all\n    as_list: true\n", "ahead", "stages.eligibility.as_list"),
    (FE, "correction: {rounds: 2}", "correction: {rounds: 3}", "ahead", "stages.formal.correction.rounds"),
    (FE, "lines: 4}, seal: {name: 盖章件, type: file}}", "lines: 4}}", "ahead", "stages.employer_confirm.record.seal"),
    (FE, "by: employer_admin, due: 15wd", "by: manager, due: 15wd", "ahead", "duties.on_the_job.by"),
    (BQ, "{role: tutor, up_to: 5}", "{role: tutor, up_to: 6}", "ahead", "stages.camp1.mentors"),
    (JG, "{name: 等级认定培训班, seats: 40", "{name: 等级认定培训班, seats: 50", "ahead", "sessions.class.seats"),
    (
        BQ,
        "study: {name: 政治学习, points: 1}",
        "study: {name: 政治学习, points: 2}",
        "ahead",
        "points.items.study.points",
    ),
    (FE, "unit: 名, min: 1}", "unit: 名, min: 2}", "round", "round.places.min"),
    (
        YN,
        "effect: {name: 实效, weight: 30",
        "effect: {name: 实效, weight: 35",
        "round",
        "scoring.sheets.common.criteria.effect.weight",
    ),
    (YN, "pass: 70\n", "pass: 65\n", "round", "scoring.sheets.common.pass"),
    (FE, "raters: 5\n", "raters: 7\n", "round", "stages.expert.raters"),
    (FE, "    blind: true\n", "", "round", "stages.expert.blind"),
    (FE, "combine: trimmed", "combine: median", "round", "stages.expert.combine"),
    (FE, MEETING, MEETING.replace("quorum: 2/3", "quorum: 3/4"), "round", "stages.meeting.quorum"),
    (FE, "rank_by: total.by_track", "rank_by: votes", "round", "stages.meeting.rank_by"),
    (
        FE,
        "min_valid: 3\n    spread_alert: 15\n    reveal: later",
        "min_valid: 3\n    spread_alert: 15",
        "round",
        "stages.expert.reveal",
    ),
    (FE, "  alternates: 10%", "  alternates: 20%", "round", "quota.alternates"),
    (FE, CONSENT, f"more: {{name: 附注}}\n      {CONSENT}", "ask", "form.pledge.fields.more"),
    (FE, "theory, practical, expert,", "practical, expert,", "ask", "route"),
    (FE, "rule: years >= 3", "rule: years >= 2", "ask", "eligibility.rules.E2.rule"),
    (
        FE,
        "工作证明, type: file, level: L3",
        "工作证明, type: file, level: L2",
        "ask",
        "form.files.fields.employment_proof.level",
    ),
    (YN, "see: [hr, tax]", "see: [hr]", "ask", "form.skill_and_deed.fields.salary.see"),
    (
        FE,
        "quota: nominator.graduates * 0.2",
        "quota: nominator.graduates * 0.3",
        "ask",
        "channels.trainer.quota.places",
    ),
    (YN, "track: self_evaluation}", "track: enterprise_recognition}", "ask", "channels.own.nominator.must_hold.track"),
    (
        BQ,
        "then: review, words: {keep: 保留, adjust",
        "then: revoke, words: {keep: 保留, adjust",
        "ask",
        "exits.low_twice.then",
    ),
    (BQ, "refused: 1y", "refused: 3y", "ask", "retention.refused"),
    (FE, "  examiner: 考核员\n", "  tester: 考核员\n", "pinned", "roles.examiner"),
    (FE, "insured_months: {name: 在本区", "months: {name: 在本区", "pinned", "form.work.fields.insured_months"),
    (
        FE,
        "years: {name: 本工种从业年限, type: number, unit: 年, decimals: 1, min: 0, max: 50}",
        "years: 本工种从业年限",
        "pinned",
        "form.work.fields.years.type",
    ),
    (FE, "运营], other: true", "直播运营], other: true", "pinned", "form.work.fields.post.options.运营"),
    (DY, "subject: team ", "subject: person ", "pinned", "program.subject"),
    (
        FE,
        "kind: follow_up\n    by: manager\n    lasts: valid",
        "kind: check\n    by: manager",
        "pinned",
        "stages.valid.kind",
    ),
    (FE, "one_per_person: round ", "one_per_person: year ", "pinned", "program.one_per_person"),
    (FE, "amount: 3000", "amount: 4000", "pinned", "benefits.subsidy.amount"),
    (
        DY,
        "{share: 40%, after: award}\n      - {share: 30%, after: landing}",
        "{share: 30%, after: award}\n      - {share: 40%, after: landing}",
        "pinned",
        "benefits.grant.instalments",
    ),
    (FE, "count: first_day ", "count: next_day ", "pinned", "stages.notice.count"),
]


@pytest.mark.parametrize(("name", "old", "new", "reach", "path"), EXAMPLES, ids=lambda value: str(value)[:30])
def test_each_example_has_its_class(name: str, old: str, new: str, reach: str, path: str) -> None:
    found = compare(program(name), changed(name, (old, new)))
    by_path = {".".join(change.path): change for change in found}
    assert path in by_path, list(by_path)
    assert by_path[path].reach == reach
    assert str(by_path[path].words)


def test_writing_out_a_default_changes_nothing() -> None:
    written = changed(FE, ("3D服装建模技能, type: yes_no", "3D服装建模技能, required: true, type: yes_no"))
    assert compare(program(FE), written) == ()


def test_the_sentences_read_aloud() -> None:
    said = {
        str(one(YN, "effect: {name: 实效, weight: 30", "effect: {name: 实效, weight: 35").words),
        str(one(FE, "due: 3wd\n", "due: 5wd\n").words),
        str(one(FE, "    name: 单位审核\n", "    name: 单位推荐审核\n").words),
        str(one(FE, "[制版师, 样衣工,", "[制版师, 裁剪师, 样衣工,").words),
        str(one(FE, "  examiner: 考核员\n", "  examiner: 考核员\n  observer: 观察员\n").words),
        str(one(FE, "  alternates: 10%", "  alternates: 20%").words),
        str(one(FE, "verify: files", "verify: all").words),
        str(one(FE, "count: first_day ", "count: next_day ").words),
    }
    assert said == {
        "「实效」的权重从 30 改为 35",
        "「单位审核」的期限从 3个工作日 改为 5个工作日",
        "「单位审核」改名为「单位推荐审核」",
        "岗位工种：新增选项「裁剪师」",
        "新增角色「观察员」",
        "「名额」的候补从 10% 改为 20%",
        "「形式审查」的核验范围从 每份附件 改为 全部",
        "「公示」的起算办法从 当日计入 改为 次日起算",
    }


def test_a_renamed_key_is_shown_with_the_advice_to_keep_it() -> None:
    (found,) = compare(
        program(FE),
        changed(FE, ("  examiner: 考核员\n", "  tester: 考核员\n"), ("    by: examiner\n", "    by: tester\n")),
    )[:1]
    assert str(found.words) == "「考核员」的键从 examiner 改成了 tester；旧键请保留，只改 name"


def test_a_field_that_moves_to_another_section_has_not_changed() -> None:
    trainer = "      trainer: {name: 指定培训机构, type: organization}\n"
    moved = changed(FE, (trainer, ""), ("      years: {name: 本工种", f"{trainer}      years: {{name: 本工种"))
    assert compare(program(FE), moved) == ()


def test_lengths_are_compared_across_units() -> None:
    assert one(FE, "due: 3wd\n", "due: 1mo\n").reach == "free"
    assert one(FE, "due: 3wd\n", "due: 3d\n").reach == "ahead"


def reaches(change: Change, case: Standing, judged: Any = ()) -> bool:
    (effect,) = rebase([change], case, frozenset(judged), program(FE))
    assert str(effect.why)
    return effect.reaches


FREE = one(FE, "due: 3wd\n", "due: 5wd\n")
AHEAD = one(FE, "verify: files", "verify: all")
DUTY = one(FE, "by: employer_admin, due: 15wd", "by: manager, due: 15wd")
WEIGHED = one(
    FE,
    "    pattern:\n      name: 服装制版评分表（权重为示例）\n      track: pattern\n      pass: 75",
    "    pattern:\n      name: 服装制版评分表（权重为示例）\n      track: pattern\n      pass: 70",
)
RATERS = one(FE, "raters: 5\n", "raters: 7\n")
ASKED = one(FE, "rule: years >= 3", "rule: years >= 2")
PINNED = one(FE, "amount: 3000", "amount: 4000")
FRESH = Standing(entered=frozenset({"employer_confirm"}))


def test_a_free_change_reaches_everybody_and_a_pinned_one_nobody() -> None:
    everywhere = Standing(entered=frozenset(program(FE).stages), chosen=True)
    assert reaches(FREE, everywhere)
    assert not reaches(PINNED, everywhere)
    assert not reaches(PINNED, FRESH)


def test_what_lies_ahead_reaches_only_who_has_not_got_there() -> None:
    assert reaches(AHEAD, FRESH)
    assert not reaches(AHEAD, Standing(entered=frozenset({"employer_confirm", "formal"})))
    assert reaches(DUTY, Standing(entered=frozenset({"valid"})))
    assert not reaches(DUTY, Standing(opened=frozenset({"duties.on_the_job"})))


def test_a_measure_changes_for_all_of_a_round_or_for_none() -> None:
    assert reaches(WEIGHED, FRESH)
    assert reaches(WEIGHED, FRESH, ["theory"])
    assert not reaches(WEIGHED, FRESH, ["practical"])
    assert not reaches(WEIGHED, Standing(chosen=True), ["meeting"])
    assert reaches(RATERS, FRESH, ["practical"])
    assert not reaches(RATERS, FRESH, ["expert"])


def test_what_needs_asking_reaches_only_the_chosen() -> None:
    assert not reaches(ASKED, FRESH)
    assert reaches(ASKED, Standing(chosen=True))


def test_a_draft_follows_the_newest_version() -> None:
    draft = Standing(draft=True)
    assert all(reaches(change, draft, ["practical"]) for change in (FREE, AHEAD, WEIGHED, ASKED, PINNED))


def parts(kind: type[Part]) -> set[type[Part]]:
    return {kind}.union(*(parts(sub) for sub in kind.__subclasses__()))


def test_every_parameter_of_the_language_has_a_name_in_a_sentence() -> None:
    spoken_whole = {Label, Share, Span, Day}
    words = {
        field.alias or name
        for part in parts(Part) - spoken_whole
        for name, field in part.model_fields.items()
        if name != "key"
    }
    assert words - set(PARAMETERS) - set(KINDS) == set()
