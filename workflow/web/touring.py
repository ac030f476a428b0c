"""The tour while it runs: which step is the present one, kept in a cookie of its own, and what the demo's bar says.

Signing in as the next one makes the session anew; the cookie stays. It is signed, says nothing of the reader, and what
is done is asked of the records each time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flask import after_this_request, current_app, g, request, url_for
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wrappers import Response

from workflow.domain.errors import NotFound
from workflow.i18n import language_now
from workflow.services.demo import entering, touring
from workflow.services.demo.entering import Entered
from workflow.services.demo.touring import STEPS, Errand, Step
from workflow.services.signing_in import Here
from workflow.web import actor, page

COOKIE = "tour"
_DAY = 86_400


@dataclass(frozen=True)
class Tour:
    """`at`: the step one is at; `ground`: the path under which it is done; `account`: as whom."""

    at: int = 0
    account: int | None = None
    ground: str | None = None
    marks: Mapping[str, str] = field(default_factory=dict)  # of each step that was begun: what shows that it is done
    skipped: frozenset[str] = frozenset()

    @property
    def step(self) -> Step:
        return STEPS[self.at]

    def passed(self) -> frozenset[str]:
        return touring.done(self.marks) | self.skipped

    def next_at(self, passed: frozenset[str]) -> int | None:
        """The present one as long as it is not passed, then the next that is not; None at the end."""
        order = (*range(self.at, len(STEPS)), *range(self.at))
        return next((nth for nth in order if STEPS[nth].who not in passed), None)


@dataclass(frozen=True)
class Guide:
    """What the bar says. `step` None: all were taken. `now`: what the one button does."""

    number: int
    of: int
    step: Step | None
    just: int | None  # the number of the step that was done just now
    now: str  # next, back, skip, over
    skipped: int


# -- the cookie --------------------------------------------------------------------------------------------------------
def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="tour")


def current() -> Tour | None:
    """None where no tour runs; a cookie that is not ours counts as none."""
    packed = request.cookies.get(COOKIE)
    if not packed or not page.setting("DEMO"):
        return None
    try:
        at, account, ground, marks, skipped = _signer().loads(packed)
        return Tour(int(at) % len(STEPS), account, ground, dict(marks), frozenset(skipped))
    except (BadData, TypeError, ValueError):
        return None


def keep(response: Response, tour: Tour) -> Response:
    packed = _signer().dumps([tour.at, tour.account, tour.ground, dict(tour.marks), sorted(tour.skipped)])
    text = packed if isinstance(packed, str) else packed.decode()
    response.set_cookie(COOKIE, text, max_age=_DAY, secure=request.is_secure, httponly=True, samesite="Lax")
    return response


def drop(response: Response) -> Response:
    response.delete_cookie(COOKIE, secure=request.is_secure, httponly=True, samesite="Lax")
    return response


# -- the bar -----------------------------------------------------------------------------------------------------------
def guide() -> Guide | None:
    """For the page that is being drawn; asked once."""
    if "guide" not in g:
        tour = current()
        g.guide = _guide(_seen(tour)) if tour is not None else None
    found: Guide | None = g.guide
    return found


def _guide(tour: Tour) -> Guide:
    passed = tour.passed()
    at, many = tour.next_at(passed), len(STEPS)
    just = tour.at + 1 if tour.step.who in passed - tour.skipped else None
    if at is None:
        return Guide(many, many, None, just, "over", len(tour.skipped))
    if at != tour.at or tour.ground is None:
        return Guide(at + 1, many, STEPS[at], just, "next", len(tour.skipped))
    return Guide(at + 1, many, tour.step, None, "skip" if _there(tour) else "back", len(tour.skipped))


def _there(tour: Tour) -> bool:
    ground = tour.ground or ""
    on_path = request.path == ground or request.path.startswith(f"{ground}/")
    return on_path and actor.current_actor().account_id == tour.account


def _seen(tour: Tour) -> Tour:
    """A step that is a look is done when its page is opened."""
    kind, _, token = tour.marks.get(tour.step.who, "").partition(":")
    if kind != "look" or request.path != url_for("public.verified", token=token):
        return tour
    seen = replace(tour, marks={**tour.marks, tour.step.who: "seen"})
    after_this_request(lambda response: keep(response, seen))
    return seen


# -- going on ----------------------------------------------------------------------------------------------------------
def come_in(who: str) -> Entered:
    """Be somebody of the town in this browser, in the language that one reads."""
    here = Here(request.remote_addr or "", request.user_agent.string, actor.current_visit().token or None)
    language = "en" if language_now() == "en" else "zh"
    entered = entering.enter(who, page.now(), here, language)
    actor.enter(entered.signed_in.token)
    return entered


def enter(tour: Tour, at: int) -> Response:
    """Sign in as who takes this step and go where it is done."""
    step = STEPS[at]
    try:
        entered = come_in(step.who)
    except NotFound:
        return _nothing_left(tour, at)
    errand = touring.errand(step, entered, page.now())
    if errand is None:
        return _nothing_left(tour, at)
    known = tour.marks if step.who in touring.done(tour.marks) else {**tour.marks, step.who: errand.mark}
    ground, target = _place(errand)
    moved = Tour(at, entered.actor.account_id, ground, known, tour.skipped - {step.who})
    return keep(page.go_to(target), moved)


def _nothing_left(tour: Tour, at: int) -> Response:
    page.tell("这一步的件都办完了，先看下一步", "warn")
    return keep(page.go("public.tour"), replace(tour, at=at, ground=None, skipped=tour.skipped | {STEPS[at].who}))


def _place(errand: Errand) -> tuple[str, str]:
    """The path under which it is done, and the page to begin with."""
    ref = errand.ref
    if errand.kind == "correct":
        return url_for("applicant.status", ref=ref), url_for("applicant.correct", ref=ref)
    if errand.kind == "meeting":
        ground = url_for("manager.meeting", ref=ref)
    elif errand.kind == "certificate":
        ground = url_for("applicant.certificate", ref=ref)
    else:
        ground = url_for("reviewer.item", ref=ref)
    return ground, ground
