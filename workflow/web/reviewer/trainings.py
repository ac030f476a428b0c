"""Trainings as their office sees them: scheduled, the roll taken, closed, cancelled."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from forms.base import Paper
from forms.rounds import moment_of
from forms.trainings import Cancel, Schedule, WalkIn
from workflow.documents import qr
from workflow.domain.errors import InvalidInput, NotFound, NotReady, Reason
from workflow.domain.words import Words
from workflow.services import trainings, trainings_door, trainings_roll
from workflow.services.trainings import Draft
from workflow.web import acting, page
from workflow.web.reviewer import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

PHASES = {
    "coming": ("todo", Words("还没开始报名")),
    "open": ("now", Words("报名中")),
    "shut": ("hold", Words("报名已截止")),
    "running": ("now", Words("正在上课")),
    "to_close": ("human", Words("等点名办结")),
    "closed": ("done", Words("已办结")),
    "cancelled": ("no", Words("已取消")),
}
MOMENTS = ("opens", "closes", "starts", "ends")


@route(blueprint, "/review/trainings", visitor=Visitor.REVIEWER)
def trainings_kept() -> Response:
    held = trainings.held(page.actor())
    kept = trainings.kept(page.actor(), page.now())
    return page.render("pages/reviewer/trainings.html", held=held, kept=kept, phases=PHASES)


@route(blueprint, "/review/trainings/new/<program>", methods=("GET", "POST"), visitor=Visitor.REVIEWER)
def training_new(program: str) -> Response:
    held = next((each for each in trainings.held(page.actor()) if each.program_ref == program), None)
    if held is None:
        raise NotFound
    form = page.bind(Schedule)
    if page.sent(form):
        with page.at_fields(form):
            draft = _draft(form)
            return acting.once(lambda: _scheduled(program, draft))
    return page.render("pages/reviewer/training_new.html", held=held, form=form)


def _scheduled(program: str, draft: Draft) -> Response:
    ref = trainings.schedule(program, draft, page.actor(), page.now())
    page.tell("已排定，到报名时间本人就能报名")
    return page.go("reviewer.training", ref=ref)


def _draft(form: Schedule) -> Draft:
    seats = form.seats.data or ""
    if seats and not seats.isdecimal():
        raise InvalidInput([Reason(Words("名额请写正整数，不限的留空"), "seats")])
    moments: dict[str, datetime | None] = {}
    wrong: list[Reason] = []
    for name in MOMENTS:
        try:
            moments[f"{name}_at"] = moment_of(form[f"{name}_at"].data, form[f"{name}_clock"].data, f"{name}_at")
        except InvalidInput as refusal:
            wrong += refusal.reasons
    if wrong:
        raise InvalidInput(wrong)
    return Draft(
        form.session.data or "", form.name.data or "", form.place.data or "", moments["opens_at"],
        moments["closes_at"], moments["starts_at"], moments["ends_at"], int(seats) if seats else None,
        form.about.data or "",
    )  # fmt: skip


# -- one training ------------------------------------------------------------------------------------------------------
@route(blueprint, "/review/trainings/<ref>", methods=("GET", "POST"), visitor=Visitor.REVIEWER)
def training(ref: str) -> Response:
    roll = trainings_roll.roll(ref, page.actor(), page.now())
    reasons: tuple[Reason, ...] = ()
    if request.method == "POST":
        page.if_refused(latest=url_for("reviewer.training", ref=ref))
        try:
            left = trainings_roll.mark(ref, _marks(roll), page.actor(), page.now())
            if request.form.get("act") == "close":
                count = trainings_roll.close(ref, page.actor(), page.now())
                page.tell("已办结，%(n)s 人的到场情况已记下，积分等确认", n=count)
            else:
                page.tell("点名已存下，还有 %(n)s 人没有点", n=left)
            return page.go("reviewer.training", ref=ref)
        except (InvalidInput, NotReady) as refusal:
            reasons = tuple(Reason(each.words, (each.where or "").replace(".asks.", ".")) for each in refusal.reasons)
    at: dict[str, list[Any]] = {}
    for reason in reasons:
        at.setdefault(reason.where or "", []).append(reason.words)
    return page.render(
        "pages/reviewer/training.html", roll=roll, phases=PHASES, reasons=reasons, at=at, typed=_typed(),
        options_of=_options, status=422 if reasons else 200,
    )  # fmt: skip


def _typed() -> Mapping[str, str]:
    return {name: text[:500] for name, text in request.form.items()} if request.method == "POST" else {}


def _marks(roll: trainings_roll.Roll) -> dict[str, tuple[str, Mapping[str, str]]]:
    """What is not said of one person is as it is said for all of them."""
    typed = _typed()
    found: dict[str, tuple[str, Mapping[str, str]]] = {}
    for line in roll.seats:
        said = typed.get(f"mark.{line.application}") or ("present" if "all" in typed else "")
        own = {
            key: typed.get(f"{line.application}.{key}", "").strip() or typed.get(f"all.{key}", "")
            for key in roll.fields
        }
        found[line.application] = (said, own)
    return found


def _options(field: Any) -> list[tuple[str, str]]:
    return [(option.key, page.say(option.name)) for option in getattr(field, "options", ())]


@route(blueprint, "/review/trainings/<ref>/door", methods=("GET", "POST"), visitor=Visitor.REVIEWER)
def training_door(ref: str) -> Response:
    """To hold up at the door: the code to sign in with; and who came without having signed up."""
    form = page.bind(WalkIn)
    page.if_refused(latest=url_for("reviewer.training_door", ref=ref))
    if page.sent(form):
        try:
            name = trainings_door.walk_in(ref, form.number.data, page.actor(), page.now())
            page.tell("%(name)s 已加进名单", name=name)
            return page.go("reviewer.training_door", ref=ref)
        except NotReady as refusal:
            form.take(refusal.reasons)
    door = trainings_door.door(ref, page.actor(), page.now())
    link = url_for("applicant.training_in", ref=ref, code=door.code or "", _external=True)
    square = qr.svg(link, door.roll.listed.row.name) if door.code else None
    return page.render(
        "pages/reviewer/training_door.html", door=door, roll=door.roll, form=form, square=square, link=link,
        status=422 if form.reasons else 200,
    )  # fmt: skip


@route(blueprint, "/review/trainings/<ref>/sheet", visitor=Visitor.REVIEWER)
def training_sheet(ref: str) -> Response:
    """The list to sign on paper, with empty lines for who comes without having signed up."""
    roll = trainings_roll.roll(ref, page.actor(), page.now())
    return page.render("pages/reviewer/training_sheet.html", roll=roll)


@route(blueprint, "/review/trainings/<ref>/cancel", methods=("GET", "POST"), visitor=Visitor.REVIEWER)
def training_cancel(ref: str) -> Response:
    roll = trainings_roll.roll(ref, page.actor(), page.now())
    form: Paper = page.bind(Cancel)
    page.if_refused(latest=url_for("reviewer.training", ref=ref))
    if page.sent(form):
        with page.at_fields(form):
            return acting.once(lambda: _cancelled(ref, form["reason"].data))
    return page.render("pages/reviewer/training_cancel.html", roll=roll, form=form)


def _cancelled(ref: str, reason: str) -> Response:
    trainings.cancel(ref, reason, page.actor(), page.now())
    page.tell("已取消，会告诉已报名的人")
    return page.go("reviewer.trainings_kept")
