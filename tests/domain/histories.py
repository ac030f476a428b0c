"""Random histories: somebody does something, again and again, wisely or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.domain.cases import (
    CLERK,
    CLERK_2,
    EMPLOYER_ADMIN,
    HR_1,
    HR_2,
    MANAGER,
    MANAGER_2,
    PERSON,
    all_ok,
)
from workflow.domain.actor import ANONYMOUS, SYSTEM, Actor
from workflow.domain.application import Application, State
from workflow.domain.rulebook import Rulebook
from workflow.domain.transitions import offers

PEOPLE: dict[str, Actor] = {
    "person": PERSON,
    "employer": EMPLOYER_ADMIN,
    "clerk": CLERK,
    "clerk_2": CLERK_2,
    "hr": HR_1,
    "hr_2": HR_2,
    "manager": MANAGER,
    "manager_2": MANAGER_2,
    "system": SYSTEM,
    "stranger": Actor("account", 999, person_id=999),
    "nobody": ANONYMOUS,
}
ACTS = (
    "submit",
    "pass",
    "refuse",
    "return",
    "defer",
    "send_back",
    "judge",
    "confirm",
    "reject_proposal",
    "correct",
    "lapse_correction",
    "withdraw",
    "hold",
    "release",
    "extend",
    "hand_over",
    "recuse",
    "readmit",
    "undo",
    "propose_reopen",
    "reopen",
    "keep_closed",
    "appeal",
    "settle_appeal",
)
FINAL = frozenset({"refused", "withdrawn", "lapsed", "ended"})


@dataclass(frozen=True)
class Step:
    """A wise step takes one of the offers that stand open to anybody; a wild one tries whatever comes to mind."""

    wise: bool
    choice: int
    act: str
    who: str
    pick: int  # which of the open items, counted from the newest
    wait: timedelta
    complete: bool  # gives everything the act asks for


WAITS = (timedelta(seconds=3), timedelta(seconds=3), timedelta(hours=2), timedelta(days=2), timedelta(days=15))
steps = st.lists(
    st.builds(
        Step,
        wise=st.booleans(),
        choice=st.integers(0, 200),
        act=st.sampled_from(ACTS),
        who=st.sampled_from(sorted(PEOPLE)),
        pick=st.integers(0, 2),
        wait=st.sampled_from(WAITS),
        complete=st.booleans(),
    ),
    max_size=20,
)


def walk(seed: int, length: int = 60) -> list[Step]:
    """A long history: Hypothesis's own lists are short and shallow, which is good for shrinking and bad for depth."""
    chance = Random(seed)
    return [
        Step(
            wise=chance.random() < 0.85,
            choice=chance.randrange(200),
            act=chance.choice(ACTS),
            who=chance.choice(sorted(PEOPLE)),
            pick=chance.randrange(3),
            wait=chance.choice(WAITS),
            complete=chance.random() < 0.85,
        )
        for _ in range(length)
    ]


histories = steps | st.integers(0, 2**32).map(walk)
# A walk that takes every offer alike never gets far: what moves a case on weighs more, what ends it seldom happens.
WEIGHT = {"submit": 6, "pass": 8, "confirm": 8, "correct": 5, "return": 2, "defer": 2, "lapse_correction": 3}
ENDING = frozenset({"withdraw"})


def chosen(
    book: Rulebook, case: Application, step: Step, now: datetime, people: Mapping[str, Actor] = PEOPLE
) -> tuple[str, int | None, str]:
    """Act, item and actor of this step."""
    if step.wise:
        open_to = [
            (offer.name, offer.item, who)
            for who, actor in people.items()
            for offer in offers(book, case, actor, now)
            if offer.name not in ENDING or step.choice == 0
            for _ in range(WEIGHT.get(offer.name, 1))
        ]
        if open_to:
            return open_to[step.choice % len(open_to)]
    items = list(case.state.open_items())[::-1]
    return step.act, items[step.pick].no if step.pick < len(items) else None, step.who


def inputs_of(act: str, step: Step, state: State, today: date) -> dict[str, Any]:
    given_by_the_service = {
        "revision": state.revision + 1,
        "digest": "0" * 64,
        "number": "FE26-1-0001",
        "receipt": "R-20261123-1",
    }
    if not step.complete:
        return given_by_the_service
    verdicts = all_ok()
    if act == "return":
        verdicts = {"portfolio": {"verdict": "flag", "comment": "重传"}}
    return {
        "verdicts": verdicts if act in ("pass", "return", "judge") else {},
        "rule_verdicts": {"E5": {"verdict": "meets"}} if state.stage == "eligibility" else {},
        "record": {"opinion": "同意", "seal": ["s1"]},
        "reason": "理由",
        "basis": "依据",
        "late_reason": "上次漏看",
        "conclusion": "upheld",
        "stage": next((entry.stage for entry in state.entries if entry.effect), ""),
        "until": today + timedelta(days=60),
        "to": PEOPLE["clerk_2"],
        "account": min(state.stepped_out, default=None),
        "unchanged": dict.fromkeys(state.flags, "就是这样"),
        **given_by_the_service,
    }
