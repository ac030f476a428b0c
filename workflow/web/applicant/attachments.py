"""Files on the form: which control stands for which place, and the row that is drawn anew after an upload."""

from flask import jsonify, render_template
from werkzeug.wrappers import Response

from forms.program import ProgramPaper
from workflow.domain.errors import NotFound, Reason
from workflow.services.drafts import Desk
from workflow.web.applicant import papers


def path_of_control(name: str) -> str:
    """`results-1-proof` stands for `results.2.proof`."""
    parts = name.split("-")
    if len(parts) == 3 and parts[1].isdecimal() and len(parts[1]) < 4:
        return f"{parts[0]}.{int(parts[1]) + 1}.{parts[2]}"
    return name


def upload_fragment(desk: Desk, paper: ProgramPaper, name: str, refused: list[Reason]) -> Response:
    paper.take(refused)
    control = paper.control_at(path_of_control(name.partition("@")[0]))
    if control is None or control.shape != "files":
        raise NotFound
    html = render_template("pages/applicant/file_row.html", control=control, desk=desk)
    answer: Response = jsonify(html=html, words=[papers.say(reason.words) for reason in refused])
    answer.status_code = 422 if refused else 200
    return answer
