"""The lead's room in a joint check: the matrix, reminders, one person with every answer, conclusions."""

from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from werkzeug.wrappers import Response

from forms.joint import LABELS, verified
from forms.review import Record, as_day
from workflow.domain.calendar import local_day
from workflow.domain.errors import InvalidInput, NotAllowed, NotFound, NotReady, Reason
from workflow.domain.stages.effects import LABELS as EFFECTS
from workflow.domain.stages.joint_check import ANSWERS, CATEGORIES
from workflow.domain.words import Words
from workflow.services import actions, joint_lead, joint_lead_acts, joint_lead_person
from workflow.services.joint_lead import ALL, COMPLETE, HAS_ISSUE, OPEN, Matrix, Wanted
from workflow.services.joint_lead_person import OnePerson
from workflow.web import page, recorded
from workflow.web.manager import blueprint
from workflow.web.reviewer import undoing
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

VIEWS = {ALL: Words("全部"), HAS_ISSUE: Words("有异议"), OPEN: Words("还没答全"), COMPLETE: Words("已答全")}
MOST = joint_lead.MOST


@route(blueprint, "/joint", visitor=Visitor.MANAGER)
def joint_checks() -> Response:
    return page.render("pages/manager/joint_checks.html", checks=joint_lead.checks(page.actor(), page.now()))


def _wanted() -> Wanted:
    view = request.values.get("view", "")
    return Wanted(
        view if view in VIEWS else ALL, request.values.get("role", "")[:60], request.values.get("q", "").strip()[:80]
    )


def _query(asked: Wanted, **more: Any) -> dict[str, Any]:
    said = {"view": asked.view, "role": asked.waits_for, "q": asked.typed, **more}
    return {name: value for name, value in said.items() if value}


@route(blueprint, "/rounds/<ref>/joint/<stage>", visitor=Visitor.MANAGER)
def joint_matrix(ref: str, stage: str) -> Response:
    asked = _wanted()
    shown = joint_lead.matrix(ref, stage, page.actor(), page.now(), asked)

    def address(**more: Any) -> str:
        return url_for("manager.joint_matrix", ref=ref, stage=stage, **_query(asked, **more))

    return page.render(
        "pages/manager/joint.html",
        shown=shown,
        asked=asked,
        address=address,
        views=[
            {"name": words, "count": shown.counts[key], "on": asked.view == key, "url": address(view=key)}
            for key, words in VIEWS.items()
        ],
        categories=CATEGORIES,
        query=urlencode(_query(asked)),
        picked=_picked(shown),
        slow=[each for each in shown.departments if each.waiting],
        undo=undoing.offered(),
    )


def _picked(shown: Matrix) -> dict[str, Any] | None:
    """The cell that the address names: whose, which department, and everything its reader may know."""
    ref, _, role = request.args.get("cell", "").partition(":")
    row = next((each for each in shown.rows if each.person.ref == ref), None)
    if row is None:
        return None
    one = joint_lead_person.person(ref, page.actor(), page.now())
    cell = next((each for each in one.cells if each.department == role), None)
    if cell is None:
        return None
    return {"one": one, "cell": cell, "answer": one.answer_of(role), "name": one.names[role]}


# -- reminding ---------------------------------------------------------------------------------------------------------
@route(blueprint, "/rounds/<ref>/joint/<stage>/remind", visitor=Visitor.MANAGER, methods=("POST",))
def joint_remind(ref: str, stage: str) -> Response:
    try:
        told = joint_lead_acts.urge(ref, stage, request.form.getlist("role"), page.actor(), page.now())
    except NotReady as refusal:
        page.tell("%(why)s", "warn", why=page.say(refusal.reasons[0].words))
    else:
        page.tell("已催 %(n)s 个部门，共 %(people)s 人会收到提醒", n=len(told), people=sum(told.values()))
    return page.go("manager.joint_matrix", ref=ref, stage=stage, **_query(_wanted()))


# -- one person --------------------------------------------------------------------------------------------------------
@route(blueprint, "/joint/<ref>", visitor=Visitor.MANAGER)
def joint_person(ref: str) -> Response:
    return _show(joint_lead_person.person(ref, page.actor(), page.now()))


def _show(
    one: OnePerson,
    reasons: Any = (),
    opened: dict[tuple[str, int], str] | None = None,
    record: Record | None = None,
) -> Response:
    placed = [Reason(each.words, (each.where or "panel").replace(".", "-")) for each in reasons]
    if record is None and "pass" in one.may:
        record = recorded.blank(one.stage.record)
    if record is not None:
        record.say(reasons)
    return page.render(
        "pages/manager/joint_person.html",
        status=422 if placed else None,
        one=one,
        reasons=placed,
        at={reason.where: reason.words for reason in placed},
        typed={name: request.form.get(name, "")[:2000] for name in request.form} if request.method == "POST" else {},
        opened=opened or {},
        record=record,
        answers=ANSWERS,
        categories=CATEGORIES,
        effects=[
            (key, one.stage.words.get(key) or EFFECTS[key]) for key in ("pass", "refuse", "defer") if key in one.may
        ],
        back=url_for("manager.joint_matrix", ref=one.round_ref, stage=one.stage.key),
        undo=undoing.offered(),
    )


@route(blueprint, "/joint/<ref>/conclude", visitor=Visitor.MANAGER, methods=("POST",))
def joint_conclude(ref: str) -> Response:
    one = joint_lead_person.person(ref, page.actor(), page.now())
    page.if_refused(labels=LABELS, latest=url_for("manager.joint_person", ref=ref))
    effect = request.form.get("act", "")
    if one.item is None or effect not in ("pass", "refuse", "defer"):
        raise NotFound
    record, refused = recorded.sent(one.item.ref, one.stage.record)
    values, wrong = record.read() if record is not None else ({}, [])
    wrong += record.check(values, local_day(page.now())) if record is not None else []
    inputs = {
        "reason": request.form.get("reason", "").strip()[:2000],
        "until": as_day(request.form.get("until", "")),
        "verified": verified({name: request.form[name][:2000] for name in request.form}),
        "record": values,
    }
    try:
        if refused or (wrong and effect == "pass"):
            raise InvalidInput([*refused, *wrong])
        actions.perform(
            one.item.ref,
            effect,
            page.actor(),
            page.now(),
            seen=page.seen_version(),
            request_key=page.request_key(),
            inputs={name: value for name, value in inputs.items() if value},
        )
    except NotReady as refusal:
        return _show(one, refusal.reasons, record=record)
    said = page.say(one.stage.words.get(effect) or EFFECTS[effect])
    undoing.offer([ref], Words("%(name)s：%(act)s", name=one.name, act=said))
    return page.go("manager.joint_matrix", ref=one.round_ref, stage=one.stage.key)


@route(blueprint, "/joint/<ref>/ask", visitor=Visitor.MANAGER, methods=("POST",))
def joint_ask(ref: str) -> Response:
    """Ask one department once more, with why; the conclusion waits for it."""
    one = joint_lead_person.person(ref, page.actor(), page.now())
    page.if_refused(labels=LABELS, latest=url_for("manager.joint_person", ref=ref))
    role, attempt = request.form.get("role", "")[:60], request.form.get("attempt", "")
    inputs = {"role": role, "reason": request.form.get(f"ask-{role}", "").strip()[:500]}
    try:
        actions.perform(
            ref,
            "ask_again",
            page.actor(),
            page.now(),
            request_key=page.request_key(),
            inputs={**inputs, **({"attempt": int(attempt)} if attempt.isdecimal() and len(attempt) < 6 else {})},
        )
    except NotReady as refusal:
        return _show(one, [Reason(each.words, f"ask-{role}") for each in refusal.reasons])
    page.tell("已请%(name)s再答复，答复后才能作结论", name=page.say(one.names[role]))
    return page.go("manager.joint_person", ref=ref)


@route(blueprint, "/joint/<ref>/look", visitor=Visitor.MANAGER, methods=("POST",))
def joint_detail(ref: str) -> Response:
    """The words of one objection, for a reason that is kept."""
    one = joint_lead_person.person(ref, page.actor(), page.now())
    role, _, number = request.form.get("look", "").partition(":")
    attempt = int(number) if number.isdecimal() and len(number) < 6 else 0
    why = request.form.get(f"why-{role}-{attempt}", "")
    try:
        words = joint_lead_person.open_detail(ref, role, attempt, why, page.actor(), page.now())
    except InvalidInput as refusal:
        return _show(one, refusal.reasons)
    except NotAllowed as refusal:
        return _show(one, [Reason(refusal.words, f"why-{role}-{attempt}")])
    return _show(one, opened={(role, attempt): words})


# -- many at once ------------------------------------------------------------------------------------------------------
@route(blueprint, "/rounds/<ref>/joint/<stage>/confirm", visitor=Visitor.MANAGER)
def joint_confirm(ref: str, stage: str) -> Response:
    """Who passes, by name, before anything is concluded."""
    actor, now = page.actor(), page.now()
    rows = joint_lead_acts.clear_ones(ref, stage, request.args.getlist("pick")[:MOST], actor, now)
    back = url_for("manager.joint_matrix", ref=ref, stage=stage, **_query(_wanted()))
    if not rows:
        page.tell("没有选中各部门都无异议、等作结论的人", "warn")
        return page.go_to(back)
    shown = joint_lead.matrix(ref, stage, actor, now)
    return page.render("pages/manager/joint_confirm.html", rows=rows, shown=shown, back=back)


@route(blueprint, "/rounds/<ref>/joint/<stage>/confirm", visitor=Visitor.MANAGER, methods=("POST",))
def joint_pass(ref: str, stage: str) -> Response:
    refs = request.form.getlist("pick")[:MOST]
    done = joint_lead_acts.pass_all(ref, stage, refs, page.actor(), page.now(), request_key=page.request_key())
    if done.done:
        undoing.offer([row.person.ref for row in done.done], Words("已通过 %(n)s 人", n=len(done.done)))
    if done.aside or not done.done:
        names = "、".join(row.person.name for row in done.aside[:5])
        page.tell("%(names)s情况有变，没有作结论，请单独看", "warn", names=names)
    return page.go("manager.joint_matrix", ref=ref, stage=stage)
