"""All certificates of a round in one file: an act, since who took them is told."""

from urllib.parse import quote

from flask import url_for
from werkzeug.wrappers import Response

from workflow.documents import archive
from workflow.services import certificates_bundled
from workflow.web import dates, page
from workflow.web.applicant.certificate import verify_url
from workflow.web.manager import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/rounds/<ref>/certificates.zip", methods=("POST",), visitor=Visitor.MANAGER)
def certificates_zip(ref: str) -> Response:
    page.if_refused(latest=url_for("manager.recognized", round=ref))
    bundle = certificates_bundled.taken(page.actor(), ref, page.now())
    links = {row.token: verify_url(row.token) for row in bundle.rows}
    pieces = archive.zipped(bundle.files(links.__getitem__), dates.local(page.now()))
    answer = Response(pieces, mimetype="application/zip")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(bundle.name)}"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
