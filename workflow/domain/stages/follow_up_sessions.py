"""Trainings as acts of one case: the person signs up and off, the office says who was there (LANGUAGE 5.4).

Dates, places and free seats are data: the service says of a training `training` (its number), `session` (its key in the
program), and what of it stands in the way; nothing here reads a clock but `now`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from workflow.domain.after import points as ledger_of
from workflow.domain.errors import Reason
from workflow.domain.program.schema.after import PointItem, Session
from workflow.domain.stages.base import Act, Work
from workflow.domain.stages.follow_up_ground import valid
from workflow.domain.stages.follow_up_growth import growing
from workflow.domain.stages.follow_up_points_ground import (
    is_full,
    is_own,
    may_as,
    points_of,
    tell_entry,
    today,
    worth,
    wrong_asks,
)
from workflow.domain.words import Words


def session_of(work: Work) -> Session | None:
    return work.definition.sessions.get(work.text("session"))


def _has_sessions(work: Work) -> bool:
    return growing(work) is not None and bool(work.definition.sessions)


def _seat(work: Work) -> str | None:
    return work.before.state.after.seats.get(work.inputs.get("training") or 0)


def _may_sign(work: Work) -> bool:
    """The person; whoever fills for them; and who holds the training, for those without an account and those who come
    without having signed up."""
    session = session_of(work)
    apart = work.before.account_id is None or bool(work.inputs.get("at_the_door"))
    held = apart and session is not None and any(may_as(work, role) for role in session.by)
    return is_own(work) or held


def _sign_up_missing(work: Work) -> list[Reason]:
    if session_of(work) is None:
        return [Reason(Words("请选是哪一期培训"))]
    if _seat(work) not in (None, "signed_off"):
        return [Reason(Words("已经报过这一期"))]
    if work.inputs.get("closed"):
        return [Reason(Words("这一期现在不在报名时间里"))]
    return [Reason(Words("这一期的名额已满"))] if work.inputs.get("full") else []


def _told(kind: str) -> Any:
    def follows(work: Work) -> None:
        work.tell(kind, {"reason": work.text("reason")}, training=work.inputs["training"], session=work.text("session"))

    return follows


def _sign_off_missing(work: Work) -> list[Reason]:
    if _seat(work) != "signed_up":
        return [Reason(Words("没有报这一期，不用取消"))]
    return [Reason(Words("已经开班，不能再取消"))] if work.inputs.get("started") else []


# -- the roll ----------------------------------------------------------------------------------------------------------
def _seated(work: Work) -> bool:
    return valid(work) is not None and _seat(work) == "signed_up"


def _may_mark(work: Work) -> bool:
    session = session_of(work)
    return session is not None and any(may_as(work, role) for role in session.by)


def _entry(work: Work, key: str | None) -> PointItem | None:
    points = points_of(work)
    return points.items.get(key) if points is not None and key is not None else None


def _asks(work: Work) -> Mapping[str, Any]:
    given = work.inputs.get("asks")
    return given if isinstance(given, Mapping) else {}


def _attend_missing(work: Work) -> list[Reason]:
    session = session_of(work)
    if session is None:
        return [Reason(Words("请选是哪一期培训"))]
    reasons = wrong_asks(work, session.key, _asks(work))
    item = _entry(work, session.gives)
    if not reasons and item is not None and worth(work, item, _asks(work)) is None:
        return [Reason(Words("“%(item)s”按填写的内容算不出分数，请核对", item=item.name))]
    return reasons


def _attend_follows(work: Work) -> None:
    _told("attended")(work)
    session = session_of(work)
    _give(work, session.gives if session is not None else None, _asks(work))


def _miss_follows(work: Work) -> None:
    _told("absent")(work)
    session = session_of(work)
    _give(work, session.absence if session is not None else None, {})


def _give(work: Work, key: str | None, asks: Mapping[str, Any]) -> None:
    """An entry that waits for its confirmation; where the period is locked meanwhile it comes as a late one."""
    item, points, on = _entry(work, key), points_of(work), work.inputs.get("on")
    if item is None or points is None or not isinstance(on, date) or is_full(work, item, on):
        return
    late = ledger_of.is_locked(points, on, today(work))
    kind = "points_corrected" if late else "points_entered"
    tell_entry(work, item, "session", on, asks, kind=kind, session=work.inputs["training"])


ON_CASE = (
    Act("sign_up", Words("报名"), _has_sessions, _may_sign, _told("signed_up"), _sign_up_missing, on_item=False),
    Act("sign_off", Words("取消报名"), _has_sessions, _may_sign, _told("signed_off"), _sign_off_missing, on_item=False),
    Act("attend", Words("记到场"), _seated, _may_mark, _attend_follows, _attend_missing, on_item=False),
    Act("miss", Words("记缺席"), _seated, _may_mark, _miss_follows, on_item=False),
)
