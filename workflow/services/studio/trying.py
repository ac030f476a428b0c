"""A draft played with made-up people before it is published; what was found is kept with the text it was found in."""

from datetime import datetime
from typing import Any

from models.base import reading, writing
from models.evidence import StreamKind
from models.studio import TrialKind
from workflow.domain.actor import Actor
from workflow.domain.dryrun import Result, try_out
from workflow.domain.errors import InvalidInput, NotReady, Reason
from workflow.domain.words import Words
from workflow.services import evidence
from workflow.services.programs import published_tracks
from workflow.services.rulebooks import calendar_of
from workflow.services.studio import drafts, trials
from workflow.services.studio.checking import loaded_among
from workflow.services.studio.trials import Taken
from workflow.services.studio.wording import packed, unpacked

MOST = 1_000


def start(ref: str, actor: Actor, now: datetime, *, size: int = 60, seed: str = "1") -> str:
    """A trial of the text as it stands, run by the next worker that is free."""
    drafts.may(actor)
    if not 1 <= size <= MOST:
        raise InvalidInput([Reason(Words("试跑的人数要在1到%(most)s之间", most=MOST), "size")])
    with reading() as session:
        row = drafts.row_of(session, ref)
        errors = loaded_among(row.text, published_tracks(session)).errors
    if errors:
        raise NotReady([Reason(Words("还有%(n)s处错误，改好才能试跑", n=len(errors)))])
    with writing() as session:
        row = drafts.row_of(session, ref)
        trial = trials.ask(session, row, actor, now, TrialKind.PLAY, size=size, seed=seed.strip()[:40] or "1")
        body = trials.told(trial)
        evidence.tell(session, StreamKind.INSTALLATION, 0, "program_draft_tried", actor, now, body=body)
        return trial.ref


def run(taken: Taken) -> None:
    """Outside of any transaction but the short ones that note how far it is. The same day, size and seed play the same
    run, however often it is taken."""
    with reading() as session:
        definition = loaded_among(taken.text, published_tracks(session)).definition
        calendar = calendar_of(session)
    if definition is None:
        raise NotReady([Reason(Words("草稿现在读不懂，改好才能试算"))])
    began = taken.began_at.replace(hour=1, minute=0, second=0, microsecond=0)
    result = try_out(definition, calendar, size=taken.size, seed=taken.seed, now=began, watch=taken.watch)
    taken.done(kept(result), len(result.complaints), result.acts, len(result.fates))


# -- what is kept ------------------------------------------------------------------------------------------------------
def kept(result: Result) -> dict[str, Any]:
    """What a page shows of it, ready for JSON; `read` gives its words back."""
    return {
        "fates": [packed_fields(fate) for fate in result.fates],
        "stages": [packed_fields(stage) for stage in result.stages],
        "work": dict(result.work),
        "busiest": dict(result.busiest),
        "messages": dict(result.messages),
        "quota": [packed_fields(used) for used in result.quota],
        "complaints": [packed_fields(complaint) for complaint in result.complaints],
        "ends": dict(result.ends()),
        "acts": result.acts,
        "digest": result.digest,
    }


def packed_fields(part: Any) -> dict[str, Any]:
    return {
        name: value if value is None or isinstance(value, bool) else packed(value) for name, value in vars(part).items()
    }


def read(found: dict[str, Any]) -> dict[str, Any]:
    """The same with its words, lists and all."""
    return {
        name: [{word: unpacked(told) for word, told in line.items()} for line in value]
        if isinstance(value, list)
        else value
        for name, value in found.items()
    }
