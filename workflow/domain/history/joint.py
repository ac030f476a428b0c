"""Facts of a joint check: who was asked, who answered, what was taken over from before."""

from datetime import date

from workflow.domain.application import Item, State, altered
from workflow.domain.departments import DepartmentAnswer
from workflow.domain.events import Event
from workflow.domain.history.movements import Fold, acted, open_items


def _department_answered(state: State, event: Event) -> State:
    """The first answer closes the item; a later one on the same item replaces it, and what was seen is stale."""
    body = event.body
    number, answer, stale = body["item"], body["answer"], body.get("stale", ())

    def answered(item: Item) -> Item:
        if item.no == number:
            return altered(
                item,
                state="done",
                version=item.version + 1,
                closed_at=event.at,
                closed_by=event.actor_id,
                result=answer,
            )
        return altered(item, version=item.version + 1) if item.no in stale else item

    state = acted(altered(state, items=tuple(answered(item) for item in state.items)), event)
    return open_items(_with_answer(state, event), event)


def _answer_reused(state: State, event: Event) -> State:
    number = event.body["item"]
    items = tuple(
        altered(item, state="done", version=item.version + 1, closed_at=event.at, result="reused")
        if item.no == number
        else item
        for item in state.items
    )
    return open_items(_with_answer(altered(state, items=items), event), event)


def _with_answer(state: State, event: Event) -> State:
    body, entry_no = event.body, event.entry_no or 0
    answered = body.get("answered")
    before = [each for each in state.departments if (each.entry_no, each.role) == (entry_no, body["role"])]
    given = DepartmentAnswer(
        entry_no=entry_no,
        role=body["role"],
        attempt=len(before) + 1,
        item_no=body["item"],
        answer=body["answer"],
        by=event.actor_id if answered is None else None,
        at=event.at,
        reused_from=body.get("application"),
        answered_on=date.fromisoformat(answered) if answered else None,
        digest=body.get("digest"),
    )
    return altered(state, departments=(*_without(state, entry_no, given.role), given))


def _without(state: State, entry_no: int, role: str) -> tuple[DepartmentAnswer, ...]:
    """What this department said no longer counts; it stays on record."""
    return tuple(
        altered(each, current=False) if each.current and (each.entry_no, each.role) == (entry_no, role) else each
        for each in state.departments
    )


def _department_asked(state: State, event: Event) -> State:
    """Asked again: the conclusion waits once more."""
    ends = event.body.get("ends", ())
    items = tuple(
        altered(item, state="cancelled", version=item.version + 1, closed_at=event.at) if item.no in ends else item
        for item in state.items
    )
    departments = _without(state, event.entry_no or 0, event.body["role"])
    return open_items(acted(altered(state, items=items, departments=departments), event), event)


def _joint_check_concluded(state: State, event: Event) -> State:
    return acted(state, event, decided=True)


FOLDS: dict[str, Fold] = {
    "department_asked": _department_asked,
    "department_answered": _department_answered,
    "answer_reused": _answer_reused,
    "joint_check_concluded": _joint_check_concluded,
}
