"""Who holds which role, from a spreadsheet: look at each row first, then let it happen."""

from flask import url_for

from workflow.domain.words import Words
from workflow.services import rounds as service
from workflow.services.imports_bindings import BindingList
from workflow.web import importing, page
from workflow.web.importing import Way
from workflow.web.manager import blueprint
from workflow.web.routes import Visitor


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


importing.hang(blueprint, "/rounds/<ref>/roles/list", "role_list", _way, visitor=Visitor.MANAGER)
