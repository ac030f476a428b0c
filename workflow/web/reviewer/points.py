"""Points of a whole round: who stands where, and a table of entries handed in at once."""

from flask import url_for
from werkzeug.wrappers import Response

from workflow.domain.rules import canonical
from workflow.domain.words import Words
from workflow.services import points_people
from workflow.services.imports_points import PointsList
from workflow.web import importing, page
from workflow.web.importing import Way
from workflow.web.reviewer import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/review/points", visitor=Visitor.REVIEWER)
def points_rounds() -> Response:
    found = points_people.places(page.actor())
    if len(found) == 1:
        return page.go("reviewer.points_people_of", ref=found[0].round_ref)
    return page.render("pages/points/rounds.html", places=found)


@route(blueprint, "/review/points/<ref>", visitor=Visitor.REVIEWER)
def points_people_of(ref: str) -> Response:
    place = points_people.place_of(page.actor(), ref)
    people = points_people.people(place, page.actor(), page.now())
    return page.render("pages/points/people.html", place=place, people=people, plain=canonical)


def _way(ref: str) -> Way:
    place = points_people.place_of(page.actor(), ref)
    return Way(
        PointsList(place, page.actor()),
        Words("导入积分表"),
        Words("一行记一笔。先看每一行的结论，再决定写不写；写进去的都要另一人确认才计入。"),
        (url_for("reviewer.points_people_of", ref=ref), Words("积分")),
        "reviewer.points_list",
        {"ref": ref},
    )


importing.hang(blueprint, "/review/points/<ref>/import", "points_list", _way, visitor=Visitor.REVIEWER)
