"""The rounds one may run, and one of them at a glance."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from werkzeug.wrappers import Response

from workflow.domain import months
from workflow.domain.policy import Permission
from workflow.domain.program.schema import Definition, Label
from workflow.domain.words import Words
from workflow.services import found, rosters, sampling, unattended
from workflow.services import rounds as service
from workflow.services.rosters import Numbers
from workflow.services.rounds import RoundLine, RoundSheet
from workflow.web import page
from workflow.web.context import may
from workflow.web.manager import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

PER_PAGE = 50
FIRST = 1  # positions on a route count from one
HEADING_NAMES = {
    "document_number": Words("文号"),
    "call_heading": Words("申报通知标题"),
    "notice_heading": Words("公示标题"),
}


@dataclass(frozen=True)
class State:
    kind: str
    words: Words


@dataclass(frozen=True)
class FunnelRow:
    """One stage: how many have come this far, how many stand here, how many of these are late."""

    key: str
    name: Label
    reached: int
    here: int
    width: int
    width_here: int


def state_of(line: RoundLine) -> State:
    """What people decided, and what the clock makes of it."""
    now = page.now()
    if line.state == "planned":
        return State("todo", Words("筹备中，还没有开放"))
    if line.state == "closed":
        return State("done", Words("已关闭"))
    if line.opens_at > now:
        return State("todo", Words("已开放，到时间开始申报"))
    if line.closes_at is not None and line.closes_at <= now:
        return State("done", Words("申报已截止"))
    return State("now", Words("申报中"))


@route(blueprint, "/rounds", visitor=Visitor.MANAGER)
def rounds() -> Response:
    lines = service.listed(page.actor())
    number = page.page_number()
    shown = lines[(number - 1) * PER_PAGE : number * PER_PAGE]
    pages = max(1, -(-len(lines) // PER_PAGE))
    states = {line.ref: state_of(line) for line in shown}
    return page.render(
        "pages/manager/rounds.html",
        lines=shown,
        states=states,
        total=len(lines),
        number=number,
        pages=pages,
        unattended=unattended.counts([line.id for line in shown], page.now()),
    )


@route(blueprint, "/rounds/<ref>", visitor=Visitor.MANAGER)
def round_page(ref: str) -> Response:
    sheet = service.sheet(page.actor(), ref)
    numbers = rosters.numbers(page.actor(), ref, page.now())
    return page.render(
        "pages/manager/round.html",
        sheet=sheet,
        line=sheet.line,
        state=state_of(sheet.line),
        numbers=numbers,
        funnel=list(funnel(sheet.definition, numbers)),
        settings=list(settings_of(sheet)),
        headings=[(HEADING_NAMES[key], sheet.headings[key]) for key in HEADING_NAMES if sheet.headings.get(key)],
        channels={key: channel.name for key, channel in sheet.definition.channels.items()},
        unattended=unattended.of_round(page.actor(), page.now(), ref),
        invites=may(Permission.ACCOUNT_MANAGE),
        found=found.offered(page.actor(), ref),
        monthly=months.monthly(sheet.definition) is not None,
        sampled=bool(sampling.sampled(sheet.definition)),
        noticed=any(stage.kind == "notice" for stage in sheet.definition.stages.values()),
    )


def settings_of(sheet: RoundSheet) -> Iterator[tuple[Label, str, Label | None]]:
    """What the program asks per round: name, value, unit."""
    for key, item in sheet.definition.round.items():
        value = sheet.numbers.get(key)
        if value is not None:
            yield (
                item.name,
                f"{value.normalize():f}" if isinstance(value, Decimal) else str(value),
                getattr(item, "unit", None),
            )


def funnel(definition: Definition, numbers: Numbers) -> Iterator[FunnelRow]:
    """In the order of the file. Each row counts who stands there or came further on the route of their channel."""
    routes = {channel: definition.route_of(channel) for channel in definition.channels}
    scale = 320 / max(1, numbers.submitted)
    for key in definition.stages:
        if not any(key in stages for stages in routes.values()):
            continue
        reached = sum(
            each.count
            for each in numbers.standings
            if key in routes.get(each.channel, ()) and each.furthest >= routes[each.channel].index(key) + FIRST
        )
        here = numbers.at(key)
        yield FunnelRow(key, definition.stages[key].name, reached, here, round(reached * scale), round(here * scale))
