"""A round on paper: from which version, when, with which numbers and headings."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from forms.fields import Handed
from forms.program import ProgramPaper, paper_of
from forms.rounds import HEADINGS, Headings, PlanRound, day_and_clock, moment_of
from workflow.domain import months
from workflow.domain.errors import InvalidInput, NotFound, NotReady, Reason
from workflow.domain.policy import Permission
from workflow.domain.program.schema import Definition
from workflow.domain.words import Words
from workflow.services import foreseeing, programs, series
from workflow.services import rounds as service
from workflow.services.programs import ProgramLine, VersionLine
from workflow.services.rounds import Plan, RoundSheet
from workflow.web import acting, page
from workflow.web.manager import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

MAY_OPEN: Mapping[str, Any] = {"visitor": Visitor.MANAGER, "permission": Permission.ROUND_OPEN}


@route(blueprint, "/rounds/new", **MAY_OPEN)
def choose_version() -> Response:
    return page.render("pages/manager/choose_version.html", programs=programs.listed())


@route(blueprint, "/programs/<ref>/versions/<int:number>/rounds/new", methods=("GET", "POST"), **MAY_OPEN)
def new_round(ref: str, number: int) -> Response:
    program, version = _version(ref, number)
    definition = programs.definition(version.id)
    form, paper = page.bind(PlanRound, **_usual(ref, definition)), _paper(definition)
    if request.method == "POST":
        with _on(form, paper):
            check = partial(service.faults, page.actor(), page.now(), program_ref=ref)
            wanted = _plan(form, paper, number, check)
            return acting.once(lambda: _planned(ref, wanted))
    return _show(form, paper, definition, program.name, number)


def _usual(ref: str, definition: Definition) -> dict[str, Any]:
    """Of a program that has a round a month: the name and the last day of the next month that has no round."""
    taken = {line.key for line in service.listed(page.actor()) if line.program_ref == ref}
    ahead = [each for each in series.preview(definition, page.now()) if each.key not in taken]
    if not ahead or service.may_stay_open(definition):
        return {}
    closes = day_and_clock(ahead[0].closes_at)
    named = {"key": ahead[0].key, "name": months.name_of(ahead[0].first)}
    return {**named, "closes_on": closes[0], "closes_clock": closes[1]}


def _taken(definition: Definition) -> Words | None:
    """Which channels a round takes that closes, and one that stays open; None where both take all."""
    closing, open_ = months.taken(definition, page.now()), months.taken(definition, None)
    if closing == open_:
        return None
    named = {key: channel.name for key, channel in definition.channels.items()}
    return Words(
        "写了截止的批次收“%(closing)s”；不写截止、一直开着的批次收“%(open)s”。",
        closing=[named[key] for key in sorted(closing)],
        open=[named[key] for key in sorted(open_)],
    )


def _version(ref: str, number: int) -> tuple[ProgramLine, VersionLine]:
    program = next((line for line in programs.listed() if line.ref == ref), None)
    version = next((each for each in program.versions if each.number == number), None) if program else None
    if program is None or version is None:
        raise NotFound
    return program, version


def _planned(ref: str, wanted: Plan) -> Response:
    made = service.plan(page.actor(), page.now(), ref, wanted)
    page.tell("批次建好了，还没有开放。接着绑定角色、列入推荐方")
    return page.go("manager.round_page", ref=made)


@route(blueprint, "/rounds/<ref>/edit", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def edit_round(ref: str) -> Response:
    sheet = service.sheet(page.actor(), ref)
    if sheet.line.state != "planned":
        return _edit_headings(sheet)
    form, paper = page.bind(PlanRound, **_said(sheet)), _paper(sheet.definition, _typed(sheet))
    if request.method == "POST":
        with _on(form, paper):
            check = partial(service.faults, page.actor(), page.now(), ref=ref)
            wanted = _plan(form, paper, sheet.line.version, check)
            return acting.once(lambda: _revised(ref, wanted))
    return _show(form, paper, sheet.definition, sheet.line.program, sheet.line.version, sheet=sheet)


def _revised(ref: str, wanted: Plan) -> Response:
    service.revise(page.actor(), page.now(), ref, wanted)
    page.tell("批次已改好")
    return page.go("manager.round_page", ref=ref)


def _edit_headings(sheet: RoundSheet) -> Response:
    """Once people apply, dates move by extension alone and numbers stand."""
    form = page.bind(Headings, **{key: sheet.headings.get(key, "") for key in HEADINGS})
    if page.sent(form):
        with acting.in_words(form):
            return acting.once(lambda: _headed(sheet.line.ref, form.headings))
    return page.render("pages/manager/headings.html", form=form, line=sheet.line)


def _headed(ref: str, headings: Mapping[str, str]) -> Response:
    service.set_headings(page.actor(), page.now(), ref, headings)
    page.tell("文号和标题已改好")
    return page.go("manager.round_page", ref=ref)


# -- the two papers of one page ----------------------------------------------------------------------------------------
def _paper(definition: Definition, body: Mapping[str, Any] | None = None) -> ProgramPaper:
    """The program's own questions about a round."""
    sent = request.form if request.method == "POST" else None
    return paper_of(definition.round, Handed(), sent=sent, body=body)


def _said(sheet: RoundSheet) -> dict[str, Any]:
    opens, closes = day_and_clock(sheet.line.opens_at, "00:00"), day_and_clock(sheet.line.closes_at)
    said = {"opens_on": opens[0], "opens_clock": opens[1], "closes_on": closes[0], "closes_clock": closes[1]}
    headings = {key: sheet.headings.get(key, "") for key in HEADINGS}
    return {"key": sheet.line.key, "name": sheet.line.name, **said, **headings}


def _typed(sheet: RoundSheet) -> dict[str, Any]:
    return {key: value if isinstance(value, list) else str(value) for key, value in sheet.numbers.items()}


def _plan(form: PlanRound, paper: ProgramPaper, version: int, check: Callable[[Plan], Iterable[Reason]]) -> Plan:
    """What is wrong on the paper, with the clocks and in the service's eyes is said at once, each thing once."""
    form.validate()
    said = {name for name, field in form._fields.items() if field.errors}
    found: list[Reason] = []
    opens = _moment(form.opens_on.data, form.opens_clock.data, "opens_clock", found)
    closes = _moment(form.closes_on.data, form.closes_clock.data, "closes_clock", found)
    unread = {each.where for each in found} | said
    dates = {"opens_at", "closes_at"} if unread & {"opens_on", "opens_clock", "closes_on", "closes_clock"} else set()
    wanted = Plan(
        form.key.data or "", form.name.data or "", opens or page.now(), closes, paper.typed, form.headings, version
    )
    if said or found:  # a sound paper is judged by the act itself, under its key
        raise InvalidInput([*found, *(each for each in check(wanted) if each.where not in said | dates)])
    return wanted


def _moment(day: date | None, clock: str, where: str, wrong: list[Reason]) -> datetime | None:
    try:
        return moment_of(day, clock, where)
    except InvalidInput as refused:
        wrong += refused.reasons
        return None


@contextmanager
def _on(form: PlanRound, paper: ProgramPaper) -> Iterator[None]:
    """Reasons of the frame stand at its fields, those of the program's questions at theirs."""
    try:
        yield
    except NotReady as refusal:
        theirs = {control.short_name for control in paper}
        paper.take(each for each in refusal.reasons if each.where in theirs)
        form.take(_placed(each) for each in refusal.reasons if each.where not in theirs)


def _placed(reason: Reason) -> Reason:
    on_paper = {"opens_at": "opens_on", "closes_at": "closes_on"}
    return Reason(reason.words, on_paper.get(reason.where or "", reason.where))


def _show(
    form: PlanRound,
    paper: ProgramPaper,
    definition: Definition,
    program: str,
    version: int,
    *,
    sheet: RoundSheet | None = None,
) -> Response:
    reasons: Iterable[Reason] = (*form.reasons, *paper.reasons)
    return page.render(
        "pages/manager/plan.html",
        status=422 if request.method == "POST" else 200,
        form=form,
        paper=paper,
        units={key: getattr(item, "unit", None) for key, item in definition.round.items()},
        reasons=tuple(reasons),
        options_of=lambda control: [(key, page.say(words)) for key, words in control.options],
        program=definition.program.name if definition.program.name.zh == program else program,
        version=version,
        line=sheet.line if sheet else None,
        rolling=service.may_stay_open(definition),
        months=series.preview(definition, page.now()),
        taken=_taken(definition),
        foreseen=foreseeing.year_ahead(definition, page.now()),
    )
