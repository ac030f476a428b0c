"""People and organizations: found, and brought in from spreadsheets."""

from collections.abc import Mapping
from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from workflow.domain.policy import Permission, can
from workflow.domain.words import Words
from workflow.services import people as service
from workflow.services.imports_organizations import OrganizationList
from workflow.services.imports_people import PeopleList
from workflow.web import importing, page
from workflow.web.admin import blueprint
from workflow.web.importing import Way
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

KEEPS_PEOPLE: Mapping[str, Any] = {"visitor": Visitor.ADMIN, "permission": Permission.PERSON_IMPORT}
KEEPS_UNITS: Mapping[str, Any] = {"visitor": Visitor.ADMIN, "permission": Permission.ORGANIZATION_APPROVE}
PER_PAGE = 50


@route(blueprint, "/people", methods=("GET", "POST"), **KEEPS_PEOPLE)
def people() -> Response:
    """A search is sent as a form: a whole ID number must not come to stand in an address. It changes nothing."""
    typed, after = request.form.get("q", "")[:80], request.args.get("after", "")
    if typed.strip():
        found = service.search(page.actor(), typed, PER_PAGE)
    else:
        found = list(service.listed(page.actor(), None, after, PER_PAGE + 1))
    lines, more = found[:PER_PAGE], len(found) > PER_PAGE
    return page.render(
        "pages/admin/people.html",
        lines=lines,
        typed=typed,
        corrects=can(page.actor(), Permission.PERSON_CORRECT),
        erases=can(page.actor(), Permission.PERSON_ERASE),
        next_url=url_for("admin.people", after=lines[-1].ref) if more else None,
        first_url=url_for("admin.people") if after else None,
    )


def _people() -> Way:
    return Way(
        PeopleList(),
        Words("导入人员"),
        Words("每行一个人：姓名、证件号码，其余可以没有。同一个证件号码只会有一个人，重复导入不会多出来"),
        back=(url_for("admin.people"), Words("人才")),
        room="admin.people_list",
    )


importing.hang(blueprint, "/people/list", "people_list", _people, **KEEPS_PEOPLE)


def _units() -> Way:
    return Way(
        OrganizationList(),
        Words("导入单位"),
        Words("每行一个单位：名称、类型、信用代码、人数和来源。带管理员几列的，要由系统管理员来导入"),
        back=(url_for("admin.organizations"), Words("单位")),
        room="admin.organization_list",
    )


importing.hang(blueprint, "/organizations/list", "organization_list", _units, **KEEPS_UNITS)
