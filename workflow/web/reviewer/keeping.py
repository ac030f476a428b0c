"""What one keeps of the queue: its filters under a name, and the list itself as a table."""

from io import BytesIO
from typing import Any

from flask import request, send_file
from werkzeug.wrappers import Response

from workflow.domain.errors import InvalidInput
from workflow.domain.policy import Permission
from workflow.services import queue_export, queues, saved_views
from workflow.services.saved_views import Saved
from workflow.web import page
from workflow.web.reviewer import blueprint
from workflow.web.reviewer.asking import kept_query, wanted, wanted_in, with_query
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def listed(here: str) -> list[dict[str, Any]]:
    """One's own views with their counts."""
    mine: tuple[Saved, ...] = saved_views.mine(page.actor())
    counts = queues.counted(page.actor(), page.now(), [wanted_in(one.query) for one in mine])
    return [
        {
            "ref": one.ref,
            "name": one.name,
            "query": one.query,
            "count": f"{count} +" if more else str(count),
            "here": one.query == here,
        }
        for one, (count, more) in zip(mine, counts, strict=True)
    ]


@route(blueprint, "/review/views", methods=("POST",), visitor=Visitor.REVIEWER, permission=Permission.QUEUE_READ)
def keep_view() -> Response:
    query = kept_query(wanted())
    try:
        saved_views.keep(page.actor(), page.now(), request.form.get("name", "")[:200], query)
        page.tell("视图已存好，在左边“存下的筛选”里")
    except InvalidInput as refused:
        for reason in refused.reasons:
            page.tell(reason.words.text, "stop", **reason.words.params)
    return page.go_to(with_query("reviewer.queue", query))


@route(
    blueprint,
    "/review/views/<ref>/drop",
    methods=("POST",),
    visitor=Visitor.REVIEWER,
    permission=Permission.QUEUE_READ,
)
def drop_view(ref: str) -> Response:
    saved_views.drop(page.actor(), ref)
    page.tell("视图已删掉，件都还在")
    return page.go("reviewer.queue")


@route(blueprint, "/review/export", methods=("POST",), visitor=Visitor.REVIEWER, permission=Permission.QUEUE_READ)
def export() -> Response:
    """Exactly what the filters of the page leave; who took it stands on record."""
    made = queue_export.export(page.actor(), page.now(), wanted())
    return send_file(BytesIO(made), mimetype=_XLSX, as_attachment=True, download_name="queue.xlsx")
