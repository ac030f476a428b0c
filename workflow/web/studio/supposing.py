"""What if: the applications of a round judged once more under a draft, as a reckoning that changes nobody's result."""

from collections.abc import Mapping, Sequence

from werkzeug.wrappers import Response

from workflow.domain.errors import NotFound, NotReady, Reason
from workflow.domain.program.schema import Label
from workflow.domain.words import Words
from workflow.services.studio import rounds_of, supposing
from workflow.services.studio.supposing import Supposed
from workflow.web import page
from workflow.web.routes import page as route
from workflow.web.studio import blueprint
from workflow.web.studio.desk import BUILDS, Desk
from workflow.web.studio.tabs import TABS

MOST = 1_000
"""What one request bears: the newest of a round."""
SHOWN = 200
ANSWERS: Mapping[str | None, Words] = {
    "meets": Words("符合"),
    "look": Words("人工判断"),
    "fails": Words("不符合"),
    None: Words("不问这一条"),
}


@route(blueprint, "/<ref>/what-if", **BUILDS)
def what_if(ref: str) -> Response:
    return _shown(ref)


@route(blueprint, "/<ref>/what-if/<round_ref>", **BUILDS)
def what_if_of(ref: str, round_ref: str) -> Response:
    if all(one.ref != round_ref for one in rounds_of.listed(ref, page.actor())):
        raise NotFound
    try:
        found = supposing.suppose(ref, page.actor(), page.now(), round_ref=round_ref, most=MOST)
    except NotReady as refusal:
        return _shown(ref, round_ref, reasons=refusal.reasons)
    return _shown(ref, round_ref, found)


def _shown(ref: str, round_ref: str = "", found: Supposed | None = None, reasons: Sequence[Reason] = ()) -> Response:
    desk = Desk(ref)
    return page.render(
        "pages/studio/what_if.html",
        status=422 if reasons else 200,
        desk=desk,
        draft=desk.draft,
        tabs=TABS,
        known=rounds_of.listed(ref, page.actor()),
        here=round_ref,
        found=found,
        criteria=_criteria(found) if found is not None else (),
        answers=ANSWERS,
        most=MOST,
        shown=SHOWN,
        sum_reasons=reasons,
    )


def _criteria(found: Supposed) -> Sequence[tuple[Label, int]]:
    """Each condition or pass mark by which somebody differs, and how many do."""
    names = {one.key: one.name for case in found.differing for one in case.by}
    return [(names[key], number) for key, number in sorted(found.by.items(), key=lambda each: -each[1])]
