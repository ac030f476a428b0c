"""What happened to a case, as far as its reader hears of it: its thread, its route, proposals and corrections."""

from collections.abc import Mapping
from typing import Any

from models.queries import cases, timeline
from workflow.domain import answers
from workflow.domain.events import OF_A_JOINT_CHECK
from workflow.domain.policy import Sight, runs
from workflow.domain.program.schema import CheckStage, FileField, Label
from workflow.domain.sentences import effect_words, sentence
from workflow.domain.stages.follow_up_points_ground import ASKS
from workflow.domain.words import Words
from workflow.services import sealing, showing
from workflow.services.casework import open_case
from workflow.services.reading_ground import Ground
from workflow.services.sheets import Changed, Knot, Milestone, Proposed, SeenFile

INSIDE_ONLY = frozenset({"item_judged", "rule_judged", "handed_over", "recused", "readmitted"})
TOLD_OUTSIDE = frozenset({"reason", "comment", "late_reason", "basis"})
"""What of the words beside an event is for its person too; notes of the office stay inside."""


class History(Ground):
    def _knots(self) -> list[Knot]:
        """Newest first. Who of the office did it stays inside."""
        stages = {entry.no: entry.stage for entry in self.state.entries}
        knots = []
        for fact in self.facts:
            shape, words = sentence(
                self.definition, fact.kind, fact.body, stages.get(fact.entry_no or 0), self._shown_people()
            )
            own = fact.by_id is not None and fact.by_id == self.actor.account_id
            if not (self.inside or own) and fact.kind in INSIDE_ONLY:
                continue
            if fact.kind in OF_A_JOINT_CHECK and not (own or self._reads_joint(stages.get(fact.entry_no or 0))):
                continue
            by = fact.by if self.inside or own else None
            knots.append(Knot(shape, words, fact.at, by, self._remarks(fact, own=own)))
        return knots[::-1]

    def _shown_people(self) -> Mapping[int, str]:
        return self.people if self.inside else {}

    def _remarks(self, fact: timeline.Fact, *, own: bool) -> tuple[tuple[str, str], ...]:
        if fact.kind == "judges_objected" and not own:
            return ()  # whom it concerns may be reading; who runs the program finds it beside the recusals
        return tuple(
            (name, said)
            for name, said in sorted(fact.remarks.items())
            if name != ASKS and (self.inside or own or name in TOLD_OUTSIDE or name.startswith("unchanged"))
        )

    def _route(self) -> tuple[Milestone, ...]:
        past = {entry.stage: entry for entry in self.state.entries}
        found = []
        for key in self.definition.route_of(self.case.row.channel):
            stage, entry = self.definition.stages[key], past.get(key)
            found.append(
                Milestone(
                    _shape(entry.effect if entry is not None else None, key == self.state.stage),
                    stage.name if self.official else stage.public_name or stage.name,
                    entry is None,
                    entry.entered_at if entry is not None else None,
                )
            )
        return tuple(found)

    # -- proposal, correction, reopening -------------------------------------------------------------------------------
    def _proposal(self) -> Proposed | None:
        proposal = self.state.proposal
        if proposal is None or not self.official:
            return None
        fact = next((each for each in reversed(self.facts) if each.kind == "proposed"), None)
        stage_key = next((e.stage for e in self.state.entries if e.no == proposal.entry_no), None)
        stage = self.definition.stages.get(proposal.stage or stage_key or "")
        ground = proposal.body.get("ground")
        grounds = stage.refuse_only_for if isinstance(stage, CheckStage) else ()
        return Proposed(
            proposal.what,
            effect_words(self.definition, stage_key, proposal.what),
            fact.by or "" if fact is not None else "",
            proposal.at,
            stage.name if stage is not None else None,
            tuple(sorted(fact.remarks.items())) if fact is not None else (),
            tuple((self._name(key), self._said(key)) for key in proposal.body.get("flags", ())),
            str(grounds[ground]) if isinstance(ground, int) and ground < len(grounds) else None,
        )

    def _changes(self) -> tuple[Changed, ...]:
        """What the last correction changed, before and after; only what this reader may see."""
        corrected = next((each for each in reversed(self.facts) if each.kind == "corrected"), None)
        if corrected is None or self.state.revision < 2:
            return ()
        before = open_case(self.session, self.case.row.id, revision=self.state.revision - 1).application.values
        flags = next((entry.flagged[-1] for entry in reversed(self.state.entries) if entry.flagged), frozenset())
        edits = {edit.path: edit for edit in answers.changed(before, self.application.values)}
        return tuple(self._change(path, edits.get(path), flags) for path in corrected.body.get("changed", ()))

    def _change(self, path: str, edit: answers.Edit | None, flags: frozenset[str]) -> Changed:
        item = sealing.field_at(self.definition.form_fields(), path)
        root = path.partition(".")[0]
        hidden = self.look.sights.get(root) is not Sight.WHOLE
        asked = path in flags or root in flags
        if item is None or edit is None or hidden or isinstance(item, FileField) or item.level == "L4":
            new = Words("换了新的") if isinstance(item, FileField) else Words("已改")
            before, after = (
                ((), ()) if hidden or edit is None else (self._held(path, edit.old), self._held(path, edit.new))
            )
            return Changed(path, self._name(path), None, new, asked, before, after)
        old, new_text = (showing.text(item, each, self.names) for each in (edit.old, edit.new))
        return Changed(path, self._name(path), old, new_text, asked)

    def _held(self, path: str, refs: Any) -> tuple[SeenFile, ...]:
        if not isinstance(sealing.field_at(self.definition.form_fields(), path), FileField) or not refs:
            return ()
        rows = cases.files_of(self.session, self.case.row.id, refs)
        return tuple(self._file(rows[ref], path) for ref in refs if ref in rows)

    def _reopenable(self) -> tuple[tuple[str, Label], ...]:
        if not runs(self.actor, self.definition, self.application):
            return ()
        passed = (e.stage for e in self.state.entries if e.effect in ("pass", "refuse", "send_back"))
        return tuple((key, self.definition.stages[key].name) for key in dict.fromkeys(passed))


def _shape(effect: str | None, here: bool) -> str:
    if here:
        return "now"
    return {None: "todo", "refuse": "no", "skipped": "todo", "withdrawn": "no", "lapsed": "late"}.get(effect, "done")
