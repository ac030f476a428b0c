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
from workflow.domain.words import Words
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
    """`at`: the step one is at; `place`: the path of the page on which it is done; `account`: as whom."""

    at: int = 0
    account: int | None = None
    place: str | None = None
    marks: Mapping[str, str] = field(default_factory=dict)  # of each step that was begun: what shows that it is done
    skipped: frozenset[str] = frozenset()
    over: bool = False  # it was left: the bar is quiet, and what was walked is still known

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
    """What the bar says. `step` None: all were taken. `now`: what the one button does, `press`: what the page's do."""

    number: int
    of: int
    step: Step | None
    just: int | None  # the number of the step that was done just now
    now: str  # next, back, skip, over
    press: Words | None = None


# -- the cookie --------------------------------------------------------------------------------------------------------
def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="tour")


def current() -> Tour | None:
    """None where no tour runs; a cookie that is not ours counts as none."""
    packed = request.cookies.get(COOKIE)
    if not packed or not page.setting("DEMO"):
        return None
    try:
        at, account, place, marks, skipped, over = _signer().loads(packed)
        return Tour(int(at) % len(STEPS), account, place, dict(marks), frozenset(skipped), bool(over))
    except (BadData, TypeError, ValueError):
        return None


def keep(response: Response, tour: Tour) -> Response:
    packed = _signer().dumps([tour.at, tour.account, tour.place, dict(tour.marks), sorted(tour.skipped), tour.over])
    text = packed if isinstance(packed, str) else packed.decode()
    response.set_cookie(COOKIE, text, max_age=_DAY, secure=request.is_secure, httponly=True, samesite="Lax")
    return response


# -- the bar -----------------------------------------------------------------------------------------------------------
def guide() -> Guide | None:
    """For the page that is being drawn; asked once."""
    if "guide" not in g:
        tour = current()
        g.guide = _guide(_seen(tour)) if tour is not None and not tour.over else None
    found: Guide | None = g.guide
    return found


def _guide(tour: Tour) -> Guide:
    passed = tour.passed()
    at, many = tour.next_at(passed), len(STEPS)
    just = tour.at + 1 if tour.step.who in passed - tour.skipped else None
    if at is None:
        return Guide(many, many, None, just, "over")
    if at != tour.at or tour.place is None:
        return Guide(at + 1, many, STEPS[at], just, "next")
    press = touring.press(tour.step, tour.marks.get(tour.step.who, ""))
    return Guide(at + 1, many, tour.step, None, "skip" if _there(tour) else "back", press)


def _there(tour: Tour) -> bool:
    """On its very page, or on the same one drawn anew because what was sent from it was refused."""
    place = tour.place or ""
    sent = request.method == "POST" and request.path.startswith(f"{place}/")
    return (request.path == place or sent) and actor.current_actor().account_id == tour.account


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
    place = _place(errand)
    marks = {**tour.marks, step.who: errand.mark}
    return keep(page.go_to(place), Tour(at, entered.actor.account_id, place, marks, tour.skipped - {step.who}))


def _nothing_left(tour: Tour, at: int) -> Response:
    page.tell("这一步的件都办完了，先看下一步", "warn")
    return keep(
        page.go("public.tour"), replace(tour, at=at, place=None, over=False, skipped=tour.skipped | {STEPS[at].who})
    )


def _place(errand: Errand) -> str:
    endpoint = {"correct": "applicant.correct", "meeting": "manager.meeting", "certificate": "applicant.certificate"}
    return url_for(endpoint.get(errand.kind, "reviewer.item"), ref=errand.ref)
