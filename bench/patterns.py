"""One case that the services made, and how to write it again as somebody else's.

What must differ does: ids, references, numbers, names, sealed values, digests and the macs of the chains. What
would stand twice where it must stand once is an error, never a guess.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import Column, Table, UniqueConstraint
from sqlalchemy.orm import Session

from bench.belongings import SUBJECTS, Row, rows_of, target_of
from bench.names import birth_date, id_number, mobile, name_of
from models import chain, secrets
from models.names import person_tokens, sort_key
from models.secrets import Place
from models.tables import Base
from workflow.domain import identifiers

Values = list[Any]
"""One row in the order of its table's columns, spelled for the database."""
Spell = Callable[[Any], Any]
Make = Callable[["Copy"], Any]

_TABLES = Base.metadata.tables
_NUMBERS_IN_EVENTS = {"person": "person", "holder": "account", "account": "account", "to": "account"}
_MARK = "@@{}:{}@@"


@lru_cache(maxsize=20_000)
def _tokens(name: str) -> tuple[str, ...]:
    return tuple(sorted(person_tokens(name)))


@lru_cache(maxsize=20_000)
def _sorted_as(name: str) -> str:
    return sort_key(name)


class Copy:
    """One more case: who it is about, and what stands for each id and each word of the pattern."""

    def __init__(self, pattern: "Pattern", serial: int, take: Callable[[str], int]) -> None:
        self.serial, self.name, self.id_number = serial, name_of(serial), id_number(serial)
        self.ids = {own: take(own[0]) for own in pattern.own_ids}
        self.words = {word: token_urlsafe(12) for word in pattern.refs}
        self.words |= {mark: str(self.ids[own]) for mark, own in pattern.marks.items()}
        self.data_key: bytes | None = None
        self.wrapped_key: bytes | None = None
        if pattern.person_ref is not None:
            ref = self.words[pattern.person_ref]
            self.wrapped_key = secrets.new_person_key(ref)
            self.data_key = secrets.person_key(self.wrapped_key, ref)
        for word, make in pattern.said.items():
            self.words[word] = make(self)
        self.macs: dict[tuple[int, int], str] = {}
        for stream, seq, spelled in pattern.told:
            before = self.macs.get((stream, seq - 1))
            self.macs[stream, seq] = secrets.chain_mac(before, spelled(self).encode())


class Pattern:
    def __init__(self, session: Session, application_id: int, spell: Spell) -> None:
        self._rows, self._spell = rows_of(session, application_id), spell
        application = self._rows["application"][0]
        account = next(row for row in self._rows["account"] if row["id"] == application["filler_id"])
        self._application_ref: str = application["ref"]
        self.person_ref: str | None = next((row["ref"] for row in self._rows.get("person", ())), None)
        self.own_ids = [(table, row["id"]) for table, rows in self._rows.items() for row in rows if "id" in row]
        self.refs = [row["ref"] for rows in self._rows.values() for row in rows if "ref" in row]
        self.marks = {f'"{_MARK.format(*own)}"': own for own in self.own_ids if own[0] in SUBJECTS.values()}
        self.said: dict[str, Make] = dict(self._words(application, account))
        every = sorted([*self.refs, *self.marks, *self.said], key=len, reverse=True)
        self._any_word = re.compile("|".join(map(re.escape, every)))
        for digest, make in self._digests():
            self.said[digest] = make
        self.told = [self._spelled(event) for event in self._rows["event"]]
        self._prepared = {table: [self._prepare(table, row) for row in rows] for table, rows in self._rows.items()}

    def copy(self, serial: int, take: Callable[[str], int]) -> dict[str, list[Values]]:
        """The rows of one more case, by table."""
        made, spell = Copy(self, serial, take), self._spell
        rows: dict[str, list[Values]] = {}
        for table, prepared in self._prepared.items():
            rows[table] = every = []
            for fixed, makes in prepared:
                values = fixed.copy()
                for place, make in makes:
                    values[place] = spell(make(made))
                every.append(values)
        if self.person_ref is not None:
            number = next(made.ids[own] for own in self.own_ids if own[0] == "person")
            rows["person_token"] = [[spell(token), spell(number)] for token in _tokens(made.name)]
        return rows

    # -- words ---------------------------------------------------------------------------------------------------------
    def _words(self, application: Row, account: Row) -> Iterator[tuple[str, Make]]:
        """What the case says of itself, wherever it is said. A digest must be known as a word before it is made."""
        yield account["name"], lambda copy: copy.name
        if called := self._rows["answers"][0]["body"].get("mobile"):
            yield called, lambda copy: mobile(copy.serial)
        for number in (application["number"], application["receipt"]):
            if number:
                head = number.rpartition("-")[0]
                yield number, partial(_numbered, head)
        for row in self._rows["answers"]:
            if row["digest"]:
                yield row["digest"], lambda _copy: ""
        for row in self._rows.get("remark", ()):
            told = self._event(row["stream_id"], row["seq"])["body"]["remarks"][row["field"]]
            at = row["stream_id"], row["seq"], row["field"], row["body"]
            yield told, partial(_remark, at)

    def _digests(self) -> Iterator[tuple[str, Make]]:
        for row in self._rows["answers"]:
            if row["digest"]:
                body = self._text(json.dumps(row["body"], ensure_ascii=False))
                places = self._sealed_places(row["revision"])
                yield row["digest"], partial(_digest, body, places)

    def _event(self, stream: int, seq: int) -> Row:
        return next(row for row in self._rows["event"] if (row["stream_id"], row["seq"]) == (stream, seq))

    def _text(self, text: str) -> Callable[[Copy], str]:
        """The text with every word of the pattern replaced by the copy's own."""
        parts, words = self._any_word.split(text), self._any_word.findall(text)
        pairs = list(zip(words, parts[1:], strict=True))

        def make(copy: Copy) -> str:
            said = [parts[0]]
            for word, part in pairs:
                said += (copy.words[word], part)
            return "".join(said)

        return make

    def _marked(self, value: Any, table: str | None = None) -> Any:
        """The value with a mark where one of the case's own numbers stands."""
        if isinstance(value, dict):
            return {name: self._marked(each, _NUMBERS_IN_EVENTS.get(name)) for name, each in value.items()}
        if isinstance(value, list):
            return [self._marked(each, table) for each in value]
        mark = _MARK.format(table, value)
        return mark if f'"{mark}"' in self.marks else value

    def _spelled(self, event: Row) -> tuple[int, int, Callable[[Copy], str]]:
        """What the mac of an event covers, with the copy's own numbers and words in it."""
        stream = next(row for row in self._rows["stream"] if row["id"] == event["stream_id"])
        subject: Any = self._marked(stream["subject_id"], SUBJECTS[stream["kind"]])
        actor = self._marked(event["actor_id"], "account")
        row = {**event, "actor_id": actor, "body": self._marked(event["body"])}
        return stream["id"], event["seq"], self._text(chain.canonical(stream["kind"], subject, row).decode())

    # -- columns -------------------------------------------------------------------------------------------------------
    def _prepare(self, table: str, row: Row) -> tuple[Values, list[tuple[int, Make]]]:
        columns = _TABLES[table].columns
        makes = {
            column.name: (place, make)
            for place, column in enumerate(columns)
            if row[column.name] is not None and (make := self._make(table, column, row)) is not None
        }
        for group in _unique_groups(_TABLES[table]):
            if not group & makes.keys() and all(row[name] is not None for name in group):
                raise LookupError(f"nobody said how to copy {table}: {', '.join(sorted(group))} would stand twice")
        return [self._spell(_plain(row[column.name])) for column in columns], list(makes.values())

    def _make(self, table: str, column: Column[Any], row: Row) -> Make | None:
        value = row[column.name]
        special = self._special(f"{table}.{column.name}", row)
        if special is not None:
            return special
        for own in ((target, value) for target in _targets(table, column, row)):
            if own in self.own_ids:
                return lambda copy: copy.ids[own]
        text = _plain(self._marked(value) if table == "event" else value)
        return self._text(text) if isinstance(text, str) and self._any_word.search(text) else None

    def _special(self, place: str, row: Row) -> Make | None:
        if place in _OF_WHOM:
            return _OF_WHOM[place]
        match place:
            case "application.unique_slot":
                head, _, person = row["unique_slot"].rpartition(":")
                return lambda copy: f"{head}:{copy.ids['person', int(person)]}"
            case "event.mac":
                return lambda copy: copy.macs[row["stream_id"], row["seq"]]
            case "stream.head_mac":
                return lambda copy: copy.macs[row["id"], row["seq"]]
            case "message.once":
                return _once(row)
            case "message.secret":
                raise LookupError("a message with a link in it cannot be copied")
            case "person_identity.ciphertext":
                at = self.person_ref or "", row["id_type"]
                return lambda copy: _sealed("person_identity", f"{copy.words[at[0]]}:{at[1]}", copy, copy.data_key)
            case "sealed_value.ciphertext":
                return self._sealed_answer(row)
        return None

    # -- sealed answers ------------------------------------------------------------------------------------------------
    def _sealed_places(self, revision: int) -> list[str]:
        return [row["field_key"] for row in self._rows.get("sealed_value", ()) if row["revision"] == revision]

    def _sealed_answer(self, row: Row) -> Make:
        if row["field_key"] != "id_no" or row["row_no"]:
            raise LookupError(f"nobody said how to copy the sealed value {row['field_key']}")
        under_person = row["key_id"] == secrets.PERSON_KEY
        at = f"{row['revision']}:{row['field_key']}:{row['row_no']}"

        def make(copy: Copy) -> bytes:
            where = f"{copy.words[self._application_ref]}:{at}"
            return _sealed("sealed_value", where, copy, copy.data_key if under_person else None)

        return make


_OF_WHOM: Mapping[str, Make] = {
    "account.login": lambda copy: f"applicant-{copy.serial}",
    "person.birth_date": lambda copy: birth_date(copy.serial),
    "person.gender": lambda _copy: "male",  # as the made-up numbers say
    "person.name_sort": lambda copy: _sorted_as(copy.name),
    "person.phone": lambda copy: mobile(copy.serial),
    "person.wrapped_key": lambda copy: copy.wrapped_key,
    "person_identity.blind_index": lambda copy: secrets.blind("resident", copy.id_number)[1],
    "person_identity.mask": lambda copy: identifiers.mask("id_no", copy.id_number),
    "sealed_value.blind_index": lambda copy: secrets.blind("resident", copy.id_number)[1],
    "sealed_value.mask": lambda copy: identifiers.mask("id_no", copy.id_number),
}


def _numbered(head: str, copy: Copy) -> str:
    return f"{head}-{copy.serial:04d}"


def _remark(at: tuple[int, int, str, str], copy: Copy) -> str:
    stream, seq, field, text = at
    return chain.remark_digest(copy.ids["stream", stream], seq, field, text)


def _digest(body: Callable[[Copy], str], sealed: list[str], copy: Copy) -> str:
    packed = json.dumps(
        [json.loads(body(copy)), dict.fromkeys(sealed, copy.id_number)], ensure_ascii=False, sort_keys=True
    )
    return secrets.digest("answers", packed)


def _sealed(table: str, where: str, copy: Copy, key: bytes | None) -> bytes:
    return secrets.seal(copy.id_number, Place(table, where, "ciphertext"), key)


def _once(row: Row) -> Make:
    """`12:3:submitted:9`: the case, the event, what it says, to whom."""
    case, _, rest = row["once"].partition(":")
    middle, _, account = rest.rpartition(":")
    reader = "account", int(account)
    return lambda copy: f"{copy.ids['application', int(case)]}:{middle}:{copy.ids.get(reader, reader[1])}"


def _plain(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _targets(table: str, column: Column[Any], row: Row) -> Iterator[str]:
    if column.name == "id" and column.primary_key:
        yield table
    if (table, column.name) == ("stream", "subject_id"):
        yield SUBJECTS[row["kind"]]
    yield from (target_of(key) for key in column.foreign_keys)


def _unique_groups(table: Table) -> Iterator[set[str]]:
    """Columns of which one at least must differ from case to case."""
    yield set(table.primary_key.columns.keys())
    yield from (set(each.columns.keys()) for each in table.constraints if isinstance(each, UniqueConstraint))
    yield from (set(index.columns.keys()) for index in table.indexes if index.unique)
