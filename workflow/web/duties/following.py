"""One person's time after the recognition: what is owed now, what comes, and what the office does about it."""

from typing import Any, BinaryIO, cast

from flask import g, request, url_for
from werkzeug.wrappers import Response

from forms.duties import Steps
from workflow.domain.errors import NotAllowed, NotFound, NotReady, Reason
from workflow.domain.words import Words
from workflow.services import actions, follow_ups, follow_ups_naming, task_files
from workflow.services.follow_ups import FollowUp
from workflow.web import page
from workflow.web.duties import blueprint
from workflow.web.navigation import at_desk
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

DONE = {
    "do_task": Words("已登记一项任务"),
    "assign_mentor": Words("已指定帮带人"),
    "place": Words("已安排单位"),
    "complete": Words("这一阶段已完成"),
    "use_benefit": Words("已登记用了一次待遇"),
    "waive_duty": Words("已免去"),
    "extend": Words("已延期"),
}


@route(blueprint, "/follow-ups/<ref>", visitor=Visitor.ACCOUNT)
def follow_up(ref: str) -> Response:
    return _show(follow_ups.look(ref, page.actor(), page.now()), page.bind(Steps), "")


@route(blueprint, "/follow-ups/<ref>/act", methods=("POST",), visitor=Visitor.ACCOUNT)
def act(ref: str) -> Response:
    seen = follow_ups.look(ref, page.actor(), page.now())
    name, form = request.form.get("act", ""), page.bind(Steps)
    offer = seen.offered(name)
    if name not in DONE or offer is None:
        raise NotFound
    page.if_refused(latest=url_for("duties.follow_up", ref=ref))
    if "find" not in request.form and page.sent(form):
        try:
            _perform(seen, name, form, offer.item)
        except NotReady as refusal:
            form.take(refusal.reasons)
        except NotAllowed as refusal:
            form.take([Reason(refusal.words)])
        else:
            page.tell(DONE[name].text)
            return page.go("duties.follow_up", ref=ref)
    return _show(seen, form, name)


def _perform(seen: FollowUp, name: str, form: Steps, item: int | None) -> None:
    who, now, version, key = page.actor(), page.now(), page.seen_version(), page.request_key()
    note = form.note.data or ""
    target = seen.items[item][0] if item is not None else seen.ref
    if name == "assign_mentor":
        to = form.to.data or ""
        follow_ups_naming.assign_mentor(target, to, who, now, seen=version, request_key=key, note=note)
    elif name == "place":
        unit = form.organization.data or ""
        follow_ups_naming.place(target, unit, who, now, seen=version, request_key=key, note=note)
    else:
        inputs: dict[str, Any] = {
            each: form[each].data or "" for each in ("reason", "evidence", "basis", "owed", "what")
        }
        inputs |= {"task": form.number(form.task.data), "until": form.until.data, "benefit": form.benefit.data or ""}
        inputs |= {"note": note}
        if name == "do_task":
            inputs["files"] = list(_files(seen, inputs["task"] or 0))
        actions.perform(target, name, who, now, seen=version, request_key=key, inputs=inputs)


def _files(seen: FollowUp, task: int) -> dict[str, str]:
    """Those that came with an earlier try, and those that come now: reference -> name. Kept, whatever else is wrong."""
    held = [each for each in request.form.getlist("held") if len(each) < 25]
    known = task_files.names(seen.ref, task, held, page.actor()) if held and task else {}
    for file in request.files.getlist("files"):
        if file.filename and task:
            stream = cast(BinaryIO, file.stream)
            ref = task_files.attach(seen.ref, task, file.filename, stream, page.actor(), page.now())
            known[ref] = file.filename
    g.task_files = known
    return known


def _show(seen: FollowUp, form: Steps, acted: str) -> Response:
    who, now = page.actor(), page.now()
    names = seen.offered("assign_mentor") is not None
    role, mentors = follow_ups_naming.mentors(seen.ref, form.find_mentor.data or "", who, now) if names else (None, ())
    places = seen.offered("place") is not None
    return page.render(
        "pages/duties/follow_up.html",
        status=422 if form.reasons else None,
        seen=seen,
        desk=not seen.own and at_desk(page.actor()),
        form=form,
        acted=acted,
        shapes=follow_ups.STATES,
        mentor_role=role,
        mentors=mentors,
        wishes=follow_ups_naming.wishes(seen.ref, who) if places else (),
        held=g.get("task_files", {}),
        units=follow_ups_naming.units(seen.ref, form.find_unit.data or "", who) if places else (),
    )
