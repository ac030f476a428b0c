"""What happened -> whom to tell. Pure: an event of a case and who its people are give the messages that are owed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workflow.domain.application import Application, Status
from workflow.domain.duty_days import RENEWAL
from workflow.domain.events import Event
from workflow.domain.program.schema import Definition
from workflow.domain.unpublished import SAID_ALL_THE_SAME, withheld


@dataclass(frozen=True, slots=True)
class Telling:
    """One message owed. `to` names the person's side, the filler, or one account."""

    kind: str
    to: tuple[int, ...]
    params: Mapping[str, Any] = field(default_factory=dict)


TOLD_TO_THE_PERSON = frozenset(
    {
        "confirmation_asked",
        "confirmation_refused",
        "submitted",
        "returned",
        "refused",
        "correction_lapsed",
        "withdrawn",
        "held",
        "released",
        "extended",
        "reopened",
        "appealed",
        "appeal_settled",
        "case_ended",
        "stage_entered",
        "recognized",
        "reissued",
        "duty_opened",
        "duty_confirmed",
        "duty_rejected",
        "expired",
        "recognition_ended",
        "revocation_notified",
        "revocation_dropped",
        "revoked",
        "notice_published",
        "notice_taken_down",
        "notice_ended",
        "objection_received",
        "objection_settled",
        "points_confirmed",
        "points_rejected",
        "points_corrected",
        "points_expired",
        "points_appeal_settled",
        "mark_reached",
        "tier_changed",
        "alternate_listed",
        "alternate_promoted",
        "alternate_not_called",
    }
)
"""Events of a case of which its person hears; each has its sentence in `domain/letters.py`."""


def owed(definition: Definition, application: Application, event: Event) -> list[Telling]:
    """The messages of one event. Where the person is not to be told, whoever filled hears in their place."""
    if event.kind == "handed_over":
        return [Telling("handed_over", (event.body["to"],), _params(application, event))]
    raters = _raters_told(event)
    if raters:
        return [Telling(event.kind, raters, {"stage": application.state.stage or ""})]
    told = _side_of_the_person(definition, application)
    if event.kind == "rebased":
        return _rebased(application, event, told)
    if event.kind in _OF_A_DUTY and event.body.get("duty", RENEWAL) != RENEWAL:
        return _of_a_duty(application, event, told)
    if event.kind == "results_published" and told:
        return _results(definition, application, event, told)
    if event.kind not in TOLD_TO_THE_PERSON or _is_withheld(definition, application, event):
        return []
    return [Telling(event.kind, told, _params(application, event))] if told else []


def _rebased(application: Application, event: Event, told: tuple[int, ...]) -> list[Telling]:
    """Of what is free or lies ahead nobody is told; of what was chosen they are, with what they owe now."""
    body, params = event.body, _params(application, event)
    if not told:
        return []
    if body.get("asks"):
        items = {"items": list(body["asks"]), "count": len(body["asks"]), "last": body["until"]}
        return [Telling("asked_anew", told, {**params, **items})]
    if body.get("back"):
        return [Telling("asks_dropped", told, params)] if "asks" in body else []
    return [Telling("rebased", told, params)] if body.get("asked") else []


_OF_A_DUTY = frozenset({"duty_opened", "duty_confirmed", "duty_rejected"})


def _of_a_duty(application: Application, event: Event, told: tuple[int, ...]) -> list[Telling]:
    """The person and the mentor hear of what is theirs to answer; offices find it in their queue."""
    body = event.body
    owed = next((each for each in application.state.after.duties if each.duty == body["duty"]), None)
    roles = body.get("roles") or (owed.roles if owed is not None else ())
    params = {**_params(application, event), "duty": body["duty"]}
    mentor = application.state.after.mentor
    found = [Telling(event.kind, told, params)] if "applicant" in roles and told else []
    if "mentor" in roles and mentor is not None and mentor not in told:
        found.append(Telling(event.kind, (mentor,), params))
    return found


def _raters_told(event: Event) -> tuple[int, ...]:
    """Who is asked to rate, again or in another's place: told of the stage only, never whose case it is."""
    if event.kind in ("raters_drawn", "raters_assigned"):
        return tuple(account for _, account in event.body["seats"])
    if event.kind == "rater_replaced" and event.body.get("to") is not None:
        return (event.body["to"],)
    return (event.body["account"],) if event.kind == "review_reopened" else ()


def _results(definition: Definition, application: Application, event: Event, told: tuple[int, ...]) -> list[Telling]:
    """That they are known; and what was kept back until now, if the case ended there."""
    params = {**_params(application, event), "stage": event.body["stage"]}
    found = [Telling("results_published", told, params)]
    if application.state.status is Status.REFUSED and withheld(definition, application.state) is None:
        found.append(Telling("refused", told, params))
    if application.state.status is Status.ALTERNATE and withheld(definition, application.state) is None:
        found.append(Telling("alternate_listed", told, params))
    return found


def _is_withheld(definition: Definition, application: Application, event: Event) -> bool:
    """What would give away a result that is not published yet waits for its publication."""
    return event.kind not in SAID_ALL_THE_SAME and withheld(definition, application.state) is not None


def _side_of_the_person(definition: Definition, application: Application) -> tuple[int, ...]:
    person = application.account_id if definition.program.tell_person else None
    both = [account for account in (person, application.filler_id) if account is not None]
    return tuple(dict.fromkeys(both))


def _params(application: Application, event: Event) -> dict[str, Any]:
    """Keys and counts only; names and words are filled in when the message is shown to its reader."""
    params: dict[str, Any] = {"number": application.state.number or "", "stage": application.state.stage or ""}
    if event.kind == "extended" and not params["stage"]:  # a recognition at the end of its route
        params["stage"] = next((entry.stage for entry in reversed(application.state.entries)), "")
    if event.kind == "returned":
        params["count"] = len(event.body["flags"])
    if event.kind == "notice_published":
        params |= {"first": event.body["first"], "last": event.body["last"]}
    if event.kind == "objection_settled":
        params["conclusion"] = event.body["conclusion"]
    if event.kind == "stage_entered":
        params["stage"] = event.body["stage"]
    return params
