"""After publishing: what the new version did to the cases that run, what else it shall do, and the way back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from flask import request
from werkzeug.wrappers import Response

from workflow.domain.errors import InvalidInput, NotReady, Reason
from workflow.domain.words import Words
from workflow.services.programs import Published
from workflow.services.studio import adopting, adopting_whom, adoptions
from workflow.services.studio.adopting_plan import Choice
from workflow.services.studio.adopting_whom import Whom
from workflow.services.studio.adoptions import After
from workflow.web import acting, page
from workflow.web.routes import page as route
from workflow.web.studio import blueprint
from workflow.web.studio.desk import BUILDS, REACHES

IN_A_REQUEST = timedelta(seconds=3)
"""A short list is done when the page comes; of a longer one the clock does the rest."""
WHO = (("all", Words("所有还能改的件")), ("rounds", Words("只改选定的批次")), ("cases", Words("只改选定的件")))


@dataclass(frozen=True)
class Typed:
    """What the paper says. `who` narrows: rounds and single cases count only where they are asked for."""

    paths: Sequence[str] = ()
    who: str = "all"
    rounds: Sequence[str] = ()
    cases: Sequence[str] = ()
    asked: str = ""
    reason: str = ""
    reasons: Sequence[Reason] = field(default=(), compare=False)

    def choice(self, after: After) -> Choice:
        """Raises what is missing, at its place."""
        wanted = frozenset(one.path for one in after.changes if one.choosable and one.spelled in set(self.paths))
        if not wanted:
            raise InvalidInput([Reason(Words("请勾选要改到在办的件上的改动"), "path")])
        if self.who == "rounds" and not self.rounds:
            raise InvalidInput([Reason(Words("请勾选要改的批次"), "round")])
        if self.who == "cases" and not self.cases:
            raise InvalidInput([Reason(Words("请勾选要改的件"), "case")])
        rounds = frozenset(self.rounds) if self.who == "rounds" else frozenset()
        return Choice(wanted, rounds, frozenset(self.cases) if self.who == "cases" else frozenset())


def _typed() -> Typed:
    given = request.form
    who = given.get("who", "all")
    return Typed(
        given.getlist("path"), who if who in dict(WHO) else "all", given.getlist("round"), given.getlist("case"),
        given.get("asked", "").strip()[:100], given.get("reason", "").strip()[:500],
    )  # fmt: skip


@route(blueprint, "/versions/<ref>/<int:number>/cases", methods=("GET", "POST"), **BUILDS)
def version_cases(ref: str, number: int) -> Response:
    after, typed = adoptions.shown(ref, number, page.actor()), _typed()
    if request.method == "GET":
        return _shown(after, typed)
    try:
        if request.form.get("do") == "look":
            return _looked(after, typed)
        return acting.once(lambda: _decided(after, typed))
    except InvalidInput as refusal:
        return _shown(after, typed, reasons=refusal.reasons)


def _shown(after: After, typed: Typed, reasons: Sequence[Reason] = (), whom: Whom | None = None) -> Response:
    actor, key = page.actor(), request.args.get("done", "")
    choosable = any(one.choosable for one in after.changes)
    lines, others = adopting_whom.cases(after.version_id, typed.asked, typed.cases, actor) if choosable else ((), 0)
    return page.render(
        "pages/studio/cases.html",
        status=422 if reasons else 200,
        after=after,
        done=adoptions.outcome(after.version_id, key, actor) if key else None,
        typed=typed,
        who=WHO,
        rounds=adopting_whom.rounds_with_cases(after.version_id, actor) if choosable else (),
        lines=lines,
        others=others,
        most=adopting_whom.MOST,
        whom=whom,
        sum_reasons=reasons,
        sent=request.form if reasons else {},
        reaches=REACHES,
    )


def _looked(after: After, typed: Typed) -> Response:
    """Nothing is decided: what it would do, and the cases that were asked for. Asked for no change, only the search."""
    searches = typed.who == "cases" and not typed.cases
    if searches or not typed.paths:
        return _shown(after, typed, [] if typed.asked or searches else [_nothing()])
    return _shown(after, typed, whom=adopting_whom.whom(after.version_id, typed.choice(after), page.actor()))


def _nothing() -> Reason:
    return Reason(Words("请勾选要改到在办的件上的改动"), "path")


def _decided(after: After, typed: Typed) -> Response:
    actor, now = page.actor(), page.now()
    if key := request.form.get("revert"):
        if key not in {one.key for one in after.decisions if one.may_revert}:
            raise InvalidInput([Reason(Words("这一次已经改回去，或没有可以改回去的件"))])
        why = request.form.get(f"why-{key}", "").strip()[:500]
        return _carried(after, adopting.begin_back(after.version_id, key, actor, now, why))
    if request.form.get("do") == "by_itself":
        return _carried(after, adopting.begin(after.version_id, actor, now))
    choice = typed.choice(after)
    return _carried(after, adopting.begin(after.version_id, actor, now, choice=choice, reason=typed.reason))


def _carried(after: After, key: str) -> Response:
    adopting.go_on(key, page.now(), IN_A_REQUEST)
    return page.go("studio.version_cases", ref=after.ref, number=after.number, done=key)


def published(made: Published) -> Response:
    """What reaches running cases by itself does so at once; the rest is decided on the page this leads to."""
    after = adoptions.shown(made.program_ref, made.number, page.actor())
    try:
        return _carried(after, adopting.begin(made.version_id, page.actor(), page.now()))
    except NotReady:  # an older version is still on its way: the page has the button for later
        return page.go("studio.version_cases", ref=after.ref, number=after.number)
