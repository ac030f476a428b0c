"""Everybody recognized, what ends soon, what was revoked; and one recognition with what may be done about it."""

from urllib.parse import urlencode

from flask import request, url_for
from werkzeug.wrappers import Response

from forms.awards import Act
from workflow.domain.errors import NotAllowed, NotFound, NotReady, Reason
from workflow.domain.words import Words
from workflow.services import actions, recognitions, recognitions_shown
from workflow.services.recognitions_shown import Seen
from workflow.web import page
from workflow.web.applicant.certificate import as_file
from workflow.web.manager import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

STATES = {
    "valid": ("done", Words("有效")),
    "soon": ("soon", Words("90 天内到期")),
    "expired": ("hold", Words("已过期或终止")),
    "revoked": ("no", Words("已撤销")),
    "superseded": ("back", Words("已由新的接替")),
}
SHAPES = {**STATES, "expired": ("hold", Words("已过期")), "ended": ("hold", Words("已终止"))}  # of one, told apart
DONE = {
    "reissue": Words("证书已换发，原来的作废"),
    "extend": Words("有效期已延长，新证书已印"),
    "open_exit": Words("已记下退出情形"),
    "keep": Words("研判结论已记下：保留"),
    "adjust": Words("研判结论已记下：调整"),
    "remove": Words("研判结论已记下，接着办撤销"),
    "notify": Words("已告知本人，等陈述"),
    "propose_revocation": Words("已提议撤销，等另一人复核"),
    "confirm_revocation": Words("已撤销"),
    "reject_revocation": Words("没有同意撤销"),
    "drop_revocation": Words("不再追究，认定照旧有效"),
    "record_recovery": Words("已登记追回"),
}
ASKS = ("exit", "why", "basis", "alleged", "reason", "recovery", "document", "note", "level", "measures", "until")


@route(blueprint, "/recognitions", visitor=Visitor.MANAGER)
def recognized() -> Response:
    state = request.args.get("state", "") if request.args.get("state") in STATES else ""
    round_ref, typed, number = request.args.get("round", "")[:24], request.args.get("q", "")[:80], page.page_number()
    listed = recognitions_shown.listed(
        page.actor(), page.now(), state=state, round_ref=round_ref, typed=typed, page=number
    )

    def address(**changes: str) -> str:
        kept = {"state": state, "round": round_ref, "q": typed} | changes
        query = urlencode({name: value for name, value in kept.items() if value})
        return url_for("manager.recognized") + (f"?{query}" if query else "")

    return page.render(
        "pages/manager/recognized.html",
        listed=listed,
        state=state,
        states=[(name, *STATES[name], listed.counts[name], address(state=name)) for name in STATES],
        all_url=address(state=""),
        typed=typed,
        round_ref=round_ref,
        number=number,
        url=lambda wanted: address(page=str(wanted)),
        shapes=SHAPES,
        status_of=lambda line: recognitions_shown.status_of(line, page.now()),
    )


@route(blueprint, "/recognitions/<ref>", visitor=Visitor.MANAGER)
def recognition(ref: str) -> Response:
    return _show(recognitions_shown.of_the_office(ref, page.actor(), page.now()), page.bind(Act), "")


@route(blueprint, "/recognitions/<ref>/act", methods=("POST",), visitor=Visitor.MANAGER)
def recognition_act(ref: str) -> Response:
    seen = recognitions_shown.of_the_office(ref, page.actor(), page.now())
    name, form = request.form.get("act", ""), page.bind(Act)
    offer = seen.offered(name)
    if name not in DONE:
        raise NotFound
    page.if_refused(latest=url_for("manager.recognition", ref=ref))
    if page.sent(form):
        try:
            _perform(seen, name, form, offer.item if offer is not None else None)
        except NotReady as refusal:
            form.take(refusal.reasons)
        except NotAllowed as refusal:
            form.take([Reason(refusal.words)])
        else:
            page.tell(DONE[name].text)
            return page.go("manager.recognition", ref=ref)
    return _show(seen, form, name)


def _perform(seen: Seen, name: str, form: Act, item: int | None) -> None:
    given = {each: form[each].data for each in ASKS if form[each].data}
    version, key = page.seen_version(), page.request_key()
    if name == "reissue":
        recognitions.reissue(
            seen.application, page.actor(), page.now(), why=given.get("why", ""), reason=given.get("reason", ""),
            seen=version, request_key=key,
        )  # fmt: skip
        return
    if name == "extend":
        given["what"] = "recognition"
    target = seen.items[item].ref if item is not None else seen.application
    actions.perform(target, name, page.actor(), page.now(), seen=version, request_key=key, inputs=given)


def _show(seen: Seen, form: Act, acted: str) -> Response:
    return page.render(
        "pages/manager/recognition.html",
        form=form,
        seen=seen,
        acted=acted if form.reasons else "",
        shapes=SHAPES,
        exits=[(key, page.say(name)) for key, name in seen.exits],
        removals=[(key, page.say(name)) for key, name in seen.removals],
        link=url_for("public.verified", token=seen.papers[0].token) if seen.papers else None,
    )


@route(blueprint, "/recognitions/<ref>/certificate.pdf", visitor=Visitor.MANAGER)
def recognition_file(ref: str) -> Response:
    number = request.args.get("no", "")
    no = int(number) if number.isdecimal() and len(number) < 5 else None
    return as_file(recognitions_shown.of_the_office(ref, page.actor(), page.now()), no)
