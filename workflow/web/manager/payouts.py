"""What the benefits of a round come to, the list to pay from, and one payment."""

from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from flask import request, send_file, url_for
from werkzeug.wrappers import Response

from forms.payouts import Pay, PayOne, Take
from workflow.domain.errors import InvalidInput, NotFound, NotReady, Reason
from workflow.domain.words import Words
from workflow.services import actions, payouts
from workflow.services.payouts import Paid
from workflow.web import page
from workflow.web.manager import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATES = {
    "due": ("soon", Words("待付")),
    "made": ("done", Words("已付")),
    "stopped": ("no", Words("停付")),
    "unreceived": ("human", Words("本人说没收到")),
}
ACTS = {
    "pay": Words("已登记付款"),
    "stop_payment": Words("已停付"),
    "correct_payment": Words("已更正"),
}


@route(blueprint, "/rounds/<ref>/payouts", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def payouts_page(ref: str) -> Response:
    form = page.bind(Pay, on=None)
    if not page.sent(form):
        return _show(ref, form)
    page.if_refused(latest=url_for("manager.payouts_page", ref=ref))
    chosen = [_item(each) for each in request.form.getlist("item")]
    if not chosen:
        form.take([Reason(Words("请先勾选要付的"), "item")])
        return _show(ref, form)
    paid = payouts.pay(
        page.actor(), ref, chosen, form.on.data, form.voucher.data or "", page.now(), page.request_key() or ""
    )
    if paid.done:
        page.tell("已登记 %(n)s 笔付款", n=paid.done)
    return _show(ref, form, paid) if paid.left_aside else page.go("manager.payouts_page", ref=ref)


def _item(value: str) -> tuple[str, int]:
    """The box of a line says which item and which version was seen: `ref:3`."""
    ref, _, seen = value.rpartition(":")
    return ref[:24], int(seen) if seen.isdecimal() and len(seen) < 10 else 0


def _show(ref: str, form: Pay, paid: Paid | None = None) -> Response:
    state = request.args.get("state", "due")
    state = state if state in (*STATES, "") else "due"
    benefit, number = request.args.get("benefit", "")[:60], page.page_number()
    seen = payouts.listed(page.actor(), ref, page.now(), state=state, benefit=benefit, page=number)
    if benefit and benefit not in seen.definition.benefits:
        raise NotFound

    def address(**changes: str) -> str:
        kept = {"state": state, "benefit": benefit, **changes}
        return f"{url_for('manager.payouts_page', ref=ref)}?{urlencode(kept)}"

    return page.render(
        "pages/manager/payouts.html",
        form=form,
        seen=seen,
        shapes=STATES,
        state=state,
        benefit=benefit,
        address=address,
        number=number,
        turn=lambda wanted: address(page=str(wanted)),
        paid=paid,
        chosen=set(request.form.getlist("item")) if form.reasons else None,
    )


@route(blueprint, "/rounds/<ref>/payouts/file", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def payouts_file(ref: str) -> Response:
    """Asked for on a page of its own, since who takes whole account numbers says why."""
    form = page.bind(Take)
    state, benefit = request.args.get("state", "due")[:12], request.args.get("benefit", "")[:60]
    if page.sent(form):
        try:
            name, data = payouts.export(
                page.actor(), ref, page.now(), page.say, state=state if state in STATES else "", benefit=benefit,
                whole=bool(form.whole.data), reason=form.reason.data or "",
            )  # fmt: skip
        except InvalidInput as refusal:
            form.take(refusal.reasons)
        else:
            return send_file(BytesIO(data), mimetype=_XLSX, as_attachment=True, download_name=name)
    seen = payouts.listed(page.actor(), ref, page.now(), state=state if state in STATES else "", benefit=benefit)
    return page.render("pages/manager/payouts_file.html", form=form, seen=seen, state=state, benefit=benefit)


@route(blueprint, "/applications/<ref>/payments/<int:no>", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def payment(ref: str, no: int) -> Response:
    one = payouts.one(page.actor(), ref, no, page.now())
    form = page.bind(PayOne, on=None)
    name = request.form.get("act", "")
    if request.method == "POST":
        page.if_refused(latest=url_for("manager.payment", ref=ref, no=no))
        if name not in ACTS:
            raise NotFound
        if page.sent(form):
            try:
                _perform(one, name, form)
            except NotReady as refusal:
                form.take(refusal.reasons)
            else:
                page.tell(ACTS[name].text)
                return page.go("manager.payment", ref=ref, no=no)
    return page.render("pages/manager/payment.html", form=form, one=one, acted=name, shapes=STATES)


def _perform(one: payouts.One, name: str, form: PayOne) -> None:
    given: dict[str, Any] = {"reason": form.reason.data or "", "amount": _amount(form.amount.data)}
    target = one.item or ""
    if name == "correct_payment":
        target, given["no"] = one.application, one.payment.no
    elif name == "pay":
        given |= {"on": form.on.data, "voucher": form.voucher.data or ""}
    else:
        given["all"] = bool(form.whole.data)
    if not target:
        raise NotFound
    actions.perform(
        target, name, page.actor(), page.now(), seen=page.seen_version(), request_key=page.request_key(), inputs=given
    )


def _amount(typed: str | None) -> Decimal | None:
    try:
        found = Decimal((typed or "").replace(",", "").replace("，", ""))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


@route(blueprint, "/applications/<ref>/payments", visitor=Visitor.MANAGER)
def payments_for(ref: str) -> Response:
    """From one item in a queue to the payment that it asks for."""
    owed = payouts.owed_on(page.actor(), ref, page.now())
    return page.go("manager.payment", ref=ref, no=owed)
