"""Deny by default: a route is open only to the visitor it declares, and one that declares none is not there.

A view says `@page(blueprint, "/login", methods=("GET", "POST"), visitor=Visitor.PUBLIC)`. The declaration travels with
the view function, so that the guard, the build and the matrix test of all routes read one and the same thing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import Blueprint, Flask, current_app, request

from workflow.domain.actor import Actor, Office
from workflow.domain.errors import NotAllowed, NotFound
from workflow.domain.policy import Permission, can
from workflow.domain.words import Words

View = Callable[..., Any]

NOT_YOURS = Words("你的账号没有这一页的权限。需要的话，请找本单位管理员或人才办开通")


class Visitor(StrEnum):
    """Whose room a page stands in. Which case one may see there is asked again, of the policy, by the service."""

    PUBLIC = "public"  # everybody, signed in or not
    LINK = "link"  # whoever holds a one-time link; the view asks the service about the token
    ACCOUNT = "account"  # whoever is signed in
    APPLICANT = "applicant"  # the same people, about their own cases
    NOMINATOR = "nominator"  # holds a role through an organization: employer, association, school, village
    REVIEWER = "reviewer"  # holds a role: checks, scores, decides
    MANAGER = "manager"  # holds a role or opens rounds
    ADMIN = "admin"  # accounts, organizations, who holds what
    AUDITOR = "auditor"  # reads the records


# What the policy can answer before it knows which thing is asked about; the others are asked by the service.
_WITHOUT_SUBJECT = frozenset(
    {
        Permission.ACCOUNT_MANAGE,
        Permission.AUDIT_READ,
        Permission.CALENDAR_MANAGE,
        Permission.OFFICE_GRANT,
        Permission.ORGANIZATION_APPROVE,
        Permission.ORGANIZATION_PROPOSE,
        Permission.PERSON_CORRECT,
        Permission.PERSON_ERASE,
        Permission.PERSON_IMPORT,
        Permission.PERSON_MERGE,
        Permission.PROGRAM_PUBLISH,
        Permission.QUEUE_READ,
        Permission.ROUND_OPEN,
    }
)
_HELD = frozenset({Visitor.REVIEWER, Visitor.MANAGER})
_OFFICES = {
    Visitor.MANAGER: frozenset({Office.PROGRAMS}),
    Visitor.ADMIN: frozenset({Office.ACCOUNTS, Office.PERMISSIONS, Office.PROGRAMS}),
    Visitor.AUDITOR: frozenset({Office.AUDIT}),
}


@dataclass(frozen=True)
class Door:
    """What a route declares. The service asks the policy again, about the thing itself."""

    visitor: Visitor
    permission: Permission | None = None


@dataclass(frozen=True)
class Declared:
    endpoint: str
    rule: str
    methods: tuple[str, ...]
    door: Door | None


def page(
    blueprint: Blueprint,
    rule: str,
    *,
    visitor: Visitor,
    permission: Permission | None = None,
    methods: Sequence[str] = ("GET",),
    endpoint: str | None = None,
) -> Callable[[View], View]:
    """Register a view with its door. One view may stand at several rules, each with the same door."""

    def register(view: View) -> View:
        _declare(view, Door(visitor, permission))
        blueprint.add_url_rule(rule, endpoint or view.__name__, view, methods=list(methods))
        return view

    return register


def declare(app: Flask, endpoint: str, visitor: Visitor, permission: Permission | None = None) -> None:
    """The door of a route that somebody else registered: static files, a health check."""
    _declare(app.view_functions[endpoint], Door(visitor, permission))


def _declare(view: View, door: Door) -> None:
    known = getattr(view, "door", None)
    if known is not None and known != door:
        raise ValueError(f"{view.__name__} declares two doors: {known} and {door}")
    view.__dict__["door"] = door


def door_of(app: Flask, endpoint: str) -> Door | None:
    door = getattr(app.view_functions.get(endpoint), "door", None)
    return door if isinstance(door, Door) else None


def declarations(app: Flask) -> Iterator[Declared]:
    """The table of every route, for the build and for the matrix of route, method and identity."""
    for rule in app.url_map.iter_rules():
        methods = tuple(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        yield Declared(rule.endpoint, rule.rule, methods, door_of(app, rule.endpoint))


def admits(door: Door, actor: Actor) -> bool:
    if door.permission in _WITHOUT_SUBJECT and not can(actor, door.permission):
        return False
    return _in_room(door.visitor, actor)


def _in_room(visitor: Visitor, actor: Actor) -> bool:
    if visitor in (Visitor.PUBLIC, Visitor.LINK):
        return True
    if actor.kind != "account":
        return False
    if visitor in (Visitor.ACCOUNT, Visitor.APPLICANT):
        return True
    if visitor in _HELD and actor.holdings:
        return True
    if visitor is Visitor.NOMINATOR and any(holding.organization_path for holding in actor.holdings):
        return True
    return bool(actor.offices & _OFFICES.get(visitor, frozenset()))


def guard(actor: Actor) -> bool:
    """True = go on; False = sign in first. An undeclared route has the face of a missing one."""
    if request.endpoint is None:
        return True
    door = door_of(current_app, request.endpoint)
    if door is None:
        current_app.logger.error("route without a declared visitor refused: %s", request.endpoint)
        raise NotFound
    if admits(door, actor):
        return True
    if actor.kind == "account":
        raise NotAllowed(NOT_YOURS)
    return False
