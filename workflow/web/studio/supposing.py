"""What if: the applications of a round judged once more under a draft, as a reckoning that changes nobody's result."""

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO

from flask import request, send_file
from werkzeug.wrappers import Response

from models.studio import TrialKind
from workflow.documents.spreadsheet import Table, Value, write
from workflow.domain import marks
from workflow.domain.errors import NotFound, NotReady, Reason
from workflow.domain.words import Words
from workflow.services.studio import rounds_of, supposing, supposing_kept
from workflow.services.studio import trials as service
from workflow.services.studio.supposing_kept import Line, Supposed
from workflow.web import acting, page
from workflow.web.routes import page as route
from workflow.web.studio import blueprint
from workflow.web.studio.desk import BUILDS, Desk
from workflow.web.studio.tabs import TABS
from workflow.web.studio.trials import STATES, of

EVERY_ROUND = ""
SHOWN = 200
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLE = Words("换成这一稿")
HEADER = (
    Words("编号"),
    Words("现在"),
    Words("换成这一稿"),
    Words("因为哪一条"),
    Words("这一条现在"),
    Words("这一条换成以后"),
    Words("总分现在"),
    Words("总分换成以后"),
    Words("分差在哪里"),
    Words("按总分的名次"),
)
ANSWERS: Mapping[str | None, Words] = {
    "meets": Words("符合"),
    "look": Words("人工判断"),
    "fails": Words("不符合"),
    None: Words("不问这一条"),
}


@route(blueprint, "/<ref>/what-if", methods=("GET", "POST"), **BUILDS)
def what_if(ref: str) -> Response:
    reasons: Sequence[Reason] = ()
    if request.method == "POST":
        try:
            return acting.once(lambda: _begun(ref))
        except NotReady as refusal:
            reasons = refusal.reasons
    desk = Desk(ref)
    return page.render(
        "pages/studio/what_ifs.html",
        status=422 if reasons else 200,
        desk=desk,
        draft=desk.draft,
        tabs=TABS,
        rounds=[(one.ref, one.name) for one in rounds_of.listed(ref, page.actor())],
        lines=service.listed(ref, page.actor(), TrialKind.WHAT_IF),
        states=STATES,
        most=supposing.MOST,
        chosen=request.form.get("round", EVERY_ROUND),
        sum_reasons=reasons,
    )


def _begun(ref: str) -> Response:
    chosen = request.form.get("round", EVERY_ROUND)
    trial = supposing.start(ref, page.actor(), page.now(), round_ref=chosen or None)
    return page.go("studio.what_if_of", ref=ref, trial=trial)


@route(blueprint, "/<ref>/what-if/<trial>", methods=("GET", "POST"), **BUILDS)
def what_if_of(ref: str, trial: str) -> Response:
    here = of(ref, trial, TrialKind.WHAT_IF)
    if request.method == "POST":
        service.cancel(here.ref, page.actor(), page.now())
        return page.go("studio.what_if", ref=ref)
    desk = Desk(ref)
    return page.render(
        "pages/studio/what_if.html",
        desk=desk,
        draft=desk.draft,
        tabs=TABS,
        trial=here,
        states=STATES,
        found=supposing_kept.read(here.result) if here.result is not None else None,
        answers=ANSWERS,
        points=marks.shown,
        shown=SHOWN,
    )


@route(blueprint, "/<ref>/what-if/<trial>/table", **BUILDS)
def what_if_table(ref: str, trial: str) -> Response:
    """Everybody who would differ: by number, as on the page, and no more of them."""
    here = of(ref, trial, TrialKind.WHAT_IF)
    if here.result is None:
        raise NotFound
    found = supposing_kept.read(here.result)
    header = [page.say(words) for words in HEADER]
    table = Table(page.say(TITLE), header, (row for line in found.lines for row in _rows(found, line)))
    name = f"{Desk(ref).draft.key}-{here.revision}.xlsx"
    return send_file(BytesIO(write([table])), mimetype=_XLSX, as_attachment=True, download_name=name)


def _rows(found: Supposed, line: Line) -> Iterator[Sequence[Value]]:
    """One for each answer that differs, else one for the place."""
    places = "；".join(
        f"{page.say(found.sheets[at.sheet])} {at.before} → {at.after} / {at.of}" for at in line.standings
    )
    first = (line.number, *(page.say(ANSWERS[word]) for word in (line.before, line.after)))
    for one in line.by:
        totals = tuple(marks.shown(total) if total is not None else None for total in one.totals or (None, None))
        parts = "；".join(f"{page.say(part.name)} {_points(part.before)} → {_points(part.after)}" for part in one.parts)
        yield (
            *first,
            page.say(one.name),
            *(page.say(ANSWERS[word]) for word in (one.before, one.after)),
            *totals,
            parts,
            places,
        )
    if not line.by:
        yield (*first, None, None, None, None, None, None, places)


def _points(value: int | None) -> str:
    return marks.shown(value) if value is not None else "-"
