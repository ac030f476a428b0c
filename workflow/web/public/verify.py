"""Is this certificate genuine? By the code on it, or by its number and check code typed in."""

from flask import request
from werkzeug.wrappers import Response

from forms.awards import Verify
from workflow.domain.words import Words
from workflow.services import certificates_verified as service
from workflow.services.certificates_verified import NOT_FOUND, AskedTooOften, Finding, Verified
from workflow.web import page
from workflow.web.public import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

HEADINGS: dict[Finding, tuple[str, Words, Words]] = {
    Finding.VALID: ("done", Words("这张证书有效"), Words("编号与发证记录一致，认定现在有效")),
    Finding.SOON: ("soon", Words("这张证书有效，快到期了"), Words("编号与发证记录一致，认定 90 天内到期")),
    Finding.EXPIRED: ("hold", Words("这张证书已过期"), Words("确实发过，有效期已满，没有续认")),
    Finding.ENDED: ("hold", Words("这张证书已终止"), Words("确实发过，认定没有到期就终止了，现在不再有效")),
    Finding.REVOKED: ("no", Words("这张证书已撤销"), Words("确实发过，认定后来被撤销")),
    Finding.SUPERSEDED: ("back", Words("这张证书已换发，原件作废"), Words("认定仍然有效，请对方出示新的证书")),
    Finding.TAKEN_OVER: (
        "back",
        Words("这份认定已由新的接替"),
        Words("确实发过，续认以后发了新证书，请对方出示新的"),
    ),
    Finding.NOT_FOUND: ("unknown", Words("查不到这张证书"), Words("编号和查验码对不上，请看有没有输错")),
}
WHY_REPLACED = {
    "lost": Words("遗失补发"),
    "corrected": Words("更正姓名"),
    "renewed": Words("延期换发"),
    "restored": Words("恢复认定后换发"),
}


@route(blueprint, "/verify", methods=("GET", "POST"), visitor=Visitor.PUBLIC)
def verify() -> Response:
    form = page.bind(Verify)
    found = None
    if page.sent(form):
        with page.at_fields(form, AskedTooOften):
            found = service.by_number(form.number.data, form.code.data, request.remote_addr or "", page.now())
    return _show(form, found)


@route(blueprint, "/verify/<token>", visitor=Visitor.PUBLIC)
def verified(token: str) -> Response:
    found = service.by_token(token, page.now())
    return _show(Verify(), found, 404 if found is NOT_FOUND else 200)


def _show(form: Verify, found: Verified | None, status: int | None = None) -> Response:
    kind, heading, words = HEADINGS[found.finding] if found is not None else ("", Words("证书查验"), Words("证书查验"))
    response = page.render(
        "pages/public/verify.html",
        status=status,
        form=form,
        found=found,
        kind=kind,
        heading=heading,
        words=words,
        why=WHY_REPLACED.get(found.why) if found is not None else None,
        known=found is not None and found.finding is not Finding.NOT_FOUND,
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response
