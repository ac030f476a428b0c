"""What every act on a recognition asks: does it stand, whose are the decisions, where do its items belong."""

from typing import Any

from workflow.domain.errors import Reason
from workflow.domain.policy import Permission, can
from workflow.domain.recognition import Recognition
from workflow.domain.stages.base import Work
from workflow.domain.words import Words


def valid(work: Work) -> Recognition | None:
    known = work.before.state.recognition
    return known if known is not None and known.is_valid else None


def of_the_office(work: Work, **more: Any) -> dict[str, Any]:
    """Whose the decisions are: who runs the program, whoever holds the follow-up."""
    role = work.book.run_by
    return {"role": role, "organization": work.before.places.get(role), "stage": here(work), **more}


def of_the_person(work: Work, due_on: str) -> dict[str, Any]:
    holder = work.before.account_id or work.before.filler_id
    return {"role": "applicant", "holder": holder, "stage": here(work), "due_on": due_on}


def here(work: Work) -> str:
    """The stage that items about the recognition belong to, also when the route is at its end."""
    stage = work.before.state.stage or work.before.state.entries[-1].stage
    return str(stage)


def runs(work: Work) -> bool:
    return can(work.actor, Permission.APPLICATION_RUN, work.subject)


def may_act(work: Work) -> bool:
    return can(work.actor, Permission.ITEM_ACT, work.subject)


def reasoned(work: Work) -> list[Reason]:
    return work.needs_text("reason", Words("请写明理由"))
