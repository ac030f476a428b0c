"""Six people before four departments, and who comes to look at them."""

from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select, update

from models.applications import ApplicationRow
from models.base import writing
from models.people import Person
from models.work import WorkItem
from tests.browser.conftest import Visit, Visitor
from tests.services.jointly import BY, GROUNDS, JointPlot
from tests.web.town import give_passwords

NAMES = ("方竹青", "沈知予", "钱晚", "许拾", "姚栩", "梁小满")


def asked(app: Flask, now: datetime) -> JointPlot:
    """Six people: one clear everywhere, one with an objection, one not known to the market office, one overdue."""
    with app.app_context():
        plot = JointPlot(now - timedelta(minutes=5))
        refs = plot.asked(len(NAMES))
        plot.refs = refs
        _name(plot, refs)
        plot.everybody(refs[0])
        plot.everybody(refs[1], roles=BY[:2])
        plot.say(refs[1], "market", GROUNDS)
        plot.everybody(refs[2], roles=BY[:3])
        plot.say(refs[2], "market", "unknown")
        with writing() as session:
            late = select(ApplicationRow.id).where(ApplicationRow.ref == refs[3]).scalar_subquery()
            soon = select(ApplicationRow.id).where(ApplicationRow.ref == refs[4]).scalar_subquery()
            for case, days in ((late, -4), (soon, 1)):
                session.execute(
                    update(WorkItem)
                    .where(WorkItem.application_id == case, WorkItem.state == "open")
                    .values(due_at=now + timedelta(days=days), opened_at=now - timedelta(days=10))
                )
        give_passwords()
    return plot


def _name(plot: JointPlot, refs: list[str]) -> None:
    with writing() as session:
        for ref, name in zip(refs, NAMES, strict=True):
            case = session.scalars(select(ApplicationRow).where(ApplicationRow.ref == ref)).one()
            session.get_one(Person, case.person_id).name = name
            session.get_one(Person, case.person_id).organization_id = plot.employer_id


def come(visit: Visit, login: str, size: str = "wide") -> Visitor:
    visitor = visit(size)
    visitor.sign_in(login)
    return visitor
