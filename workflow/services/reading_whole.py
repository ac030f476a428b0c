"""The whole sheet of a case, and who owes what on it."""

from models.queries import cases
from workflow.domain import abouts
from workflow.domain.application import Item, Status
from workflow.domain.policy import CaseSubject, is_department, may_hold_item
from workflow.domain.policy.items import MENTOR
from workflow.domain.program.schema import CheckStage, Stage
from workflow.domain.quotas import groups_of
from workflow.domain.stages import effects
from workflow.domain.transitions import Offer, offers
from workflow.domain.words import Words
from workflow.services import showing
from workflow.services.casework import name_of
from workflow.services.quota_watch import Pressure, first_come, pressures
from workflow.services.reading_form import Form
from workflow.services.reading_history import History
from workflow.services.sheets import Button, Left, OpenItem, Sheet, left_until


class Reader(Form, History):
    """Of those who may know the whole case; what of it they see, each part asks of policy."""

    def sheet(self, item_no: int | None) -> Sheet:
        case, state = self.case, self.state
        stage = self._stage(item_no)
        sections = self._sections()
        paths = showing.paths_of_files(sections)
        files = self._files(paths)
        record, recorded = self._record(stage)
        return Sheet(
            ref=case.row.ref,
            number=state.number,
            receipt=state.receipt,
            program=self.definition.program.name,
            program_ref=cases.program_ref(self.session, case.row.program_id),
            round_name=case.round.name,
            round_ref=case.round.ref,
            channel=self.definition.channels[case.row.channel].name,
            track=self.definition.tracks[case.row.track].name if case.row.track else None,
            nominator=self.names.get(case.row.nominator_id),
            name=name_of(self.session, case),
            status=state.status.value,
            stage=stage.name if stage is not None else None,
            stage_kind=stage.kind if stage is not None else None,
            stage_key=stage.key if stage is not None else None,
            version=state.version,
            revision=state.revision,
            submitted_at=state.submitted_at,
            official=self.official,
            sections=sections,
            files={**files, **self._signed()},
            copies=self._copies(paths),
            places=self._places(stage, paths, files),
            lights=self._lights(stage),
            thread=tuple(self._knots()),
            route=self._route(),
            items=tuple(self._item(item) for item in self._open_items()),
            buttons=tuple(self._button(offer) for offer in offers(self.book, self.application, self.actor, self.now)),
            flagged=tuple((self._name(key), self._said(key)) for key in state.flags),
            changes=self._changes(),
            proposal=self._proposal(),
            returns=state.entry.returns if state.entry is not None else 0,
            awaits_draw=isinstance(stage, CheckStage) and stage.sample is not None and state.drawn is None,
            ranked=self.application.ranked if self.official else None,
            mends=tuple(effects.mends(self.application)),
            reopenable=self._reopenable(),
            tight=self._tight(stage),
            shows_facts=self.inside and bool(self.book.recorded),
            record=record,
            recorded=recorded,
            record_files=self._record_files(record, recorded),
            grounds=tuple(str(each) for each in stage.refuse_only_for) if isinstance(stage, CheckStage) else (),
            opens=self._opens(),
            definition=self.definition,
        )

    def _tight(self, stage: Stage | None) -> tuple[Pressure, ...]:
        """Said to the office while the case has not been shown to the public."""
        before = stage is not None and stage.kind in ("check", "joint_check", "score", "notice")
        row = self.case.row
        if not (before and self.official and row.channel in first_come(self.definition)):
            return ()
        own = ("", *groups_of(row.track or "", row.channel, None))
        found = pressures(self.session, self.book, self.case.round, self.now)
        return tuple(each for each in found if each.group in own)

    # -- who owes what -------------------------------------------------------------------------------------------------
    def _open_items(self) -> list[Item]:
        """Who has not answered yet is known only to those who may know what was answered."""
        return [
            item
            for item in self.state.open_items()
            if not is_department(self.definition, item)
            or may_hold_item(self.actor, CaseSubject(self.definition, self.application, item))
            or self._reads_joint(item.stage)
        ]

    def _item(self, item: Item) -> OpenItem:
        row = self.rows[item.no]
        stage = self.definition.stages[item.stage] if item.stage else None
        role = self.definition.roles.get(item.role)
        subject = CaseSubject(self.definition, self.application, item)
        return OpenItem(
            row.ref,
            item.no,
            row.version,
            abouts.name_of(self.definition, item.about)
            or (stage.name if stage is not None else self.definition.program.name),
            stage.kind if stage is not None else "check",
            item.duty.value,
            role.name if role is not None else Words("帮带人") if item.role == MENTOR else Words("申报人"),
            self.names.get(item.organization_id),
            self.people.get(item.holder_id or 0) if self.inside else None,
            self._left(item),
            row.hint,
            item.role != "applicant" and may_hold_item(self.actor, subject),
            item.about,
            stage.note if stage is not None else None,
        )

    def _left(self, item: Item) -> Left | None:
        if self.state.status is Status.HELD:
            return Left("hold", 0, None)
        return left_until(self.book, self.book.due(self.application, item, self.now), self.now)

    def _button(self, offer: Offer) -> Button:
        row = self.rows.get(offer.item) if offer.item is not None else None
        return Button(
            offer.name,
            offer.label,
            row.ref if row is not None else None,
            row.version if row is not None else self.state.version,
        )
