"""The desk: one item with its case on the left and what to decide on the right. One view serves every act of a stage;
what was typed stays on the page until the act has taken effect."""

from collections.abc import Iterable, Mapping, Sequence

from flask import request, url_for
from werkzeug.wrappers import Response

from forms.base import Chosen
from forms.review import Record, Typed, anchor, labels_of
from models.queries.queue import Mark
from workflow.domain.calendar import local_day
from workflow.domain.errors import InvalidInput, NotAllowed, NotDeclared, NotFound, NotReady, Reason
from workflow.domain.program.schema import Label
from workflow.domain.words import Words
from workflow.services import (
    access,
    actions,
    clarifications,
    files_opening,
    meetings,
    meetings_casting,
    objections_links,
    points,
    queues,
    rating,
    reading,
)
from workflow.services.sheets import OpenItem, Sheet
from workflow.web import page, recorded
from workflow.web.reviewer import blueprint, undoing
from workflow.web.reviewer.queue import kept_query, wanted, with_query
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

DECIDES = ("pass", "refuse", "return", "defer", "send_back", "judge", "confirm", "reject_proposal", "reopen",
           "keep_closed", "settle_appeal")  # fmt: skip
SHOWN = (*DECIDES, "review")
OWN_PLACES = ("why-", "points-", "reason-")
WHOLE = ("hold", "release", "extend", "propose_reopen")
LOOKED = "look"


def typed() -> Typed:
    kept = {name: request.form.get(name, "")[:5000] for name in request.form if name != "csrf_token"}
    return Typed(kept if request.method == "POST" else {})


@route(blueprint, "/review/items/<ref>", visitor=Visitor.REVIEWER)
def item(ref: str) -> Response:
    with page.one_look():
        try:
            sheet = reading.sheet_of_item(ref, page.actor(), page.now())
        except NotDeclared as first:
            return page.go_to(with_query("reviewer.declare", kept_query(wanted()), ref=first.item))
        if sheet.item(ref) is None:  # answered meanwhile: the case itself says how
            return page.go("reviewer.case", ref=sheet.ref)
        return _own_room(sheet, ref) or show(sheet, ref)


_ROOMS = {"award": "manager.award_for", "follow_up": "duties.follow_up"}
_OF_THE_RECOGNITION = ("extend_validity", "confirm_revocation")
"""Kinds whose acts stand on a page of their own."""
_BY_DUTY = {"pay": "manager.payments_for", "review": "manager.recognition"}


def _meeting_room(sheet: Sheet) -> Response | None:
    """Whoever keeps the meeting works on its board; its members read the case here."""
    keeps, called = meetings.of_case(page.actor(), sheet.ref)
    if not keeps:
        return None
    return page.go("manager.meeting", ref=called) if called else page.go("manager.meetings_page")


def _own_room(sheet: Sheet, ref: str) -> Response | None:
    """A joint check has rooms of its own: a department's, and the lead's. So has a notice: its list, its objections."""
    here = sheet.item(ref)
    if here is not None and here.stage_kind == "notice" and here.duty == "act":
        return _notice_room(ref)
    if here is not None and here.stage_kind == "vote" and here.duty == "act":
        return _meeting_room(sheet)
    if here is not None and here.stage_kind == "score" and here.duty == "confirm":
        return page.go("manager.scoring_case", ref=sheet.ref, stage=sheet.stage_key)
    entry = points.room_of(ref) if here is not None and here.duty in ("agree", "appeal") else None
    if entry is not None:
        return page.go("account.points_ledger", ref=entry)
    if here is not None and (here.about or "").startswith("duty:"):
        return _duty_room(here, ref)
    if here is not None and here.duty in _BY_DUTY:
        return page.go(_BY_DUTY[here.duty], ref=sheet.ref)
    if any(sheet.button(name, ref) is not None for name in _OF_THE_RECOGNITION):
        return page.go("manager.recognition", ref=sheet.ref)
    if here is not None and here.stage_kind in _ROOMS and here.duty in ("act", "confirm"):
        return page.go(_ROOMS[here.stage_kind], ref=sheet.ref)
    if here is None or here.stage_kind != "joint_check" or here.duty != "act":
        return None
    if sheet.button("answer", ref) is not None:
        return page.go("reviewer.joint_item", ref=ref)
    return page.go("manager.joint_person", ref=sheet.ref) if sheet.button("pass", ref) is not None else None


def _duty_room(here: OpenItem, ref: str) -> Response:
    """A department that is asked anew answers where it always does; everybody else on the page of the thing."""
    asked_anew = here.stage_kind == "joint_check"
    return page.go("reviewer.joint_item", ref=ref) if asked_anew else page.go("duties.task", ref=ref)


def _notice_room(ref: str) -> Response | None:
    found = objections_links.room_of_item(ref)
    if found is None:
        return None
    rooms = {"objection": "reviewer.objection", "notice": "manager.notice", "round": "manager.notices"}
    return page.go(rooms[found[0]], ref=found[1])


@route(blueprint, "/review/items/<ref>/act", methods=("POST",), visitor=Visitor.REVIEWER)
def act(ref: str) -> Response:
    name, sent = request.form.get("act", "judge"), typed()
    page.if_refused(labels=lambda: _labels(_sheet(ref), sent), latest=url_for("reviewer.item", ref=ref))
    if name not in DECIDES:
        raise NotFound
    record, refused = _record(_sheet(ref), ref) if reading.is_written_down(ref) else (None, [])
    values, wrong = record.read() if record is not None else ({}, [])
    wrong += record.check(values, local_day(page.now())) if record is not None else []
    mark = queues.place_of(ref)
    try:
        if refused or (wrong and name in ("pass", "judge")):
            raise InvalidInput([*refused, *wrong])
        inputs = {**sent.inputs, **({"record": values} if values else {})}
        done = actions.perform(
            ref, name, page.actor(), page.now(), seen=page.seen_version(), request_key=page.request_key(), inputs=inputs
        )
    except NotReady as refusal:
        with page.one_look():
            return show(_sheet(ref), ref, sent, refusal.reasons, record)
    return _onwards(ref, name, done, mark)


def _sheet(ref: str) -> Sheet:
    return reading.sheet_of_item(ref, page.actor(), page.now())


def _onwards(ref: str, name: str, done: actions.Acted, mark: Mark | None) -> Response:
    """Said, undoable for ten seconds, and straight on to the next item."""
    asked = wanted()
    if name == "judge":
        page.tell("结论已记下，还没有办结")
        return page.go_to(with_query("reviewer.item", kept_query(asked), ref=ref))
    undoing.offer([done.application], Words("%(name)s：%(act)s", name=done.name, act=page.say(done.label)))
    behind = queues.following(page.actor(), page.now(), asked, mark)
    if request.form.get("from") == "queue":
        return page.go_to(with_query("reviewer.queue", kept_query(asked, at=behind)))
    if behind is None:
        return page.go_to(with_query("reviewer.queue", kept_query(asked)))
    return page.go_to(with_query("reviewer.item", kept_query(asked), ref=behind))


# -- what must be asked for --------------------------------------------------------------------------------------------
@route(blueprint, "/review/items/<ref>/look", methods=("POST",), visitor=Visitor.REVIEWER)
def look(ref: str) -> Response:
    """Open one sealed value or one sealed file, for a reason; everything typed on the desk stays."""
    sheet, sent = reading.sheet_of_item(ref, page.actor(), page.now()), typed()
    page.if_refused(latest=url_for("reviewer.item", ref=ref))
    wish = request.form.get(LOOKED, "")
    why = request.form.get(f"why.{wish}", "")
    opened: dict[str, str] = {}
    reasons: Sequence[Reason] = ()
    try:
        if wish in sheet.files:
            files_opening.state_reason(wish, why, page.actor(), page.now())
            opened[wish] = ""
        else:
            opened[wish] = access.reveal(sheet.ref, wish, why, page.actor(), page.now())
    except InvalidInput:
        reasons = [Reason(Words("请写明为什么要看全文，会记入查看记录"), f"why-{wish}")]
    except NotAllowed as refusal:
        reasons = [Reason(refusal.words, f"why-{wish}")]
    return show(sheet, ref, sent, reasons, _record(sheet, ref)[0], opened)


# -- the page ----------------------------------------------------------------------------------------------------------
def show(
    sheet: Sheet,
    ref: str | None,
    sent: Typed | None = None,
    reasons: Iterable[Reason] = (),
    record: Record | None = None,
    opened: Mapping[str, str] | None = None,
) -> Response:
    asked = wanted()
    here = sheet.item(ref) if ref is not None else None
    before, behind = queues.neighbors(page.actor(), page.now(), asked, ref) if ref is not None else (None, None)
    rules = [light.key for light in sheet.lights]
    placed = [Reason(each.words, _anchored(each.where, rules)) for each in reasons]
    record = record or _blank_record(sheet, here)
    if record is not None:
        record.say(reasons)
    return page.render(
        "pages/reviewer/desk.html",
        status=422 if placed else None,
        sheet=sheet,
        item=here,
        typed=sent or Typed(),
        reasons=placed,
        at=_by_place(placed),
        record=record,
        opened=opened or {},
        query=kept_query(asked),
        before=_address(before, asked),
        behind=_address(behind, asked),
        undo=undoing.offered(),
        decides=[b for b in sheet.buttons if b.name in SHOWN and here is not None and b.item == here.ref],
        beside={b.name: b for b in sheet.buttons if here is not None and b.item == here.ref and b.name not in SHOWN},
        rating=_rating(sheet, here, sent),
        ballot=_ballot(sheet, here),
        whole=[b for b in sheet.buttons if b.name in WHOLE],
        notes=clarifications.beside_case(sheet.ref, reviewing=True),
        flags_open=here is not None and sheet.button("return", here.ref) is not None,
    )


def _rating(sheet: Sheet, here: OpenItem | None, sent: Typed | None) -> rating.Desk | None:
    if here is None or sheet.button("review", here.ref) is None:
        return None
    return rating.desk(here.ref, page.actor(), page.now(), sent.values if sent else None)


def _ballot(sheet: Sheet, here: OpenItem | None) -> str | None:
    """The meeting at which its reader votes on this case themselves."""
    if here is None or here.stage_kind != "vote" or here.duty != "act":
        return None
    return meetings_casting.called_for(page.actor(), sheet.ref)


def _anchored(where: str | None, rules: Sequence[str]) -> str:
    return where if where is not None and where.startswith(OWN_PLACES) else anchor(where, rules)


def _by_place(reasons: Sequence[Reason]) -> dict[str, list[Words]]:
    found: dict[str, list[Words]] = {}
    for reason in reasons:
        found.setdefault(reason.where or "", []).append(reason.words)
    return found


def _address(ref: str | None, asked: queues.Wanted) -> str | None:
    return with_query("reviewer.item", kept_query(asked), ref=ref) if ref is not None else None


def _labels(sheet: Sheet, sent: Typed) -> dict[str, Words | Chosen]:
    names: dict[str, Words | Label | str] = {place.path: place.name for place in sheet.places}
    names |= {answer.path: answer.label for section in sheet.sections for answer in section.answers}
    names |= {light.key: light.name for light in sheet.lights}
    return labels_of(sent, names)


# -- what a stage records ----------------------------------------------------------------------------------------------
def _blank_record(sheet: Sheet, here: OpenItem | None) -> Record | None:
    if here is None or sheet.button("pass", here.ref) is None:
        return None
    return recorded.blank(sheet.record, sheet.recorded, sheet.record_files)


def _record(sheet: Sheet, ref: str) -> tuple[Record | None, list[Reason]]:
    """What was written into the record, with the files that came along or had come before."""
    if sheet.button("pass", ref) is None:
        return None, []
    return recorded.sent(ref, sheet.record, sheet.recorded, sheet.record_files)
