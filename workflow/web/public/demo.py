"""The demonstration's own pages: the tour, and being anybody with one click. Not there anywhere else."""

from dataclasses import dataclass, replace

from flask import request
from werkzeug.wrappers import Response

from workflow.domain.errors import NotFound
from workflow.services.demo import entering, filling
from workflow.services.demo.entering import Face
from workflow.services.demo.filling import Progress
from workflow.services.demo.touring import STEPS
from workflow.web import navigation, page, touring
from workflow.web.public import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@dataclass(frozen=True)
class Door:
    """One face that is here now, under the name of somebody."""

    face: Face
    name: str


# -- what the first pages ask ---------------------------------------------------------------------------------
def progress() -> Progress | None:
    """None where this is no demonstration, and where others began to work before it was filled."""
    if not page.setting("DEMO"):
        return None
    stands = filling.progress()
    return stands if stands.began is not None or filling.may_begin() else None


@dataclass(frozen=True)
class Around:
    """What a visitor of the demonstration can do at the door; nobody is there while the town is still being made."""

    stands: Progress
    outside: tuple[Door, ...] = ()
    inside: tuple[Door, ...] = ()


def looking_around() -> Around | None:
    stands = progress()
    if stands is None or not stands.full:
        return Around(stands) if stands is not None else None
    names = entering.names()
    outside, inside = (
        tuple(Door(face, names[face.key]) for face in faces if face.key in names)
        for faces in (entering.OUTSIDE, entering.INSIDE)
    )
    return Around(stands, outside, inside)


# -- pages -------------------------------------------------------------------------------------------------------------
@route(blueprint, "/tour", methods=("GET", "POST"), visitor=Visitor.PUBLIC)
def tour() -> Response:
    if request.method == "POST":
        return _led()
    stands = progress()
    full = stands is not None and stands.full
    known = touring.current()
    running = known or touring.Tour()
    passed = running.passed()
    return page.render(
        "pages/public/tour.html",
        stands=stands,
        steps=STEPS,
        here_now=entering.names() if full else {},
        passed=passed,
        skipped=running.skipped,
        following=running.next_at(passed),
        runs=known is not None,
        papers=entering.certificates() if full else {},
    )


def _led() -> Response:
    """`step`: go there, from 1; `skip`: the present one was expressly left out; `leave`: the tour is over; `again`."""
    stands = progress()
    if stands is None or not stands.full or page.setting("PRODUCTION"):
        raise NotFound
    running = (touring.current() if "again" not in request.form else None) or touring.Tour()
    if "leave" in request.form:
        return touring.keep(page.go("public.tour"), replace(running, over=True))
    wanted = request.form.get("step", "")
    at = int(wanted) - 1 if wanted.isdecimal() and len(wanted) == 1 else running.next_at(running.passed())
    if at is not None and "skip" in request.form:
        running = replace(running, at=at, place=None, skipped=running.skipped | {STEPS[at].who})
        at = running.next_at(running.passed())
    if at is None:
        return touring.keep(page.go("public.tour"), running)
    return touring.enter(running, at % len(STEPS))


@route(blueprint, "/demo/enter", methods=("POST",), visitor=Visitor.PUBLIC)
def enter_demo() -> Response:
    if not page.setting("DEMO") or page.setting("PRODUCTION"):
        raise NotFound
    entered = touring.come_in(request.form.get("who", ""))
    return page.go_to(navigation.home_of(entered.actor))
