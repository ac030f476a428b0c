"""The records: all of them, one chain, who looked at what; and the two questions whether they hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from models.queries.records import Record, Wanted
from workflow.domain.errors import NotFound
from workflow.domain.facts import Fact
from workflow.domain.policy import Permission
from workflow.domain.words import Words
from workflow.services import proving, timeline
from workflow.services.timeline import Names, Page
from workflow.web import page
from workflow.web.auditor import blueprint, sentences
from workflow.web.auditor.sentences import GROUPS, STREAMS
from workflow.web.routes import Visitor
from workflow.web.routes import page as route
from workflow.web.standing import STATUS

READS: Mapping[str, Any] = {"visitor": Visitor.AUDITOR, "permission": Permission.AUDIT_READ}
_LOOKS = frozenset({"application_access", "person_access"})
_REASONS: Mapping[str, Words] = {"reason": Words("理由"), "basis": Words("依据")}


@dataclass(frozen=True)
class Shown:
    """One line of the timeline."""

    seq: int
    fact: Fact
    at: datetime
    who: Words
    who_url: str | None
    on_behalf: Words | None
    about: Words
    about_url: str | None
    details: tuple[tuple[Words, Any], ...]
    said: tuple[tuple[Words, str], ...]
    closed: int  # how many words stand beside it that the auditor does not read
    mac: str


def shown(record: Record, names: Names) -> Shown:
    subject = names.subjects.get((record.stream, record.subject))
    who = names.accounts.get(record.actor_id or 0)
    kept = len(record.body.get("remarks", {})) - len(record.said)
    return Shown(
        record.seq,
        sentences.fact_of(record, names),
        record.at,
        sentences.who(record, names),
        url_for("auditor.records", who=who.ref) if who else None,
        sentences.on_behalf(record, names),
        sentences.about(record.stream, subject),
        url_for("auditor.chain", kind=record.stream, ref=subject.ref) if subject else None,
        tuple(sentences.details(record, names)),
        tuple((_REASONS.get(field, Words("附言")), text) for field, text in record.said.items()),
        max(0, kept),
        record.mac,
    )


def _lines(found: Page) -> list[Shown]:
    return [shown(record, found.names) for record in found.records]


# -- where in the list -------------------------------------------------------------------------------------------------
def before() -> tuple[datetime, str] | None:
    """`microseconds.mac` of the last line of the page before; anything else is the beginning."""
    micros, _, mac = request.args.get("before", "").partition(".")
    if not micros.isdecimal() or len(micros) > 17 or len(mac) != 64:
        return None
    return datetime.fromtimestamp(int(micros) // 1_000_000, UTC).replace(microsecond=int(micros) % 1_000_000), mac


def _cursor(record: Record) -> str:
    return f"{int(record.at.timestamp()) * 1_000_000 + record.at.microsecond}.{record.mac}"


# -- lists -------------------------------------------------------------------------------------------------------------
@route(blueprint, "/records", **READS)
def records() -> Response:
    stream, group, who = request.args.get("stream", ""), request.args.get("group", ""), request.args.get("who", "")
    typed = request.args.get("q", "")
    wanted = Wanted(
        streams=(stream,) if stream in STREAMS else (),
        kinds=GROUPS[group][1] if group in GROUPS else (),
        by_system=group == "system",
    )
    found = timeline.newest(page.actor(), wanted, before(), who or None)
    narrowed: dict[str, Any] = {"stream": stream or None, "group": group or None, "who": who or None}
    return page.render(
        "pages/auditor/records.html",
        lines=_lines(found),
        streams=STREAMS,
        groups={key: words for key, (words, _) in GROUPS.items()},
        stream=stream,
        group=group,
        narrowed=narrowed,
        who=timeline.account_name(page.actor(), who) if who else None,
        named=sentences.named,
        typed=typed,
        hits=[
            (sentences.about(kind, each), each.place, url_for("auditor.chain", kind=kind, ref=each.ref))
            for kind, each in timeline.found(page.actor(), typed)
        ],
        next_url=url_for("auditor.records", **narrowed, before=_cursor(found.records[-1])) if found.more else None,
        first_url=url_for("auditor.records", **narrowed) if request.args.get("before") else None,
    )


@route(blueprint, "/access", **READS)
def access() -> Response:
    who = request.args.get("who", "")
    found = timeline.access(page.actor(), before(), who or None)
    return page.render(
        "pages/auditor/access.html",
        lines=_lines(found),
        who=timeline.account_name(page.actor(), who) if who else None,
        named=sentences.named,
        next_url=url_for("auditor.access", who=who or None, before=_cursor(found.records[-1])) if found.more else None,
        first_url=url_for("auditor.access", who=who or None) if request.args.get("before") else None,
    )


@route(blueprint, "/records/<kind>/<ref>", **READS)
def chain(kind: str, ref: str) -> Response:
    if kind not in STREAMS:
        raise NotFound
    group = request.args.get("group", "")
    start = request.args.get("before", "")
    kinds = sorted(GROUPS[group][1]) if group in GROUPS else ()
    found = timeline.chain(
        page.actor(), kind, ref, kinds, int(start) if start.isdecimal() and len(start) < 10 else None
    )
    return page.render(
        "pages/auditor/chain.html",
        chain=found,
        title=sentences.about(kind, found.about),
        lines=_lines(found.page),
        groups=[
            (key, words, sum(found.counts.get(each, 0) for each in members))
            for key, (words, members) in GROUPS.items()
            if any(found.counts.get(each) for each in members)
        ],
        group=group,
        kind=kind,
        ref=ref,
        other=_other(kind),
        hands=[
            (sentences.named(who) if who_kind == "account" else SYSTEM_WORDS, count)
            for who_kind, who, count in found.hands
        ],
        next_url=_chain_url(kind, ref, group, before=found.page.records[-1].seq) if found.page.more else None,
        first_url=_chain_url(kind, ref, group) if start else None,
    )


SYSTEM_WORDS = Words("系统")


def _chain_url(kind: str, ref: str, group: str, **more: Any) -> str:
    return url_for("auditor.chain", kind=kind, ref=ref, group=group or None, **more)


def _other(kind: str) -> str | None:
    """The chain beside this one: what was done to a case, and who looked into it."""
    return {
        "application": "application_access",
        "application_access": "application",
        "person": "person_access",
        "person_access": "person",
    }.get(kind)


# -- does it hold ------------------------------------------------------------------------------------------------------
def _anchors() -> Path | None:
    folder = page.setting("DATA_DIR")
    return Path(folder) / "anchors.jsonl" if folder else None


@route(blueprint, "/verify", methods=("GET", "POST"), **READS)
def verify() -> Response:
    """Looking asks nothing; pressing reads every chain from end to end. Nothing is changed by either."""
    asked = request.form.get("what", "") if request.method == "POST" else ""
    result = timeline.verify(page.actor(), _anchors()) if asked == "chains" else None
    replayed = timeline.replay(page.actor(), page.now()) if asked == "replay" else None
    return page.render(
        "pages/auditor/verify.html",
        result=result,
        replayed=replayed,
        broken=[
            (_stream_words(each.stream), each.seq, WHY.get(each.why, Words("%(why)s", why=each.why)))
            for each in result.broken
        ]
        if result
        else [],
    )


WHY: Mapping[str, Words] = {
    "changed": Words("内容被改过"),
    "missing": Words("中间少了记录"),
    "cut": Words("末尾被截掉"),
    "no chain": Words("链条的头不见了"),
    "words changed": Words("旁边的文字被改过"),
    "not as anchored": Words("与外部锚点对不上"),
}


def _stream_words(name: str) -> Words:
    kind, _, _ = name.partition(":")
    return STREAMS.get(kind, STREAMS["installation"])


# -- step by step ------------------------------------------------------------------------------------------------------
@route(blueprint, "/records/<kind>/<ref>/proof", **READS)
def proof(kind: str, ref: str) -> Response:
    """Each record worked out again: the value before it, its content, the value, and the state it leads to."""
    if kind not in STREAMS:
        raise NotFound
    start = request.args.get("at", "")
    first = int(start) if start.isdecimal() and 0 < len(start) < 10 else 1
    found = proving.proof(page.actor(), kind, ref, max(1, first))
    return page.render(
        "pages/auditor/proof.html",
        proof=found,
        title=sentences.about(kind, found.about),
        steps=[(step, shown(step.record, found.names)) for step in found.steps],
        status_words=STATUS,
        kind=kind,
        ref=ref,
        next_url=url_for("auditor.proof", kind=kind, ref=ref, at=found.next) if found.next else None,
        first_url=url_for("auditor.proof", kind=kind, ref=ref) if found.first > 1 else None,
    )
