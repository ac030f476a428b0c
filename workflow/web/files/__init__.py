"""Attachments on their way out: the file itself as a download, its pages as pictures with a mark across them."""

from urllib.parse import quote

from flask import Blueprint, current_app, make_response, request, send_file
from werkzeug.wrappers import Response

from workflow.services import files_opening
from workflow.web import dates, page
from workflow.web.actor import current_visit
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

blueprint = Blueprint("files", __name__)
SANDBOX = "sandbox; default-src 'none'"


def _sealed_off(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@route(blueprint, "/files/<ref>", visitor=Visitor.ACCOUNT)
def download(ref: str) -> Response:
    return handed_out(files_opening.fetch(ref, page.actor(), page.now()))


def handed_out(found: files_opening.Opened) -> Response:
    """Always an attachment: nothing that somebody handed in is ever shown as a page of this site."""
    response = send_file(found.path, mimetype=found.media_type, conditional=True, etag=found.sha256, max_age=0)
    plain = found.name.encode("ascii", "replace").decode().replace('"', "'").replace("?", "_")
    named = quote(found.name, safe="")
    response.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{named}"
    return _sealed_off(response)


@route(blueprint, "/files/<ref>/pages/<int:number>", visitor=Visitor.ACCOUNT)
def picture(ref: str, number: int) -> Response:
    """One page as a picture; across it the field's own words, who looks, and when."""
    now = page.now()
    found = files_opening.fetch(ref, page.actor(), now, whole=False)
    say = current_app.jinja_env.filters["say"]
    own = [str(say(found.watermark))] if found.watermark else []
    marks = (*own, f"{current_visit().name} {dates.local(now):%Y-%m-%d %H:%M}")
    response = make_response(files_opening.page_picture(ref, number, marks, page.actor(), now))
    response.headers["Content-Type"] = "image/jpeg"
    response.headers["Content-Disposition"] = "inline"
    return _sealed_off(response)


@route(blueprint, "/files/<ref>/open", methods=("POST",), visitor=Visitor.ACCOUNT)
def open_sealed(ref: str) -> Response:
    """Why somebody looks at an L4 file: stated first, on record, then open to them for a quarter of an hour."""
    files_opening.state_reason(ref, request.form.get("reason", ""), page.actor(), page.now())
    return page.go_to(request.form.get("next") or f"/files/{ref}")
