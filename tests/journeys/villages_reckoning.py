"""What eighteen months came to, added up once more by hand from what the story did, and what nobody else ever saw."""

import re
from collections import Counter
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from sqlalchemy import select

from models.accounts import Account
from models.applications import ApplicationRow
from models.awards import RecognitionRow
from models.base import reading
from models.deliveries import Delivery
from models.duties import DutyRow, RoundDuty
from models.messages import Message
from models.work import WorkItem
from tests.journeys.villages_camps import SHANGHAI, Camps, given_by
from tests.journeys.villages_town import Somebody
from workflow.domain.envelopes import NUDGES, PRESSING, WAITED_FOR

BASE, CAP = 100, 120
WEIGHTS = {"thought": 30, "conduct": 40, "masses": 30}
BANDS = ((90, 95), (80, 85), (60, 70), (0, 40))


# -- assessments and balances ------------------------------------------------------------------------------------------
def total(at: int, no: int, sides: tuple[str, ...]) -> Decimal:
    """Of each criterion the mean of those who gave it, by its weight; the share that is content by its band."""
    given = [given_by(at, no, side) for side in sides]
    come_to = Fraction(0)
    for name, weight in WEIGHTS.items():
        points = [Fraction(banded(each[name]) if name == "masses" else each[name]) for each in given if name in each]
        come_to += sum(points, Fraction(0)) / len(points) * weight / 100
    exact = Decimal(come_to.numerator) / Decimal(come_to.denominator)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def banded(share: int) -> int:
    return next(points for mark, points in BANDS if share >= mark)


def assessments_add_up(camps: Camps) -> None:
    """As the office reads them, the oldest first."""
    district = camps.town["district0"]
    told: dict[int, list[Decimal]] = {}
    for no, people in camps.quarters:
        for at, sides in people.items():
            told.setdefault(at, []).append(total(at, no, sides))
    for at, totals in told.items():
        rows = district.open(f"/follow-ups/{camps.refs[at]}").rows()
        assert [Decimal(row[2]) for row in rows if len(row) == 3 and row[0].startswith("季度测评")] == totals, at


def balances_add_up(camps: Camps) -> None:
    district = camps.town["district0"]
    for at in sorted({*camps.here, *camps.worth}):
        expected = min(BASE + sum(camps.worth.get(at, ())), CAP)
        text = district.open(f"/points/{camps.refs[at]}").text
        found = re.search(r"现有 (-?\d+) 分", text)
        assert found, text[:500]
        assert int(found[1]) == expected, at


def holidays_moved_what_fell_on_them(camps: Camps) -> None:
    """New Year's Friday waits for the next one; the last day of a February is the Sunday on which everybody works."""
    with camps.town.app.app_context(), reading() as session:
        rows = select(RoundDuty.nominal, RoundDuty.due_on).where(RoundDuty.duty_key == "gap_alert")
        alerts = {row.nominal: row.due_on for row in session.execute(rows)}
        logs = set(session.scalars(select(DutyRow.day).where(DutyRow.duty_key == "mentor_log")))
    assert alerts[date(2027, 1, 1)] == date(2027, 1, 22)  # ten working days after the 8th, to which it was rolled
    assert len(alerts) == len({(day.year, day.month) for day in alerts}) >= 18
    assert date(2027, 2, 28) in logs
    assert {day for day in logs if (day.year, day.month) == (2027, 5)} == {date(2027, 5, 31)}
    assert date(2028, 1, 24) in logs


# -- nothing is left lying ---------------------------------------------------------------------------------------------
def nothing_hangs(camps: Camps) -> None:
    """Of those who left nothing is open; of those who stayed every occurrence has come to an end that has a name."""
    with camps.town.app.app_context(), reading() as session:
        open_ = session.execute(
            select(ApplicationRow.number, WorkItem.about, WorkItem.stage_key)
            .join(WorkItem, WorkItem.application_id == ApplicationRow.id)
            .where(WorkItem.state == "open")
        ).all()
        waiting = session.execute(
            select(ApplicationRow.number, DutyRow.duty_key, DutyRow.nominal)
            .join(ApplicationRow, ApplicationRow.id == DutyRow.application_id)
            .join(RecognitionRow, RecognitionRow.application_id == ApplicationRow.id)
            .where(DutyRow.state == "open", RecognitionRow.standing == "valid")
        ).all()
    assert open_ == []
    assert waiting == []


# -- what left the house -----------------------------------------------------------------------------------------------
def one_digest_a_day(camps: Camps) -> None:
    """Whoever works here hears once a day of everything that can wait; nudges and escalations came among it."""
    with camps.town.app.app_context(), reading() as session:
        digests = session.execute(
            select(Delivery.account_id, Delivery.channel, Delivery.sent_at).where(Delivery.digest)
        ).all()
        alone = Counter(
            session.scalars(
                select(Message.kind).where(Message.state == "packed", Message.kind.not_in([*PRESSING, *WAITED_FOR]))
            )
        )
        nudged = Counter(session.scalars(select(Message.kind).where(Message.kind.in_(NUDGES))))
    days = Counter((who, way, at.astimezone(SHANGHAI).date()) for who, way, at in digests if at is not None)
    assert days
    assert max(days.values()) == 1
    assert alone
    assert {"due_soon", "overdue", "escalated"} <= set(nudged), nudged


def nobody_was_told(camps: Camps) -> None:
    """Not one message to any of the forty: neither to their numbers nor to an account."""
    theirs = {one.phone for one in camps.town.people}
    with camps.town.app.app_context(), reading() as session:
        sent = {*session.scalars(select(Message.address)), *session.scalars(select(Delivery.address))}
        accounts = set(session.scalars(select(Account.phone)))
    assert not theirs & (sent | accounts)


# -- who saw nothing ---------------------------------------------------------------------------------------------------
def others_see_nothing(camps: Camps) -> None:
    """Neither who passes by, nor the officers of the other township, know that there is anybody."""
    passer_by, town = camps.town.browser("passer-by"), camps.town
    assert "百村千人" not in passer_by.open("/").text
    one = town.people[0]
    for page in pages_of(camps, one):
        assert one.name.encode() not in passer_by.peek(page)
    far = town[camps.officer(1 - one.town)]
    for page in pages_of(camps, one):
        far.open(page, expect=404)
    listed = far.open(f"/nominate/rounds/{town.round}").text
    assert not [each.name for each in town.people if each.town == one.town and each.name in listed]
    assert len([each for each in town.people if each.name in listed]) == sum(
        each.town != one.town for each in town.people
    )


def pages_of(camps: Camps, one: Somebody) -> tuple[str, ...]:
    ref = camps.refs[one.at]
    return f"/follow-ups/{ref}", f"/points/{ref}", f"/review/applications/{ref}"
