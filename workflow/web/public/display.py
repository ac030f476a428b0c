"""Language, size and contrast, changed from any page by a form; nothing of it needs a script or an account."""

from flask import request
from werkzeug.wrappers import Response

from workflow.services import accounts
from workflow.web import display, page
from workflow.web.public import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/display", methods=("POST",), visitor=Visitor.PUBLIC)
def set_display() -> Response:
    wished, language = display.wished()
    who = page.actor()
    if who.kind == "account":
        spoken = {"language": "en" if language == "en" else "zh"} if language else {}
        accounts.set_preferences(who, page.now(), {"display": wished.packed(), **spoken})
    if request.form.get("said"):
        page.tell("设置已存下")
    return display.keep(page.go_to(request.form.get("next") or "/"), wished, language)
