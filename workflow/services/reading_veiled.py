"""The same sheet for those who may not know all of it: who judges blind, and a department that was asked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from models.queries import cases
from workflow.domain.application import Item
from workflow.domain.blindness import Veil, code_of, names_in
from workflow.domain.errors import NotFound
from workflow.domain.policy import Sight, is_blind, sheet_of
from workflow.domain.program.schema import Stage
from workflow.services import identity, sealing, showing
from workflow.services.reading_whole import Reader
from workflow.services.sheets import Milestone, Place, SeenFile, Sheet


class BlindReader(Reader):
    """The same case without whose it is: what the judge gave, the form under a veil, anonymous copies, no history."""

    def _look(self) -> showing.Look:
        session, row = self.session, self.case.row
        fields, values = self.definition.form_fields(), self.application.values
        sealed = sealing.opened(session, row, self.state.revision).values()
        veil = Veil(
            [*names_in(fields, values), *map(str, self.names.values()), *sealed, *identity.words_of(session, row)]
        )
        copies = identity.copies_of(session, row.id)
        return showing.Look(sheet_of(self.actor, self.definition, self.application), {}, {}, veil, copies)

    def _copies(self, paths: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[SeenFile, ...]]:
        return {}  # the copies stand where the files would

    def sheet(self, item_no: int | None) -> Sheet:
        item = self._own_item(item_no)
        ref = self.rows[item.no].ref
        shown = super().sheet(item.no)
        return replace(
            shown,
            ref=ref,
            number=None,
            receipt=None,
            nominator=None,
            name=code_of(ref),
            submitted_at=None,
            lights=(),
            thread=(),
            items=tuple(each for each in shown.items if each.mine),
            buttons=tuple(each for each in shown.buttons if self._is_own(each.item)),
            flagged=(),
            changes=(),
            proposal=None,
            returns=0,
            reopenable=(),
            opens=frozenset(),
            blind=True,
        )

    def _own_item(self, item_no: int | None) -> Item:
        """The sheet that was asked for, where it is the reader's; else their newest one."""
        items = [each for each in self.state.items if is_blind(self.definition, each) and self._is_mine(each)]
        found = next((each for each in items if each.no == item_no), None)
        if found is None and item_no is not None:
            raise NotFound
        if not items:
            raise NotFound
        return found or items[-1]

    def _is_mine(self, item: Item) -> bool:
        return item.holder_id in (None, self.actor.account_id) or item.closed_by == self.actor.account_id

    def _is_own(self, item_ref: str | None) -> bool:
        numbers = {row.ref: no for no, row in self.rows.items()}
        item = self.state.item(numbers[item_ref]) if item_ref in numbers else None
        return item is not None and self._is_mine(item)

    def _file(self, row: cases.FileRow, path: str) -> SeenFile:
        """Named after its place; what a document says of its author stays behind, so it is shown as pictures."""
        place = self._name(path)
        whole = row.media_type != "application/pdf"
        return SeenFile(row.ref, path, place, "", row.media_type, row.size, row.pages, sealed=False, whole=whole)

    def _places(
        self, stage: Stage | None, paths: Mapping[str, tuple[str, ...]], files: Mapping[str, SeenFile]
    ) -> tuple[Place, ...]:
        return tuple(
            Place(path, self._name(path), tuple(files[ref] for ref in held if ref in files), None, needed=False)
            for path, held in paths.items()
        )

    def _route(self) -> tuple[Milestone, ...]:
        return tuple(replace(each, at=None) for each in super()._route())


class DepartmentReader(Reader):
    """Whom the case is about, as far as a department needs it to look somebody up; nothing of what others found."""

    def sheet(self, item_no: int | None) -> Sheet:
        shown = super().sheet(item_no)
        sections = [replace(each, answers=tuple(_seen(each.answers))) for each in shown.sections]
        return replace(
            shown,
            sections=tuple(each for each in sections if each.answers),
            files={},
            places=(),
            lights=(),
            thread=(),
            items=tuple(each for each in shown.items if each.mine),
            flagged=(),
            changes=(),
            proposal=None,
            returns=0,
            reopenable=(),
            opens=frozenset(key for key in shown.opens if self.look.at(key) is not Sight.HIDDEN),
        )


def _seen(given: Iterable[showing.Answer]) -> Iterator[showing.Answer]:
    return (each for each in given if each.sight is not Sight.HIDDEN)
