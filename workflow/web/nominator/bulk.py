"""Nominating many from a spreadsheet: template, a verdict for each row, the wrong rows as a file, then drafts."""

from flask import url_for
from werkzeug.wrappers import Response

from workflow.domain.policy import Permission
from workflow.domain.words import Words
from workflow.services.imports_nominations import Nominations
from workflow.services.nominating_list import Where
from workflow.web import importing, page
from workflow.web.importing import Way
from workflow.web.nominator import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

_AT = "/nominate/<ref>/<channel>/<unit>/list"


def _way(ref: str, channel: str, unit: str) -> Way:
    kind = Nominations(page.actor(), Where(ref, channel, unit))
    values = {"ref": ref, "channel": channel, "unit": unit}
    return Way(
        kind,
        Words("表格批量提名：%(channel)s", channel=kind.definition.channels[channel].name),
        Words("每行一个人。导入以后每人有一份草稿：补上附件和表格，提交，再由本人用链接确认。同一个人不会有两份"),
        back=(url_for("nominator.desk", ref=ref, channel=channel, unit=unit), Words("名单")),
        room="nominator.bulk",
        values=values,
    )


@route(blueprint, _AT, methods=("GET", "POST"), visitor=Visitor.NOMINATOR, permission=Permission.QUEUE_READ)
def bulk(ref: str, channel: str, unit: str) -> Response:
    return importing.upload(_way(ref, channel, unit))


@route(blueprint, f"{_AT}/template.xlsx", visitor=Visitor.NOMINATOR, permission=Permission.QUEUE_READ)
def bulk_template(ref: str, channel: str, unit: str) -> Response:
    return importing.template(_way(ref, channel, unit))


@route(
    blueprint,
    f"{_AT}/<staged>",
    methods=("GET", "POST"),
    visitor=Visitor.NOMINATOR,
    permission=Permission.QUEUE_READ,
)
def bulk_preview(ref: str, channel: str, unit: str, staged: str) -> Response:
    return importing.preview(_way(ref, channel, unit), staged)


@route(blueprint, f"{_AT}/<staged>/errors.xlsx", visitor=Visitor.NOMINATOR, permission=Permission.QUEUE_READ)
def bulk_errors(ref: str, channel: str, unit: str, staged: str) -> Response:
    return importing.errors(_way(ref, channel, unit), staged)


@route(
    blueprint,
    f"{_AT}/<staged>/drop",
    methods=("POST",),
    visitor=Visitor.NOMINATOR,
    permission=Permission.QUEUE_READ,
)
def bulk_drop(ref: str, channel: str, unit: str, staged: str) -> Response:
    return importing.drop(_way(ref, channel, unit), staged)
