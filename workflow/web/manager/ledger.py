"""Taking the ledger of a round: an act, since who took it is told."""

from io import BytesIO

from flask import send_file
from werkzeug.wrappers import Response

from workflow.services import ledger as service
from workflow.web import page
from workflow.web.manager import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@route(blueprint, "/rounds/<ref>/ledger", visitor=Visitor.MANAGER, methods=("POST",))
def ledger(ref: str) -> Response:
    taken = service.ledger(page.actor(), ref, page.now(), page.say)
    return send_file(BytesIO(taken.data), mimetype=_XLSX, as_attachment=True, download_name=taken.name)
