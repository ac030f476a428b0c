"""From the first keystroke to the first stage, and back again after a correction: what the applicant's side does."""

from collections.abc import Mapping
from typing import Any

from workflow.domain import quotas
from workflow.domain.actor import Actor
from workflow.domain.application import Application, Duty, Status
from workflow.domain.errors import Reason
from workflow.domain.policy import Permission, can, is_filler, is_person
from workflow.domain.program.schema import CheckStage, Definition
from workflow.domain.stages import effects
from workflow.domain.stages.base import Act, Work, answering
from workflow.domain.words import Words

UNSIGNED = Words("还没有本人签字的确认表：打印出来请本人签字，再扫描或拍照上传")
UNSIGNED_AGAIN = Words("内容改过了，要本人重新签字：打印新的确认表，签好后扫描或拍照上传，再交回")
OUTDATED = Words("签字的那一份和现在填的内容对不上：打印以后又改过。请重新打印，请本人再签一次")


def _is_person(work: Work) -> bool:
    actor, case = work.actor, work.before
    if actor.kind == "link":
        return actor.application_id == case.id and not actor.member
    return is_person(actor, case)


def _may_fill(work: Work) -> bool:
    return can(work.actor, Permission.APPLICATION_FILL, work.subject)


def _may_confirm(work: Work) -> bool:
    if not work.actor.member and signs_on_paper(work.definition, work.before.channel):
        return False
    of_the_case = _is_person(work) or (work.actor.kind == "link" and work.actor.application_id == work.before.id)
    return of_the_case and work.actor.member in work.before.state.awaited


def _brings_the_form(work: Work) -> bool:
    """Who filled in for somebody without an account, and has their signature on paper."""
    return brings_the_form(work.definition, work.before, work.actor)


def _may_refuse(work: Work) -> bool:
    return _may_confirm(work) or _brings_the_form(work)


def _may_correct(work: Work) -> bool:
    return can(work.actor, Permission.APPLICATION_CORRECT, work.subject)


def _is_system(work: Work) -> bool:
    return work.actor.kind == "system"


# -- submission --------------------------------------------------------------------------------------------------------
def _closed_or_wrong(work: Work) -> list[Reason]:
    case = work.before
    reasons: list[Reason] = []
    if case.round.state != "open" or (case.round.opens_at is not None and work.now < case.round.opens_at):
        reasons.append(Reason(Words("这一批现在不收申报")))
    elif case.round.closes_at is not None and work.now > case.round.closes_at:
        reasons.append(Reason(Words("这一批已经截止，不能再提交")))
    return [*reasons, *case.problems]


def _quota_missing(work: Work) -> list[Reason]:
    """A quota without `taken_at` is taken when the person has confirmed."""
    if _takes_place(work) and quotas.used_up(work.definition, work.before, work.now):
        return [Reason(Words("推荐单位的名额已经用完，请和单位联系"))]
    return []


def _takes_place(work: Work) -> bool:
    channel = work.definition.channels[work.before.channel]
    return (
        channel.quota is not None
        and channel.quota.taken_at is None
        and channel.confirm == "before"
        and work.before.nominator_id is not None
    )


def seal_of(digest: str) -> str:
    """What ties a signed form to the answers that were printed: too short to sign anything, long enough to tell."""
    return digest[:24]


def needs_confirmation(work: Work) -> bool:
    """Whoever fills, the person confirms; who fills for oneself has confirmed by submitting. Who is not told of the
    case cannot be asked: nothing stands in for it where they need no account."""
    return not _is_person(work) and asks_the_person(work.definition, work.before.channel)


def asks_the_person(definition: Definition, channel_key: str) -> bool:
    """Whether what another has filled waits for the person's word before it is submitted."""
    channel = definition.channels[channel_key]
    if channel.account != "required" and not definition.program.tell_person:
        return False
    return channel.confirm == "before" or channel.account == "none"


def signs_on_paper(definition: Definition, channel_key: str) -> bool:
    """Who is told but has no account says yes with their name on the printed form; its scan stands for the link."""
    channel = definition.channels[channel_key]
    return channel.account == "none" and channel.filled_by != "person" and definition.program.tell_person


def brings_the_form(definition: Definition, case: Application, actor: Actor) -> bool:
    """Whether a form that the person signs can be handed in now, by whoever filled it."""
    if not signs_on_paper(definition, case.channel) or not is_filler(actor, case):
        return False
    state = case.state
    return state.status is Status.CORRECTING or (state.status is Status.AWAITING_CONFIRMATION and 0 in state.awaited)


def members(case: Application, definition: Definition) -> list[Mapping[str, Any]]:
    """The rows of the team's table; each of them says yes for themselves."""
    team = definition.program.team
    return list(case.values.get(team.members) or ()) if team is not None else []


def awaited(work: Work) -> frozenset[int]:
    """Who must say yes after this act before the case counts."""
    if work.action.name != "submit":
        return work.before.state.awaited - {work.actor.member}
    team = members(work.before, work.definition) if work.definition.program.tell_person else []
    return frozenset(range(1, len(team) + 1)) | ({0} if needs_confirmation(work) else frozenset())


def _submit_missing(work: Work) -> list[Reason]:
    reasons = _closed_or_wrong(work)
    return reasons if awaited(work) else reasons + _quota_missing(work)


def _submit_follows(work: Work) -> None:
    revision, digest, of = work.inputs["revision"], work.inputs["digest"], awaited(work)
    if of:
        work.tell("confirmation_asked", revision=revision, digest=digest, of=sorted(of) if of != {0} else None)
        return
    submitted(work, revision, digest)


def submitted(work: Work, revision: int, digest: str) -> None:
    """The case is on record: its number, what was answered, what the rules said of it, and its first stage."""
    judged = {key: each.result for key, each in work.book.judge(work.application).items()}
    work.tell(
        "submitted",
        revision=revision,
        digest=digest,
        answers=work.inputs.get("answers"),
        number=work.inputs["number"],
        receipt=work.inputs["receipt"],
        precheck=judged or None,
        place=quotas.taking(work.definition, work.before, work.now) if _takes_place(work) else None,
    )
    effects.advance(work, None)


def _unconfirmed(work: Work) -> bool:
    return work.before.state.status is Status.AWAITING_CONFIRMATION


def _confirm_missing(work: Work) -> list[Reason]:
    return _closed_or_wrong(work) + ([] if awaited(work) else _quota_missing(work))


def _confirm_follows(work: Work) -> None:
    work.tell("confirmation_given", of=work.actor.member or None)
    if not awaited(work):
        submitted(work, work.before.state.revision, work.inputs["digest"])


def _signed_missing(work: Work) -> list[Reason]:
    """The scan is of the answers that stand on record: one of an earlier form proves nothing."""
    if not work.inputs.get("files"):
        return [Reason(UNSIGNED, "signed")]
    if work.inputs.get("seal") != seal_of(work.inputs["digest"]):
        return [Reason(OUTDATED, "signed")]
    return _confirm_missing(work)


def _signed_follows(work: Work) -> None:
    work.tell("confirmation_given", signed=work.inputs["files"])
    if not awaited(work):
        submitted(work, work.before.state.revision, work.inputs["digest"])


def _refuse_missing(work: Work) -> list[Reason]:
    return work.needs_text("reason", Words("请写明哪里不对，填表的人会看到"))


def _refuse_follows(work: Work) -> None:
    work.tell("confirmation_refused", {"reason": work.text("reason")})


# -- correction --------------------------------------------------------------------------------------------------------
def _correcting(work: Work) -> bool:
    item = work.item
    return (
        work.before.state.status is Status.CORRECTING
        and item is not None
        and item.is_open
        and item.duty is Duty.CORRECT
    )


def _correct_missing(work: Work) -> list[Reason]:
    """Only what was flagged may differ, and every flagged item must have been looked at."""
    flags = set(work.before.state.flags)
    roots = {key.split(".")[0] for key in flags}
    reasons = list(work.before.problems)
    for key in work.before.changed:
        if key not in flags and key.split(".")[0] not in roots:
            reasons.append(Reason(Words("这一项没有开放修改"), key))
    answered = {key.split(".")[0] for key in work.before.changed} | set(work.inputs.get("unchanged") or ())
    for key in sorted(roots - answered):
        name = work.definition.form_fields()[key].name
        reasons.append(Reason(Words("“%(name)s”还没有改；如果不用改，请说明原因", name=name), key))
    if needs_a_new_signature(work) and not work.inputs.get("files"):
        reasons.append(Reason(UNSIGNED_AGAIN, "signed"))
    return reasons


def needs_a_new_signature(work: Work) -> bool:
    """What somebody signed is no longer what is handed in."""
    changed = bool(work.before.changed) and not _is_person(work)
    return changed and signs_on_paper(work.definition, work.before.channel)


# -- what a new version of the rules asks anew -------------------------------------------------------------------------
def _supplying(work: Work) -> bool:
    return work.before.state.status is Status.OPEN and bool(work.before.state.asks)


def _supply_missing(work: Work) -> list[Reason]:
    """All that is asked anew at once, and nothing else; the case goes on meanwhile."""
    asks = set(work.before.state.asks)
    reasons = [reason for reason in work.before.problems if (reason.where or "").split(".")[0] in asks]
    changed = {key.split(".")[0] for key in work.before.changed}
    reasons += [Reason(Words("这一项没有开放修改"), key) for key in sorted(changed - asks)]
    for key in sorted(asks - changed - {(reason.where or "").split(".")[0] for reason in reasons}):
        reasons.append(Reason(Words("“%(name)s”还没有填", name=work.definition.form_fields()[key].name), key))
    return reasons


def _supply_follows(work: Work) -> None:
    work.tell(
        "corrected",
        revision=work.inputs["revision"],
        digest=work.inputs["digest"],
        answers=work.inputs.get("answers"),
        changed=sorted(work.before.changed),
    )


def _correct_follows(work: Work) -> None:
    returner = _returner(work)
    remarks = {f"unchanged:{key}": str(text) for key, text in (work.inputs.get("unchanged") or {}).items()}
    work.tell(
        "corrected",
        remarks,
        item=work.action.item,
        revision=work.inputs["revision"],
        digest=work.inputs["digest"],
        answers=work.inputs.get("answers"),
        changed=sorted(work.before.changed),
        signed=work.inputs.get("files") or None,
        opens=[returner],
    )


def _returner(work: Work) -> dict[str, Any]:
    """Straight back to whoever returned it; to the pool where that person has since stepped out of the case."""
    item = work.before.state.item(work.action.item or 0)
    acts = [
        i
        for i in work.before.state.items
        if i.result in ("return", "confirmed") and item and i.entry_no == item.entry_no
    ]
    last = acts[-1]
    account = last.closed_by if last.closed_by not in work.before.state.recused else None
    return {
        "duty": (Duty.ANSWER if last.about is not None else Duty.ACT).value,
        "about": last.about,
        "role": last.role,
        "organization": last.organization_id,
        "stage": last.stage,
        "holder": account,
    }


# -- time --------------------------------------------------------------------------------------------------------------
def _correction_over(work: Work) -> list[Reason]:
    item = work.item
    due = work.book.due(work.before, item, work.now) if item is not None else None
    if due is None or work.now <= due:
        return [Reason(Words("补正期限还没有到"))]
    return []


def _lapses(work: Work) -> bool:
    stage = work.stage
    return _correcting(work) and isinstance(stage, CheckStage) and stage.correction.lapse == "close"


def _lapse_follows(work: Work) -> None:
    work.tell("correction_lapsed", item=work.action.item, lapse="close")


def _silent(work: Work) -> bool:
    stage, item = work.stage, work.item
    return (
        isinstance(stage, CheckStage)
        and stage.if_silent == "go_on"
        and stage.by == ("applicant",)
        and item is not None
        and item.is_open
        and item.duty is Duty.ACT
        and work.before.state.status is Status.OPEN
    )


def _silence_follows(work: Work) -> None:
    stage = work.before.state.stage
    work.tell("not_answered", item=work.action.item)
    effects.advance(work, stage)


def _drafting(work: Work) -> bool:
    return work.before.state.status is Status.DRAFT


def _beginning(work: Work) -> bool:
    return work.before.state.version == 0


def _start_follows(work: Work) -> None:
    work.tell("draft_started", renews=work.inputs.get("renews"))


ACTS = (
    Act("start", Words("开始填写"), _beginning, lambda work: True, _start_follows, on_item=False),
    Act("submit", Words("提交申报"), _drafting, _may_fill, _submit_follows, _submit_missing, on_item=False),
    Act(
        "confirm_submission",
        Words("确认并提交"),
        _unconfirmed,
        _may_confirm,
        _confirm_follows,
        _confirm_missing,
        on_item=False,
    ),
    Act(
        "confirm_signed",
        Words("交本人签字的确认表"),
        _unconfirmed,
        _brings_the_form,
        _signed_follows,
        _signed_missing,
        on_item=False,
    ),
    Act(
        "refuse_confirmation",
        Words("填得不对，退回填表人"),
        _unconfirmed,
        _may_refuse,
        _refuse_follows,
        _refuse_missing,
        on_item=False,
    ),
    Act("supply", Words("交上补填的"), _supplying, _may_correct, _supply_follows, _supply_missing, on_item=False),
    *answering(
        {Duty.CORRECT},
        Act("correct", Words("交回"), _correcting, _may_correct, _correct_follows, _correct_missing),
        Act("lapse_correction", Words("补正逾期"), _lapses, _is_system, _lapse_follows, _correction_over),
    ),
    *answering(
        {Duty.ACT},
        Act("go_on_unanswered", Words("逾期未答"), _silent, _is_system, _silence_follows, _correction_over),
    ),
)
