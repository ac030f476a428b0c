"""Nominating many from a spreadsheet: template, a verdict for each row, the wrong rows as a file, then drafts."""

from flask import url_for

from workflow.domain.policy import Permission
from workflow.domain.words import Words
from workflow.services.imports_nominations import Nominations
from workflow.services.nominating_list import Where
from workflow.web import importing, page
from workflow.web.importing import Way
from workflow.web.nominator import blueprint
from workflow.web.routes import Visitor


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


importing.hang(
    blueprint,
    "/nominate/<ref>/<channel>/<unit>/list",
    "bulk",
    _way,
    visitor=Visitor.NOMINATOR,
    permission=Permission.QUEUE_READ,
)
