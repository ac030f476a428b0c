"""What can be applied for now, and one program: conditions, way, papers, self-check."""

from dataclasses import dataclass
from datetime import date

from flask import current_app, request, url_for
from werkzeug.wrappers import Response

from workflow.domain.calendar import WorkCalendar, local_day
from workflow.domain.words import Words
from workflow.services import clarifications, public_notices
from workflow.services.showcase import ShownRound, showcase_now, shown_round
from workflow.web import navigation, page
from workflow.web.dates import deadline_day
from workflow.web.public import blueprint, demo, selfcheck, showcase
from workflow.web.routes import Visitor, door_of
from workflow.web.routes import page as route

START = "applicant.start"


@dataclass(frozen=True)
class DoorSign:
    url: str
    icon: str
    words: Words


_SIGNS = (
    ("nominator.home", "org", Words("我是用人单位、推荐机构")),
    ("reviewer.queue", "pen", Words("我是审核、评审人员")),
)


@route(blueprint, "/", visitor=Visitor.PUBLIC)
def home() -> Response:
    now = page.now()
    shown = showcase_now(now)
    cards = [_card(one, shown.calendar) for one in shown.open]
    coming = [
        {"name": one.definition.program.name, "round_name": one.name, "opens_at": one.opens_at} for one in shown.coming
    ]
    working = shown.calendar.is_working(local_day(now))
    noticed = public_notices.current(now)
    return page.render(
        "pages/public/home.html",
        cards=cards,
        coming=coming,
        noticed=noticed,
        doors=_doors(cards),
        working=working,
        demo=demo.progress(),
    )


def _card(shown: ShownRound, calendar: WorkCalendar) -> showcase.Card:
    return showcase.card(shown.ref, shown.name, shown.closes_at, shown.settings, shown.definition, page.now(), calendar)


def _doors(cards: list[showcase.Card]) -> list[DoorSign]:
    """By who one is: everything there is for whoever has not signed in yet, then only what they may enter."""
    who = page.actor()
    open_to = navigation.can_reach if who.kind == "account" else lambda to, _who: door_of(current_app, to) is not None
    signs = [DoorSign(url_for(to), icon, words) for to, icon, words in _SIGNS if open_to(to, who)]
    if cards:
        signs.insert(0, DoorSign(url_for("public.program", ref=cards[0].ref), "user", Words("我本人申报")))
    return signs


@route(blueprint, "/programs/<ref>", visitor=Visitor.PUBLIC)
def program(ref: str) -> Response:
    shown, calendar = shown_round(ref, page.now())
    return _page_of(shown, calendar, selfcheck.blank(shown.definition))


@route(blueprint, "/programs/<ref>/check", methods=("POST",), visitor=Visitor.PUBLIC)
def check(ref: str) -> Response:
    """Answers the rules for what was typed; a POST so that nobody's age stands in an address."""
    shown, calendar = shown_round(ref, page.now())
    return _page_of(shown, calendar, selfcheck.answered(shown.definition, request.form, _as_of(shown)))


def _as_of(shown: ShownRound) -> date:
    wanted = shown.definition.eligibility.as_of
    if isinstance(wanted, date):
        return wanted
    return deadline_day(shown.closes_at) if wanted == "closes" and shown.closes_at else local_day(page.now())


def _page_of(shown: ShownRound, calendar: WorkCalendar, check: selfcheck.Check) -> Response:
    definition = shown.definition
    start = url_for(START, ref=shown.ref) if shown.is_open and door_of(current_app, START) else None
    return page.render(
        "pages/public/program.html",
        status=422 if check.reasons else 200,
        card=_card(shown, calendar),
        is_open=shown.is_open,
        definition=definition,
        owner=definition.program.owner,
        policy=definition.program.policy,
        routes=showcase.routes(definition),
        ways=showcase.ways(definition),
        papers=showcase.papers(definition),
        gains=showcase.gains(definition),
        clauses=tuple(definition.eligibility.rules.values()),
        check=check,
        notes=clarifications.beside_round(shown.ref),
        start=start,
    )
