"""Who may put people forward in a round, with which facts, and the places that follow."""

from collections.abc import Mapping
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from forms.rounds import Admit, ReturnList
from workflow.domain.errors import NotFound
from workflow.domain.program.schema import Channel, Definition
from workflow.services import nominating_list, nominators, organizations
from workflow.services import rounds as service
from workflow.services.nominating_list import Where
from workflow.web import acting, page
from workflow.web.manager import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


def channels_of(definition: Definition) -> dict[str, Channel]:
    return {key: channel for key, channel in definition.channels.items() if channel.nominator is not None}


def fact_names(definition: Definition) -> dict[str, Any]:
    """Every number that a nominator of any channel is asked for, by its key."""
    return {
        key: fact.name
        for channel in channels_of(definition).values()
        if channel.nominator is not None
        for key, fact in channel.nominator.facts.items()
    }


@route(blueprint, "/rounds/<ref>/nominators", visitor=Visitor.MANAGER)
def nominating(ref: str) -> Response:
    sheet = service.sheet(page.actor(), ref)
    return page.render(
        "pages/manager/nominators.html",
        line=sheet.line,
        lines=sheet.nominators,
        channels={key: channel.name for key, channel in sheet.definition.channels.items()},
        facts=fact_names(sheet.definition),
        possible=bool(channels_of(sheet.definition)),
        ranked=[key for key, way in channels_of(sheet.definition).items() if way.nominator and way.nominator.ranked],
    )


@route(blueprint, "/rounds/<ref>/nominators/new", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def admit(ref: str) -> Response:
    sheet = service.sheet(page.actor(), ref)
    typed = request.args.get("q", "")
    form = page.bind(Admit, channel=request.args.get("channel", ""))
    if page.sent(form):
        with acting.in_words(form, facts="chosen", organization="chosen"):
            return acting.once(lambda: _admitted(ref, form.channel.data, form.chosen.data))
    found = organizations.search(page.actor(), typed) if typed.strip() else []
    return page.render(
        "pages/manager/admit.html",
        form=form,
        line=sheet.line,
        typed=typed,
        units=found,
        kinds=organizations.KINDS,
        channels=channels_of(sheet.definition),
        channel_options=[(key, page.say(way.name)) for key, way in channels_of(sheet.definition).items()],
        asked=_asked(sheet.definition),
        authorized=nominators.authorized(page.actor(), page.now(), ref),
    )


@route(blueprint, "/rounds/<ref>/nominators/<channel>/<unit>/return", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def return_list(ref: str, channel: str, unit: str) -> Response:
    """The ranked list goes back to its nominator, with the reason."""
    sheet, where = service.sheet(page.actor(), ref), Where(ref, channel, unit)
    form = page.bind(ReturnList)
    if page.sent(form):
        with acting.in_words(form):
            nominating_list.reopen(page.actor(), page.now(), where, form.reason.data or "")
            page.tell("名单已退回推荐单位，可以改了再交")
            return page.go("manager.nominating", ref=ref)
    found = [each for each in sheet.nominators if (each.channel, each.organization_ref) == (channel, unit)]
    if not found or found[0].listed_at is None:
        raise NotFound
    return page.render("pages/manager/return_list.html", form=form, line=sheet.line, one=found[0])


def _asked(definition: Definition) -> Mapping[str, list[Any]]:
    return {
        key: [fact.name for fact in channel.nominator.facts.values()]
        for key, channel in channels_of(definition).items()
        if channel.nominator is not None
    }


def _admitted(ref: str, channel: str, chosen: list[str]) -> Response:
    lines = nominators.admit(page.actor(), page.now(), ref, channel, chosen)
    page.tell("已列入 %(n)s 个推荐方", n=len(lines))
    return page.go("manager.nominating", ref=ref)
