"""What one was told: a list to look at, a button that opens one, a button for all."""

from werkzeug.wrappers import Response

from workflow.i18n import SOURCE, language_now
from workflow.services import inbox as service
from workflow.web import page, places
from workflow.web.account import blueprint
from workflow.web.navigation import at_desk
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/inbox", visitor=Visitor.ACCOUNT)
def inbox() -> Response:
    number = page.page_number()
    language = "zh" if language_now() == SOURCE else "en"
    entries, more = service.page(page.actor(), page.now(), number, language)
    return page.render(
        "pages/account/inbox.html", entries=entries, more=more, number=number, desk=at_desk(page.actor())
    )


@route(blueprint, "/inbox/<ref>", methods=("POST",), visitor=Visitor.ACCOUNT)
def open_message(ref: str) -> Response:
    return page.go_to(places.url_to(service.opened(page.actor(), ref, page.now())))


@route(blueprint, "/inbox/read", methods=("POST",), visitor=Visitor.ACCOUNT)
def read_inbox() -> Response:
    service.read_all(page.actor(), page.now())
    return page.go("account.inbox")
