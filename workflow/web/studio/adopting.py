"""After publishing: what the new version did to the cases that run, what else it shall do, and the way back."""

from collections.abc import Sequence

from flask import request, url_for
from werkzeug.wrappers import Response

from workflow.domain.errors import InvalidInput, Reason
from workflow.domain.words import Words
from workflow.services.programs import Published
from workflow.services.studio import adopting, adoptions
from workflow.services.studio.adopting import Adopted
from workflow.services.studio.adopting_plan import Choice
from workflow.web import acting, page
from workflow.web.routes import page as route
from workflow.web.studio import blueprint
from workflow.web.studio.desk import BUILDS, REACHES


@route(blueprint, "/versions/<ref>/<int:number>/cases", methods=("GET", "POST"), **BUILDS)
def version_cases(ref: str, number: int) -> Response:
    reasons: Sequence[Reason] = ()
    if request.method == "POST":
        try:
            return acting.once(lambda: _decided(ref, number))
        except InvalidInput as refusal:
            reasons = refusal.reasons
    return _shown(ref, number, reasons=reasons)


def _shown(ref: str, number: int, done: Adopted | None = None, reasons: Sequence[Reason] = ()) -> Response:
    after = adoptions.shown(ref, number, page.actor())
    aside = adoptions.numbers_of(done.aside, page.actor()) if done is not None else {}
    return page.render(
        "pages/studio/cases.html",
        status=422 if reasons else 200,
        after=after,
        done=done,
        aside=aside,
        sum_reasons=reasons,
        sent=request.form if reasons else {},
        ticked=request.form.getlist("path") if reasons else (),
        reaches=REACHES,
    )


def _decided(ref: str, number: int) -> Response:
    after, actor, now = adoptions.shown(ref, number, page.actor()), page.actor(), page.now()
    reason = request.form.get("reason", "").strip()[:500]
    if key := request.form.get("revert"):
        if key not in {one.key for one in after.decisions if one.may_revert}:
            raise InvalidInput([Reason(Words("这一次已经改回去，或没有可以改回去的件"))])
        back = adopting.revert(after.version_id, key, actor, now, request.form.get(f"why-{key}", "").strip()[:500])
        page.tell("已改回去 %(n)s 件", n=back.moved)
        return _after(ref, number, back)
    if request.form.get("do") == "by_itself":
        return _after(ref, number, adopting.adopt(after.version_id, actor, now))
    wanted = set(request.form.getlist("path"))
    paths = frozenset(one.path for one in after.changes if one.choosable and one.spelled in wanted)
    if not paths:
        raise InvalidInput([Reason(Words("请勾选要改到在办的件上的改动"), "path")])
    return _after(ref, number, adopting.adopt(after.version_id, actor, now, choice=Choice(paths), reason=reason))


def _after(ref: str, number: int, done: Adopted) -> Response:
    """What was done, shown once; sent a second time, the same act leads to the page as it stands."""
    shown = _shown(ref, number, done)
    shown.headers["Location"] = url_for("studio.version_cases", ref=ref, number=number)
    return shown


def published(made: Published) -> Response:
    """What reaches running cases by itself does so at once; the rest is decided on the page this leads to."""
    return _after(made.program_ref, made.number, adopting.adopt(made.version_id, page.actor(), page.now()))
