"""The desk of an office that puts people forward by itself: one list for each track, what is short, one person more."""

from werkzeug.wrappers import Response
from wtforms import StringField

from forms.base import Paper, needed, stripped
from workflow.domain.policy import Permission
from workflow.services import putting_forward as service
from workflow.web import page
from workflow.web.nominator import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


class Somebody(Paper):
    channel = StringField(validators=[needed("请选一条渠道")])
    track = StringField(validators=[needed("请选类别")])
    name = StringField(filters=[stripped], validators=[needed("请写姓名")])
    id_no = StringField(filters=[stripped], validators=[needed("请写证件号码")])


@route(blueprint, "/nominate/rounds/<ref>", visitor=Visitor.REVIEWER, permission=Permission.QUEUE_READ)
def lists(ref: str) -> Response:
    return page.render("pages/nominator/lists.html", shown=service.lists(page.actor(), ref, page.now()))


@route(
    blueprint,
    "/nominate/rounds/<ref>/new",
    methods=("GET", "POST"),
    visitor=Visitor.NOMINATOR,
    permission=Permission.QUEUE_READ,
)
def put_forward(ref: str) -> Response:
    shown = service.opening(page.actor(), ref, page.now())
    form = page.bind(Somebody)
    if page.sent(form):
        said = (form.channel.data, form.track.data, form.name.data, form.id_no.data)
        with page.at_fields(form):
            return page.go("applicant.status", ref=service.begin(ref, *said, page.actor(), page.now()))
    return page.render(
        "pages/nominator/put_forward.html",
        form=form,
        shown=shown,
        channels=[(each.key, page.say(each.name)) for each in shown.channels],
        tracks=[(each.key, page.say(each.name)) for each in shown.definition.tracks.values()],
    )
