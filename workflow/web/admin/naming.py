"""The name of a person in the register, corrected with the paper it rests on."""

from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Response

from forms.accounts import CorrectedName
from workflow.domain.policy import Permission
from workflow.services import people as service
from workflow.web import acting, page
from workflow.web.admin import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

CORRECTS: Mapping[str, Any] = {"visitor": Visitor.ADMIN, "permission": Permission.PERSON_CORRECT}


@route(blueprint, "/people/<ref>/name", methods=("GET", "POST"), **CORRECTS)
def correct_name(ref: str) -> Response:
    name = service.to_correct(page.actor(), ref)
    form = page.bind(CorrectedName, name=name)
    if page.sent(form):
        with acting.in_words(form):
            return acting.once(lambda: _corrected(ref, name, form))
    return page.render("pages/admin/name.html", status=422 if form.reasons else 200, name=name, form=form)


def _corrected(ref: str, was: str, form: CorrectedName) -> Response:
    service.correct_name(page.actor(), page.now(), ref, form.name.data, form.basis.data)
    page.tell("姓名已由“%(was)s”更正为“%(now)s”", "ok", was=was, now=form.name.data)
    return page.go("admin.people")
