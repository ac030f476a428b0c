"""The form of a case, its files, its rules and what its stage records, as the reader may see them."""

from collections.abc import Mapping
from typing import Any

from models.queries import cases
from workflow.domain import answers
from workflow.domain.application import Action
from workflow.domain.policy import CaseSubject, Permission, Sight, can, reads_whole_form
from workflow.domain.program.schema import CheckStage, Field, FileField, Stage
from workflow.domain.program.schema.fields import Fields
from workflow.domain.rulebook import Judgment
from workflow.domain.stages import check_verdicts
from workflow.domain.stages.base import Work
from workflow.domain.stages.intake import signs_on_paper
from workflow.domain.words import Words
from workflow.services import identity, sealing, showing, signed_files
from workflow.services.reading_ground import Ground
from workflow.services.sheets import Light, Place, SeenFile
from workflow.services.showing import Section, Shown, Text

SIGNED_AT = "signed"


class Form(Ground):
    def _sections(self) -> tuple[Section, ...]:
        questions = answers.form_questions(self.definition, self.case.row.channel)
        asked = questions.asked(self.application.values, self.book.inputs(self.application))
        return showing.sections(self.definition, asked, self.application.values, self.look)

    def _files(self, paths: Mapping[str, tuple[str, ...]]) -> dict[str, SeenFile]:
        refs = [ref for held in paths.values() for ref in held]
        rows = cases.files_of(self.session, self.case.row.id, refs)
        at = {ref: path for path, held in paths.items() for ref in held}
        return {ref: self._file(rows[ref], at[ref]) for ref in refs if ref in rows}

    def _signed(self) -> dict[str, SeenFile]:
        """The paper that the person signed, for who may see all that stands on it."""
        if not signs_on_paper(self.definition, self.case.row.channel):
            return {}
        if not reads_whole_form(self.actor, self.definition, self.application):
            return {}
        held = signed_files.held(self.session, self.case.row.id, self.state.revision)
        rows = cases.files_of(self.session, self.case.row.id, [row.ref for row, _ in held])
        return {
            row.ref: SeenFile(
                row.ref,
                SIGNED_AT,
                Words("本人签字的确认表") if now else Words("本人签字的确认表（以前的内容）"),
                row.name,
                rows[row.ref].media_type,
                rows[row.ref].size,
                rows[row.ref].pages,
                sealed=False,
                replaced=not now,
            )
            for row, now in held
        }

    def _copies(self, paths: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[SeenFile, ...]]:
        """What experts will see in place of a file, for whoever sees the file and can compare."""
        fields = self.definition.form_fields()
        asked = [path for path in paths if getattr(sealing.field_at(fields, path), "blind_copy", False)]
        held = identity.copies_of(self.session, self.case.row.id) if asked else {}
        rows = cases.files_of(self.session, self.case.row.id, [ref for path in asked for ref in held.get(path, ())])
        return {path: tuple(self._file(rows[ref], path) for ref in held.get(path, ())) for path in asked}

    def _places(
        self, stage: Stage | None, paths: Mapping[str, tuple[str, ...]], files: Mapping[str, SeenFile]
    ) -> tuple[Place, ...]:
        """What this stage gives verdicts on, files first; and what was flagged beside them."""
        needed = self._to_verify(stage)
        flagged = [key for (kind, key), said in self.comments.items() if kind == "file" and said.verdict == "flag"]
        every = dict.fromkeys([*needed, *paths, *(key for key in flagged if self._judged("file", key))])
        return tuple(
            Place(
                path,
                self._name(path),
                tuple(files[ref] for ref in paths.get(path, ()) if ref in files),
                self._judged("file", path),
                path in needed,
            )
            for path in every
        )

    def _to_verify(self, stage: Stage | None) -> list[str]:
        if not isinstance(stage, CheckStage):
            return []
        return check_verdicts.to_verify(self.definition, stage, self.application.values, self.application.files)

    def _opens(self) -> frozenset[str]:
        secret = {key: item for key, item in self.definition.form_fields().items() if item.level == "L4"}
        return frozenset(
            key
            for key, item in secret.items()
            if can(self.actor, Permission.SEALED_READ, CaseSubject(self.definition, self.application, field=item))
        )

    # -- rules ---------------------------------------------------------------------------------------------------------
    def _lights(self, stage: Stage | None) -> tuple[Light, ...]:
        asked = set(self._to_judge(stage))
        return tuple(self._light(each, each.rule.key in asked) for each in self.book.judge(self.application).values())

    def _to_judge(self, stage: Stage | None) -> list[str]:
        if not isinstance(stage, CheckStage):
            return []
        return check_verdicts.to_judge(Work(self.book, self.application, Action("judge"), self.actor, self.now), stage)

    def _light(self, judgment: Judgment, asked: bool) -> Light:
        rule = judgment.rule
        settled = self.definition.stages[rule.settled_at].name if rule.settled_at in self.definition.stages else None
        return Light(
            rule.key,
            rule.name,
            rule.clause,
            judgment.result,
            tuple(self._input(name, value) for name, value in judgment.inputs.items() if name not in judgment.missing),
            tuple(showing.name_of_input(self.definition, name) for name in judgment.missing),
            settled,
            self._judged("rule", rule.key),
            asked,
        )

    def _input(self, name: str, value: Any) -> tuple[Text, Shown]:
        sight, value = self.look.sights.get(name), self.application.values.get(name, value)
        shown: Shown = (
            showing.HIDDEN
            if sight is Sight.HIDDEN
            else showing.value_of_input(self.definition, name, value, self.names)
        )
        return showing.name_of_input(self.definition, name), shown

    # -- what the stage records ----------------------------------------------------------------------------------------
    def _record(self, stage: Stage | None) -> tuple[Fields, Mapping[str, Any]]:
        if stage is None or not self.official:
            return {}, {}
        return stage.record, self.application.records.get(stage.key, {})

    def _record_files(self, record: Mapping[str, Field], recorded: Mapping[str, Any]) -> dict[str, SeenFile]:
        refs = [ref for key, item in record.items() if isinstance(item, FileField) for ref in recorded.get(key) or ()]
        rows = cases.files_of(self.session, self.case.row.id, refs) if refs else {}
        return {
            ref: SeenFile(ref, row.field_key, row.name, row.name, row.media_type, row.size, row.pages, sealed=False)
            for ref, row in rows.items()
        }
