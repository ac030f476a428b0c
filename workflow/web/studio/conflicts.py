"""Two people changed one place: what each wrote, side by side, and a button for either; nothing typed is lost."""

from collections.abc import Mapping
from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from workflow.domain.words import Words
from workflow.services.studio import drafts, editing
from workflow.web import page
from workflow.web.studio import blueprint
from workflow.web.studio.tabs import TABS

_NOT_AGAIN = frozenset({"csrf_token", "seen_version"})


@blueprint.errorhandler(editing.Conflict)
def both_changed(conflict: editing.Conflict) -> Response:
    ref = str((request.view_args or {})["ref"])
    return page.render(
        "pages/studio/conflict.html",
        status=409,
        draft=drafts.shown(ref, page.actor()),
        tabs=TABS,
        places=conflict.places,
        revision=conflict.revision,
        sent=[pair for pair in request.form.items(multi=True) if pair[0] not in _NOT_AGAIN],
        target=request.full_path.rstrip("?"),
        back=request.full_path.rstrip("?")
        if _is_page()
        else url_for("studio.draft", ref=ref, at=request.form.get("at")),
        shown=_shown,
    )


def _is_page() -> bool:
    return request.endpoint in ("studio.draft", "studio.sheet", "studio.text")


def _shown(value: Any) -> str:
    """A value of the file as one reads it."""
    if value is None:
        return page.say(Words("（没写）"))
    if isinstance(value, bool):
        return page.say(Words("是") if value else Words("否"))
    if isinstance(value, Mapping):
        return "\n".join(f"{key}: {_shown(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return "、".join(_shown(one) for one in value)
    return str(value)
