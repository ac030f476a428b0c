"""What an actor is to a case, a round or a list: its person, its filler, a holder of a role, too near to judge it."""

from collections.abc import Iterable

from workflow.domain.actor import ADMINISTRATOR, Actor, Holding
from workflow.domain.application import Application, State
from workflow.domain.policy.subjects import CaseSubject
from workflow.domain.program.schema import Definition


def covers(holding: Holding, path: str | None) -> bool:
    """Whether a holding bound to an organization (or to none) reaches the organization at `path`."""
    if holding.organization_path is None:
        return True
    return path is not None and path.startswith(holding.organization_path)


def is_placed(holding: Holding, application: Application) -> bool:
    return (
        holding.program_id in (None, application.program_id)
        and holding.round_id in (None, application.round.id)
        and holding.track in (None, application.track)
    )


def holds(actor: Actor, definition: Definition, application: Application, role: str, organization: int | None) -> bool:
    """Whether the actor holds `role` for this case; an organization's administrator holds its `of:` roles."""
    by_office = is_of(definition, role)
    path = application.paths.get(organization) if organization is not None else None
    if by_office and organization is None:
        return False
    for holding in actor.holdings:
        fits = holding.role == role or (by_office and holding.role == ADMINISTRATOR)
        if fits and is_placed(holding, application) and (not by_office or is_bound_within(holding, path)):
            return True
    return False


def is_bound_within(holding: Holding, path: str | None) -> bool:
    """An `of:` role is held through an organization; a binding that names none reaches nobody's papers."""
    return holding.organization_path is not None and covers(holding, path)


def reaches(actor: Actor, role: str, application: Application, path: str) -> bool:
    """Whether a role held through an organization covers the one at `path`, before the case itself leads there."""
    return any(
        holding.role in (role, ADMINISTRATOR) and is_placed(holding, application) and is_bound_within(holding, path)
        for holding in actor.holdings
    )


def is_of(definition: Definition, role: str) -> bool:
    known = definition.roles.get(role)
    return known is not None and known.of is not None


def runs(actor: Actor, definition: Definition, application: Application) -> bool:
    """Who runs a program is bound to it; an `of:` role, found anew from each case, runs none."""
    return holds(actor, definition, application, definition.run_by, None)


def holds_in_round(actor: Actor, program_id: int, round_id: int, roles: Iterable[str]) -> bool:
    """Whether there can be a case of this round for which the actor holds one of the roles; each is asked again."""
    wanted = set(roles)
    return any(
        holding.role in wanted and holding.program_id in (None, program_id) and holding.round_id in (None, round_id)
        for holding in actor.holdings
    )


def sees_line(actor: Actor, path: str | None) -> bool:
    """Of a notice within organizations: the lines of one's own."""
    return any(holding.organization_path is not None and covers(holding, path) for holding in actor.holdings)


def is_person(actor: Actor, application: Application) -> bool:
    """Whom the case is about and who may know of it, or who speaks for the organization that it is about."""
    if actor.kind == "link":
        return actor.application_id == application.id and not actor.member
    if actor.person_id is not None and actor.person_id == application.person_id and not application.apart:
        return True
    return speaks_for(actor, application.subject_organization_id)


def speaks_for(actor: Actor, organization: int | None) -> bool:
    """Its own administrator; who administers one above it in the line speaks for that one only."""
    return organization is not None and any(
        holding.role == ADMINISTRATOR and holding.organization_id == organization for holding in actor.holdings
    )


def is_filler(actor: Actor, application: Application) -> bool:
    return actor.account_id is not None and actor.account_id == application.filler_id


def is_mentor(actor: Actor, application: Application) -> bool:
    """Who was named last to mentor this case."""
    mentor = application.state.after.mentor
    return mentor is not None and mentor == actor.account_id


def nominates(actor: Actor, subject: CaseSubject) -> bool:
    nominator = subject.definition.channels[subject.application.channel].nominator
    organization = subject.application.nominator_id
    if nominator is None or organization is None:
        return False
    path = subject.application.paths.get(organization)
    return any(
        holding.role in (nominator.role, ADMINISTRATOR)
        and holding.organization_path is not None
        and covers(holding, path)
        and is_placed(holding, subject.application)
        for holding in actor.holdings
    )


# -- conflicts ---------------------------------------------------------------------------------------------------------
def is_barred(actor: Actor, definition: Definition, application: Application, role: str | None = None) -> bool:
    """A conflict of interest stands against the actor. Who acts by office (`of:`) is not barred, unless the program
    says so in `fairness.include_of`."""
    if actor.account_id is None:
        return False
    if actor.account_id in application.state.recused:
        return True
    if actor.account_id not in application.conflicts:
        return False
    if role is None or not is_of(definition, role):
        return True
    included = definition.fairness.include_of
    return included is True or (not isinstance(included, bool) and role in included)


def acted_where_never_both(actor: Actor, definition: Definition, application: Application, stage: str) -> str | None:
    """The other stage of a `never_both` pair in which the actor has acted on this case, if any."""
    return acted_in_pair(definition, application.state, stage, actor.account_id) if actor.account_id else None


def acted_in_pair(definition: Definition, state: State, stage: str, account: int) -> str | None:
    for pair in definition.fairness.never_both:
        for other in pair:
            if stage in pair and other != stage and account in state.acted_in(other):
                return other
    return None
