"""What every part of a sheet stands on: the case as far as its reader hears of it, and the names in it."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.queries import cases, timeline
from workflow.domain.actor import Actor
from workflow.domain.application import Application
from workflow.domain.events import OF_A_SCORE
from workflow.domain.policy import CaseSubject, Permission, can, may_hold_item, reads_joint, sheet_of
from workflow.domain.program.schema import JointCheckStage, ScoreStage, Stage
from workflow.domain.rulebook import Rulebook
from workflow.domain.sentences import name_of_place
from workflow.domain.unpublished import heard_outside, seen_from_outside
from workflow.services import sealing, showing
from workflow.services.casework import Case
from workflow.services.sheets import Judged, SeenFile
from workflow.services.showing import Text
from workflow.services.sides import is_inside, is_official

TOLD_WHEN_KNOWN = frozenset({"results_published"})
"""What colleagues of the office hear of scoring; its sheets and sums are for who runs and counts them."""


class Ground:
    """Everything that is read once for one sheet."""

    def __init__(self, session: Session, case: Case, actor: Actor, now: datetime) -> None:
        self.session, self.case, self.actor, self.now = session, case, actor, now
        self.book: Rulebook = case.book
        self.definition = case.book.definition
        self.application: Application = case.application
        self.state = case.application.state
        self.rows = cases.items_of(session, case.row.id)
        self.comments = cases.comments_of(session, case.row.id)
        self.facts = timeline.facts_of(session, case.row.id)
        self.official = is_official(actor, case)
        self.inside = self.official and is_inside(actor, case)
        if not self._acts_now() and (not self.inside or self._only_rates()):
            self.facts = heard_outside(self.definition, self.state, self.facts)
            self.state = seen_from_outside(self.definition, self.state)
        elif not can(actor, Permission.APPLICATION_RUN, CaseSubject(self.definition, self.application)):
            self.facts = [fact for fact in self.facts if fact.kind not in OF_A_SCORE - TOLD_WHEN_KNOWN]
        fields = self.definition.form_fields()
        self.names = cases.names_of_organizations(
            session,
            [case.row.nominator_id, *(item.organization_id for item in self.state.items)],
            showing.codes_in(fields, self.application.values),
        )
        self.people = cases.names_of_accounts(
            session,
            [*(i.holder_id for i in self.state.items), *map(_given_to, self.facts)],
        )
        self.look = self._look()

    def _only_rates(self) -> bool:
        """Of the office, but only to rate: hears a result when everybody does."""
        roles = {holding.role for holding in self.actor.holdings}
        others = {self.definition.run_by}
        raters: set[str] = set()
        for stage in self.definition.stages.values():
            if isinstance(stage, ScoreStage):
                raters |= set(stage.raters)
                others.add(stage.closed_by)
            else:
                others |= {*stage.by, getattr(stage, "lead", ""), getattr(stage, "secretary", "")}
        return bool(roles & raters) and not roles & others

    def _acts_now(self) -> bool:
        """An office outside that is asked to act here and now sees what it acts on."""
        for item in self.state.open_items():
            asked = CaseSubject(self.definition, self.application, item)
            if item.role != "applicant" and may_hold_item(self.actor, asked):
                return True
        return False

    def _look(self) -> showing.Look:
        return showing.Look(
            sheet_of(self.actor, self.definition, self.application),
            sealing.masks(self.session, self.case.row, self.state.revision),
            self.names,
        )

    # -- what several parts ask ----------------------------------------------------------------------------------------
    def _stage(self, item_no: int | None) -> Stage | None:
        item = self.state.item(item_no) if item_no is not None else None
        key = item.stage if item is not None and item.is_open else self.state.stage
        return self.definition.stages.get(key or "")

    def _name(self, path: str) -> Text:
        return name_of_place(self.definition, path)

    def _judged(self, kind: str, key: str) -> Judged | None:
        """The verdict that stands in the present stay, with its words; those that fell away are not shown."""
        standing, said = self.state.verdict(kind, key), self.comments.get((kind, key))
        if standing is None:
            return None
        words = said.text if said is not None else ""
        return Judged(standing.verdict, words, said.by if said is not None and self.inside else None, standing.at)

    def _said(self, key: str) -> str:
        said = self.comments.get(("file", key))
        return said.text if said is not None else ""

    def _file(self, row: cases.FileRow, path: str) -> SeenFile:
        item = sealing.field_at(self.definition.form_fields(), path)
        sealed = item is not None and item.level == "L4" and self.official
        place = self._name(path)
        return SeenFile(row.ref, path, place, row.name, row.media_type, row.size, row.pages, sealed)

    def _reads_joint(self, stage: str | None) -> bool:
        """Which department said what is for the lead and whom the program names, not for every colleague."""
        known = self.definition.stages.get(stage or "")
        return isinstance(known, JointCheckStage) and reads_joint(self.actor, self.definition, self.application, known)


def _given_to(fact: timeline.Fact) -> int | None:
    """The account that a piece of work was handed to; the `to` of what is sent back is a stage."""
    to = fact.body.get("to")
    return to if isinstance(to, int) else None
