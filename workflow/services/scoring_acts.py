"""What whoever counts the sheets does: close what is ready, make results known, act on one case."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from models.accounts import Account as AccountRow
from models.base import reading
from models.programs import ProgramVersion
from models.queries import scoring as queries
from models.rounds import Round
from workflow.domain.actor import Actor
from workflow.domain.errors import MovedOn, NotFound, NotReady, Reason
from workflow.domain.policy import Permission, RoundSubject, can
from workflow.domain.program.schema import VoteStage
from workflow.domain.scope import scope_of
from workflow.domain.words import Words
from workflow.services import actions, draws
from workflow.services.actions import PoolDone
from workflow.services.draws import require_office
from workflow.services.rulebooks import definition_of
from workflow.services.sessions import actor_of


def close_ready(actor: Actor, round_ref: str, stage: str, now: datetime, *, request_key: str | None = None) -> PoolDone:
    """Count the sheets of every case that has them all and passes; the rest wants somebody to look."""
    with reading() as session:
        where = draws.setting_of(session, round_ref, stage)
        require_office(where, actor)
        ids = queries.cases_at(session, scope_of(actor), where.round_id, stage, here=True, most=5000)
        refs = queries.refs_of(session, ids)
    if not refs:
        raise MovedOn
    return actions.perform_pool(refs, stage, "close", actor, now, request_key=request_key)


def publish(actor: Actor, round_ref: str, stage: str, now: datetime, *, request_key: str | None = None) -> PoolDone:
    """Make the results of a stage known, to all at once; also those of a meeting."""
    with reading() as session:
        row = session.scalar(select(Round).where(Round.ref == round_ref))
        if row is None:
            raise NotFound
        definition = definition_of(session.get_one(ProgramVersion, row.version_id))
        kind = definition.stages.get(stage)
        if kind is None or kind.reveal != "later":
            raise NotFound
        if not can(actor, Permission.ROUND_RUN, RoundSubject(row.program_id, row.id, definition.run_by)):
            raise NotFound
        waits = isinstance(kind, VoteStage)  # whoever a meeting left out is for a later one
        still = 0 if waits else queries.still_at(session, scope_of(actor), row.id, stage)
        refs = queries.refs_of(session, queries.withheld_at(session, scope_of(actor), row.id, stage))
    if still:
        words = Words("还有 %(n)s 件在“%(stage)s”没有办完，办完才能一起公布", n=still, stage=kind.name)
        raise NotReady([Reason(words)])
    if not refs:
        raise MovedOn
    return actions.perform_pool(refs, stage, "publish_results", actor, now, request_key=request_key)


def on_case(
    actor: Actor,
    ref: str,
    name: str,
    now: datetime,
    *,
    seen: int | None,
    request_key: str | None,
    inputs: Mapping[str, object],
) -> actions.Done:
    """Close, open a sheet again, or replace a rater, of one case."""
    given = dict(inputs)
    chosen = given.pop("to", None)
    if chosen:
        given["to"] = _chosen(str(chosen), now)
    return actions.perform(ref, name, actor, now, seen=seen, request_key=request_key, inputs=given)


def _chosen(account_ref: str, now: datetime) -> Actor:
    with reading() as session:
        number = session.scalar(select(AccountRow.id).where(AccountRow.ref == account_ref))
    if number is None:
        raise NotFound
    return actor_of(number, now)
