"""How it is used, by who one is."""

from collections.abc import Mapping

from werkzeug.wrappers import Response

from workflow.domain.errors import NotFound
from workflow.domain.words import Words
from workflow.web import page
from workflow.web.public import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

GUIDES: Mapping[str, Words] = {
    "applicant": Words("我来申报"),
    "nominator": Words("单位推荐"),
    "reviewer": Words("审核和评审"),
    "manager": Words("主办项目"),
}


@route(blueprint, "/help", visitor=Visitor.PUBLIC)
def help_index() -> Response:
    return page.render("pages/public/help/index.html", guides=GUIDES)


@route(blueprint, "/help/<who>", visitor=Visitor.PUBLIC)
def help_for(who: str) -> Response:
    if who not in GUIDES:
        raise NotFound
    return page.render(f"pages/public/help/{who}.html", guides=GUIDES, who=who)
