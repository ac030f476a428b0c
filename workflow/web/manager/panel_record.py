"""What the meeting writes down for every case that it decides, on its board."""

from typing import BinaryIO, cast

from flask import request
from werkzeug.wrappers import Response

from forms.review import PREFIX, Record
from workflow.domain.calendar import local_day
from workflow.domain.errors import InvalidInput
from workflow.domain.program.schema import FileField
from workflow.services import meetings_record
from workflow.services.meetings_board import Board
from workflow.services.meetings_record import Came
from workflow.web import page
from workflow.web.manager import blueprint
from workflow.web.manager.panel import show
from workflow.web.manager.panel_lines import open_board
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/meetings/<ref>/record", methods=("POST",), visitor=Visitor.MANAGER)
def record_meeting(ref: str) -> Response:
    board = open_board(ref)
    record = Record(board.asked, sent=request.form)
    values, wrong = record.read()
    reasons = (*wrong, *record.check(values, local_day(page.now())))
    if not reasons:
        try:
            meetings_record.write(page.actor(), page.now(), ref, values, _came(board), seen=page.seen_version())
        except InvalidInput as refusal:
            reasons = refusal.reasons
        else:
            page.tell("会议记录已记下")
            return page.go("manager.meeting", ref=ref)
    record.say(reasons)
    return show(board, reasons=reasons, record=record)


def _came(board: Board) -> dict[str, list[Came]]:
    found: dict[str, list[Came]] = {}
    for key, field in board.asked.items():
        sent = request.files.getlist(f"{PREFIX}{key}") if isinstance(field, FileField) else []
        several = [Came(one.filename, cast(BinaryIO, one.stream)) for one in sent if one.filename]
        if several:
            found[key] = several
    return found
