"""What is recorded of one case before it is issued."""

from flask import request, url_for
from werkzeug.wrappers import Response

from forms.review import Record
from workflow.domain.calendar import local_day
from workflow.domain.errors import InvalidInput, NotReady, Reason
from workflow.services import actions, recognitions_recorded
from workflow.web import page, recorded
from workflow.web.manager import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/applications/<ref>/award-record", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def award_record(ref: str) -> Response:
    one = recognitions_recorded.look(ref, page.actor())
    page.if_refused(latest=url_for("manager.award_record", ref=ref))
    if request.method != "POST":
        return _show(one, recorded.blank(one.fields, one.known, one.files))
    record, refused = recorded.sent(one.item, one.fields, one.known, one.files)
    values, wrong = record.read() if record is not None else ({}, [])
    wrong += record.check(values, local_day(page.now())) if record is not None else []
    try:
        if refused or wrong:
            raise InvalidInput([*refused, *wrong])
        actions.perform(
            one.item, "record_award", page.actor(), page.now(), seen=page.seen_version(),
            request_key=page.request_key(), inputs={"record": values},
        )  # fmt: skip
    except NotReady as refusal:
        return _show(one, record, refusal.reasons)
    page.tell("已登记，可以办了")
    return page.go("manager.award", ref=one.round_ref)


def _show(
    one: recognitions_recorded.Recording, record: Record | None, reasons: tuple[Reason, ...] | list[Reason] = ()
) -> Response:
    placed = [Reason(each.words, (each.where or "panel").replace("record.", "record-")) for each in reasons]
    if record is not None:
        record.say(reasons)
    return page.render(
        "pages/manager/award_record.html", status=422 if placed else None, one=one, record=record, reasons=placed
    )
