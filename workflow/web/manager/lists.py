"""Who holds which role, from a spreadsheet: look at each row first, then let it happen."""

from flask import url_for
from werkzeug.wrappers import Response

from workflow.domain.words import Words
from workflow.services import rounds as service
from workflow.services.imports_bindings import BindingList
from workflow.web import importing, page
from workflow.web.importing import Way
from workflow.web.manager import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


def _way(ref: str) -> Way:
    line = service.sheet(page.actor(), ref).line
    return Way(
        BindingList(page.actor(), ref),
        Words("导入角色名单"),
        Words("每行一个人：角色、账号；由单位出人的角色还要写单位。账号要先建好"),
        back=(url_for("manager.staff", ref=ref), Words("%(name)s的角色", name=line.name)),
        room="manager.role_list",
        values={"ref": ref},
    )


@route(blueprint, "/rounds/<ref>/roles/list", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def role_list(ref: str) -> Response:
    return importing.upload(_way(ref))


@route(blueprint, "/rounds/<ref>/roles/list/template.xlsx", visitor=Visitor.MANAGER)
def role_list_template(ref: str) -> Response:
    return importing.template(_way(ref))


@route(blueprint, "/rounds/<ref>/roles/list/<staged>", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def role_list_preview(ref: str, staged: str) -> Response:
    return importing.preview(_way(ref), staged)


@route(blueprint, "/rounds/<ref>/roles/list/<staged>/errors.xlsx", visitor=Visitor.MANAGER)
def role_list_errors(ref: str, staged: str) -> Response:
    return importing.errors(_way(ref), staged)


@route(blueprint, "/rounds/<ref>/roles/list/<staged>/drop", methods=("POST",), visitor=Visitor.MANAGER)
def role_list_drop(ref: str, staged: str) -> Response:
    return importing.drop(_way(ref), staged)
