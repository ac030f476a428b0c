"""Cases brought before a meeting, with a committee of nine: scored as their sheets say, nothing else in the way."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from models.accounts import Account, AccountState
from models.base import reading, writing
from models.roles import RoleBinding
from tests.services.plots import Plot
from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.application import Action
from workflow.domain.ballots import Tally
from workflow.domain.pool_vote import Paper
from workflow.domain.scoring import Derivation, Figure, Given, as_body, combined, set_aside
from workflow.domain.stages import effects
from workflow.domain.stages.base import Work
from workflow.services import meetings, meetings_sitting, sessions
from workflow.services.casework import find, open_case
from workflow.services.meetings_sitting import Entered
from workflow.services.recording import record

HELD_AT = timedelta(days=3)


class Assembly:
    """A round before its meeting. `totals`: one case for each, in hundredths, by track."""

    def __init__(self, plot: Plot, totals: Mapping[str, Sequence[int]], members: int = 9) -> None:
        self.plot = plot
        self.now = plot.now
        self.committee = [self._member(number) for number in range(1, members + 1)]
        wanted = [(track, total) for track, many in totals.items() for total in many]
        self.refs = plot.plant(len(wanted))
        for ref, (track, total) in zip(self.refs, wanted, strict=True):
            self.bring(ref, track, total)

    def _member(self, number: int) -> Account:
        with writing() as session:
            account = Account(
                ref=secrets.token_urlsafe(12),
                login=f"member{number}",
                name=f"委员{number}",
                state=AccountState.ACTIVE,
                password_hash="x",
                settings={},
                created_at=self.now,
            )
            session.add(account)
            session.flush()
            session.add(
                RoleBinding(
                    ref=secrets.token_urlsafe(12),
                    identity=f"{account.id}:committee",
                    account_id=account.id,
                    role_key="committee",
                    program_id=self.plot.program_id,
                    round_id=self.plot.round_id,
                    starts_at=self.now - timedelta(days=1),
                )
            )
            session.flush()
            return account

    def judge(self, ref: str, track: str, given: Mapping[int, int]) -> None:
        """Straight to the meeting: 80 for all that came before the experts, then what each gave, by account."""
        with reading() as session:
            sheet = open_case(session, find(session, ref).id).book.definition.scoring.sheets[track]
        criteria = {key: each for key, each in sheet.criteria.items() if each.at == "expert"}
        before = next(key for key in sheet.criteria if key not in criteria)
        rest = 100 - sum(each.weight for each in criteria.values())
        sheets = [
            Given(rater, "expert", order, dict.fromkeys(criteria, Fraction(points)), Fraction(points))
            for order, (rater, points) in enumerate(given.items())
        ]
        figures = (
            Figure(before, "practical", Decimal(rest), Fraction(80)),
            *combined(sheets, criteria, "expert", "trimmed"),
        )
        gone = tuple(each.rater for each in set_aside(sheets))
        whole = Derivation(track, "expert", "trimmed", figures, tuple(sheets), gone, True, None, len(sheets), 5)
        self.bring(ref, track, whole.total, derivation=as_body(whole))

    def bring(
        self, ref: str, track: str, total: int, first: int = 80, derivation: Mapping[str, Any] | None = None
    ) -> None:
        """Straight to the meeting, with the result of the sheet of its track."""
        with writing() as session:
            row = find(session, ref)
            row.track = track
            session.flush()
            case = open_case(session, row.id, lock=True)
            work = Work(case.book, case.application, Action("bring"), SYSTEM, self.now)
            work.tell("passed")
            effects.enter(work, "expert")
            key = next(iter(case.book.definition.scoring.sheets[track].criteria))
            figure = {"key": key, "stage": "practical", "weight": "30", "value": str(first), "computed": False}
            kept = {
                "combine": "trimmed", "valid": 5, "wanted": 5, "aside": [], "exact": str(total), "spread": 0,
                "sheets": [], "figures": [{**figure, "roles": []}],
            }  # fmt: skip
            work.tell(
                "scored",
                stage="expert",
                sheet=track,
                total=total,
                complete=True,
                effect="pass",
                derivation=derivation or kept,
            )
            work.tell("passed")
            effects.enter(work, "meeting")
            record(session, case, work.outcome(), self.now)

    def ids(self) -> list[int]:
        with writing() as session:
            return [find(session, ref).id for ref in self.refs]

    @property
    def manager(self) -> Actor:
        return self.plot.people["manager"]

    @property
    def colleague(self) -> Actor:
        return self.plot.people["manager_2"]

    def member(self, number: int) -> Actor:
        return sessions.actor_of(self.committee[number - 1].id, self.now)

    # -- the meeting ---------------------------------------------------------------------------------------------------
    def call(self) -> str:
        with writing() as session:
            from models.rounds import Round  # noqa: PLC0415

            round_ref = session.get_one(Round, self.plot.round_id).ref
        return meetings.call(
            self.manager, self.now, round_ref, "meeting", "第一次认定会", self.now + HELD_AT, "区行政中心 201"
        )

    def all_present(self) -> frozenset[str]:
        return frozenset(account.ref for account in self.committee)

    def enter(self, ref: str, papers: Mapping[str, Paper], actor: Actor | None = None, seen: int | None = None) -> int:
        entered = Entered(self.all_present(), {case: vars(paper) for case, paper in papers.items()})
        return meetings_sitting.enter(actor or self.manager, self.now, ref, entered, seen=seen)

    def all_for(self) -> dict[str, Paper]:
        return {ref: Paper(Tally(len(self.committee), 0, 0)) for ref in self.refs}


def assembly(now: datetime, totals: Mapping[str, Sequence[int]], members: int = 9) -> Assembly:
    return Assembly(Plot(now), totals, members)
