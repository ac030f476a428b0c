"""The papers of a meeting: calling it, and the whole numbers and choices its secretary types."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wtforms import StringField, TextAreaField

from forms.base import Paper, at_most, needed, stripped
from forms.rounds import Day
from workflow.domain.ballots import VOTES, Tally
from workflow.domain.errors import Reason
from workflow.domain.words import Words

_WHOLE = re.compile(r"\d{1,3}")
TALLY = ("for", "against", "abstained")
DECISIONS = ("", "pass", "refuse", "defer")


class CallMeeting(Paper):
    name = StringField(filters=[stripped], validators=[needed("请写会议名称，例如 第一次认定会"), at_most(120)])
    held_on = Day(validators=[needed("请写开会的日期")])
    held_clock = StringField(filters=[stripped], default="14:00", validators=[needed("请写几点开会")])
    place = StringField(filters=[stripped], validators=[at_most(200)])


class Why(Paper):
    """One reason for one act."""

    reason = TextAreaField(filters=[stripped], validators=[needed("请写明理由"), at_most(2000)])


def trial(typed: Mapping[str, str], places: int | None) -> dict[str, Any]:
    """What is supposed, as its service takes it; the number of places that there are anyway is no supposition."""
    wanted = whole(typed.get("places", ""))
    return {
        "places": None if wanted == places else wanted,
        "case": typed.get("case", ""),
        "decision": typed.get("decision", ""),
        "rater": whole(typed.get("rater", "")),
    }


@dataclass
class Read:
    """What could be read, by the case's reference, and what could not."""

    papers: dict[str, dict[str, Any]] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)


def whole(text: str) -> int | None:
    """A number as it is typed at the table, in half or full width; None where it is none."""
    known = text.strip().translate(str.maketrans("０１２３４５６７８９", "0123456789"))
    return int(known) if _WHOLE.fullmatch(known) else None


def tallies(typed: Mapping[str, str], cases: Sequence[tuple[str, str]]) -> Read:
    """`<reference>.for`, `.against` and `.abstained` of each case named. All three blank: not voted on."""
    read = Read()
    for ref, number in cases:
        texts = [typed.get(f"{ref}.{name}", "").strip() for name in TALLY]
        if not any(f"{ref}.{name}" in typed for name in TALLY):
            continue
        values = [whole(text) for text in texts]
        if not any(texts):
            read.papers[ref] = {"tally": None}
        elif None in values:
            wrong = values.index(None)
            words = Words("%(n)s：同意、不同意、弃权三个数都要写，没有的写 0", n=number)
            if all(texts):
                words = Words("%(n)s：票数写 0 或正整数，不能是“%(given)s”", n=number, given=texts[wrong][:20])
            read.reasons.append(Reason(words, f"{ref}.{TALLY[wrong]}"))
        else:
            read.papers[ref] = {"tally": Tally(*(value or 0 for value in values))}
    return read


def line(typed: Mapping[str, str], many: Mapping[str, Sequence[str]], members: Mapping[str, int]) -> dict[str, Any]:
    """What the page of one case says. `members`: reference -> account."""
    decision = typed.get("decision", "")
    said: dict[str, Any] = {
        "recused": frozenset(members[ref] for ref in many.get("recused", ()) if ref in members),
        "decision": decision if decision in DECISIONS else "",
        "left_out": typed.get("left_out") == "y",
        "reason": typed.get("reason", "")[:2000],
    }
    votes = {account: vote for ref, account in members.items() if (vote := typed.get(f"vote.{ref}", "")) in VOTES}
    if any(f"vote.{ref}" in typed for ref in members):
        said["votes"] = votes
    return said


def order(typed: Mapping[str, str], refs: Sequence[str]) -> Read:
    """The places among equals: each of 1 to n once."""
    read = Read()
    places = [whole(typed.get(f"{ref}.order", "")) for ref in refs]
    reason = typed.get("reason", "").strip()[:2000]
    if sorted(place or 0 for place in places) != list(range(1, len(refs) + 1)):
        words = Words("先后要写 1 到 %(n)s，每个数用一次", n=len(refs))
        read.reasons.append(Reason(words, f"{refs[0]}.order" if refs else None))
    if not reason:
        read.reasons.append(Reason(Words("请写明先后是怎么定的，例如再投一次的票数"), "reason"))
    for ref, place in zip(refs, places, strict=True):
        read.papers[ref] = {"settled": place, "tie_reason": reason}
    return read
