"""A case in the making, and the application that it is to the rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from workflow.domain import answers
from workflow.domain.application import Application
from workflow.domain.calendar import add_months, local_day
from workflow.domain.dryrun.chance import Chance
from workflow.domain.dryrun.filling import Filler, as_another, open_values
from workflow.domain.dryrun.identities import Somebody
from workflow.domain.dryrun.town import PROGRAM, person_account
from workflow.domain.errors import Reason
from workflow.domain.program.schema import Channel, FileField, TableField

if TYPE_CHECKING:
    from workflow.domain.dryrun.cases import Maker


@dataclass
class Draft:
    """A case in the making: typed answers, what is known beside them, who it is."""

    channel: str
    track: str
    no: int
    who: Somebody
    values: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    checks: dict[str, bool] = field(default_factory=dict)

    def changed(self, maker: "Maker", changes: Mapping[str, Any]) -> "Draft":
        """None takes a value away."""
        made = replace(self, values=dict(self.values), facts=dict(self.facts), checks=dict(self.checks))
        for name, value in changes.items():
            made._put(maker, name, value)
        return made

    def of_another(self, maker: "Maker", no: int) -> "Draft":
        chance = Chance(maker.seed, "case", no)
        who = replace(self.who, no=no)
        filler = Filler(who, maker.town, chance, local_day(maker.now), no - 1)
        values = as_another(maker.definition.form_fields(), self.values, filler)
        return replace(self, no=no, who=who, values=values)

    def _put(self, maker: "Maker", name: str, value: Any) -> None:
        group, _, key = name.partition(".")
        if name == "person.age" and value is not None:
            day = maker.book.as_of(self.application(maker))
            self._born(add_months(day, -12 * int(value)))
        elif name == "person.birth_date" and value is not None:
            self._born(value)
        elif group == "given":
            _set(self.values, key, (f"file-{self.no}-{key}",) if value else None)
        elif group == "facts":
            _set(self.facts, key, value)
        elif group == "checks":
            _set(self.checks, key, value)
        elif not key:
            _set(self.values, name, value)

    def _born(self, day: Any) -> None:
        self.who = replace(self.who, born=day)
        if "id_no" in self.values:
            self.values["id_no"] = self.who.id_no

    # -- as the rules take it ------------------------------------------------------------------------------------------
    def application(self, maker: "Maker") -> Application:
        definition, town = maker.definition, maker.town
        fields, channel = definition.form_fields(), definition.channels[self.channel]
        values = open_values(fields, self.values)
        itself = definition.program.subject == "organization"
        subject, own_code = town.applicant(self.no) if itself else (None, "")
        if itself and "credit_code" in fields:
            self.values["credit_code"] = values["credit_code"] = own_code
        nominator = self._nominator(maker, channel)
        places = {
            role.key: self._place(maker, role.of, values, nominator, subject)
            for role in definition.roles.values()
            if role.of is not None
        }
        counted = None
        if channel.quota is not None and channel.quota.counted_per is not None:
            counted = town.organization(values.get(channel.quota.counted_per))
        standing = {*places.values(), nominator, subject} - {None}
        has_account = channel.account != "none" and not itself and definition.program.tell_person
        account = person_account(self.no) if has_account else None
        born = {"birth_date": self.who.born} if not itself else {}
        return Application(
            id=self.no,
            program_id=PROGRAM,
            version_id=maker.book.version_id,
            round=maker.round_of(channel),
            channel=self.channel,
            track=self.track,
            person_id=None if itself else person_account(self.no),
            subject_organization_id=subject,
            apart=not definition.program.tell_person and channel.account == "none",
            account_id=account,
            filler_id=self._filler(maker, channel, account, places, nominator, subject),
            nominator_id=nominator,
            nominator=maker.numbers[self.channel] if nominator is not None else {},
            places=places,
            paths={each: town.path(each) for each in standing if each is not None},
            values=values,
            files=_files_in(fields, self.values),
            facts=dict(self.facts),
            person=born,
            checks=dict(self.checks),
            counted_id=counted,
        )

    def _nominator(self, maker: "Maker", channel: Channel) -> int | None:
        if channel.nominator is None:
            return None
        of = maker.definition.roles[channel.nominator.role].of
        if of is None or of == "nominator":
            return maker.town.nominator(self.no)
        return maker.town.organization(self.values.get(of)) or maker.town.nominator(self.no)

    def _place(
        self, maker: "Maker", of: str, values: Mapping[str, Any], nominator: int | None, subject: int | None
    ) -> int | None:
        if of == "nominator":
            return nominator
        if of == "applicant":
            return subject
        return None if of.startswith("records.") else maker.town.organization(values.get(of))

    def _filler(
        self,
        maker: "Maker",
        channel: Channel,
        account: int | None,
        places: Mapping[str, int | None],
        nominator: int | None,
        subject: int | None,
    ) -> int | None:
        """Who fills: the person, who nominates (`either`: the one or the other), a role of the office."""
        town = maker.town
        if subject is not None:
            return town.speaker(subject).account_id
        by = channel.filled_by
        if by == "either":
            by = "nominator" if self.no % 2 or account is None else "person"
        if by == "person":
            return account
        role = channel.nominator.role if by == "nominator" and channel.nominator is not None else by
        found = town.holders(role, nominator if by == "nominator" else places.get(role))
        return found[0].account_id if found else account

    def finished(self, maker: "Maker") -> tuple[Application, tuple[Reason, ...]]:
        """With what the page would say is wrong with the answers."""
        questions = answers.form_questions(maker.definition, self.channel)
        inputs = maker.book.inputs(self.application(maker))
        self.values = questions.kept(self.values, inputs)
        flaws = questions.flaws(self.values, inputs, local_day(maker.now))
        return self.application(maker), tuple(flaw.reason for flaw in flaws)


def _set(values: dict[str, Any], key: str, value: Any) -> None:
    if value is None:
        values.pop(key, None)
    else:
        values[key] = value


def _files_in(fields: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    held: dict[str, tuple[str, ...]] = {}
    for key, item in fields.items():
        value = values.get(key)
        if isinstance(item, FileField) and value:
            held[key] = tuple(value)
        elif isinstance(item, TableField):
            for number, row in enumerate(value or (), start=1):
                inner = _files_in(item.columns, row)
                held.update({f"{key}.{number}.{column}": refs for column, refs in inner.items()})
    return held
