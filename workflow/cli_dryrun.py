"""`programs try`: a program played with made-up people at the terminal, nothing written, nothing sent."""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from workflow.domain.calendar import official
from workflow.domain.dryrun import STATUS, Result, try_out
from workflow.domain.program.load import load
from workflow.domain.program.schema import Definition
from workflow.domain.words import Words

Say = Callable[[Any], str]
_MOST_NAMED = 60


def of(say: Say) -> click.Command:
    """The command, in the language of the terminal."""

    @click.command("try")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--size", default=100, type=click.IntRange(1, 10_000), help="How many cases, at least.")
    @click.option("--seed", default="1", help="The same seed plays the same run again.")
    @click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="The day on which the round opens.")
    def try_(file: Path, size: int, seed: str, since: datetime | None) -> None:
        """Play FILE with made-up people and officials to the end and say what happened and what is wrong."""
        loaded = load(file.read_text(encoding="utf-8-sig"))
        if loaded.definition is None or not loaded.ok:
            click.echo(say(Words("方案有错误，先用 programs check 检查")), err=True)
            sys.exit(1)
        now = (since or datetime.now(UTC)).replace(hour=1, minute=0, second=0, microsecond=0, tzinfo=UTC)
        result = try_out(loaded.definition, official(), size=size, seed=seed, now=now)
        for line in lines(loaded.definition, result, say):
            click.echo(line)
        sys.exit(1 if result.complaints else 0)

    return try_


def lines(definition: Definition, result: Result, say: Say) -> Iterator[str]:
    """What people read: the sum, stage by stage, who had how much to do, each case that was made for something."""
    name = say(definition.program.name)
    yield say(
        Words("《%(name)s》试跑 %(cases)s 件，办理 %(acts)s 次", name=name, cases=len(result.fates), acts=result.acts)
    )
    ends = [
        Words("%(status)s %(n)s", status=STATUS[status], n=number) for status, number in result.ends().most_common()
    ]
    yield say(Words("结果：%(ends)s", ends=ends))
    yield ""
    yield say(Words("环节"))
    for stage in result.stages:
        days = "-" if stage.days is None else stage.days
        words = Words(
            "  %(stage)s：进入 %(entered)s，往下走 %(passed)s，一般 %(days)s 天",
            stage=stage.name,
            entered=stage.entered,
            passed=stage.passed,
            days=days,
        )
        yield say(words)
    yield say(Words("各角色的待办"))
    for role, number in result.work.items():
        known = definition.roles.get(role)
        label = known.name if known is not None else _RESERVED.get(role, role)
        busiest = result.busiest.get(role, 0)
        yield say(Words("  %(role)s：%(n)s 件，最忙的一人办了 %(most)s 次", role=label, n=number, most=busiest))
    if result.quota:
        yield say(Words("名额"))
        for used in result.quota:
            places = "-" if used.places is None else used.places
            yield say(
                Words("  %(name)s：用了 %(taken)s，共 %(places)s", name=used.name, taken=used.taken, places=places)
            )
    yield say(Words("头14天的通知：%(n)s 条", n=sum(result.messages.values())))
    yield from _cases(definition, result, say)
    yield ""
    yield say(Words("要看的问题：%(n)s 个", n=len(result.complaints)))
    for complaint in result.complaints:
        yield f"  {complaint.code}: {say(complaint.words)}"
    yield say(Words("指纹 %(digest)s（同一文件、同一天、同样大小和种子，每次都一样）", digest=result.digest[:16]))


_RESERVED = {"applicant": Words("申报人"), "mentor": Words("帮带人")}


def _cases(definition: Definition, result: Result, say: Say) -> Iterator[str]:
    yield say(Words("逐件"))
    for fate in [each for each in result.fates if not each.crowd][:_MOST_NAMED]:
        stage = definition.stages.get(fate.stage or "")
        where = stage.name if stage is not None else "-"
        words = Words(
            "  %(no)s %(channel)s / %(track)s，%(made_for)s：%(status)s，%(stage)s，%(days)s 天",
            no=fate.case,
            channel=definition.channels[fate.channel].name,
            track=definition.tracks[fate.track].name,
            made_for=fate.made_for,
            status=STATUS[fate.status],
            stage=where,
            days="-" if fate.days is None else fate.days,
        )
        why = say(Words("（%(why)s）", why=list(fate.why))) if fate.why else ""
        yield say(words) + why
