"""Is this the file that was handed in? The SHA-256 is worked out in the browser or typed in; the file stays there."""

from flask import request
from werkzeug.wrappers import Response
from wtforms import StringField

from forms.base import Paper, at_most, needed, stripped
from workflow.services import fingerprints_compared as service
from workflow.services.fingerprints_compared import AskedTooOften
from workflow.web import page
from workflow.web.public import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


class Compare(Paper):
    receipt = StringField(filters=[stripped], validators=[needed("请写回执号"), at_most(60)])
    digest = StringField(filters=[stripped], validators=[needed("请选文件，或者填文件的 SHA-256"), at_most(200)])


@route(blueprint, "/fingerprint", methods=("GET", "POST"), visitor=Visitor.PUBLIC)
def fingerprint() -> Response:
    form = page.bind(Compare)
    same, asked = None, False
    if page.sent(form):
        with page.at_fields(form, AskedTooOften):
            same = service.compared(form.receipt.data, form.digest.data, request.remote_addr or "", page.now())
            asked = True
    elif request.method == "GET":
        form.receipt.data = request.args.get("receipt", "")[:60]
    response = page.render("pages/public/fingerprint.html", form=form, same=same, asked=asked)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
