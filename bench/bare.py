"""The measure: a bare Flask page that shows fifty rows of one indexed query, on the same database in the same run.

It does what no page can do without: a request, a statement that walks one index, a template. No session, no language,
no permission, no layout.
"""

from flask import Flask
from sqlalchemy import create_engine, select

from models.applications import ApplicationRow
from models.base import engine_options, literal_state, prepare
from models.people import Person
from models.work import Pool, WorkItem

_PAGE = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{{ rows|length }}</title></head>
<body><table>
{% for row in rows %}<tr><td><a href="/items/{{ row.ref }}">{{ row.name }}</a></td><td>{{ row.number }}</td>\
<td>{{ row.due_at.isoformat() }}</td><td>{{ row.track }}</td><td>{{ row.stage_key }}</td><td>{{ row.channel }}</td>\
<td>{{ row.status }}</td><td>{{ row.precheck or "" }}</td></tr>
{% endfor %}</table></body></html>"""


def bare_page(url: str, role: str) -> Flask:
    """Shows the first fifty open items of one role's pool by due time, whose index the queue walks too."""
    engine = prepare(create_engine(url, **engine_options(url, threads=4)))
    with engine.connect() as connection:
        pool = connection.execute(select(Pool.id).where(Pool.role_key == role)).scalars().first()
    rows = (
        select(
            WorkItem.ref,
            WorkItem.due_at,
            WorkItem.track,
            WorkItem.stage_key,
            ApplicationRow.number,
            ApplicationRow.channel,
            ApplicationRow.status,
            ApplicationRow.precheck,
            Person.name,
        )
        .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
        .join(Person, Person.id == ApplicationRow.person_id)
        .where(WorkItem.state == literal_state("open"), WorkItem.pool_id == pool)
        .order_by(WorkItem.due_at, WorkItem.id)
        .limit(50)
    )
    app = Flask("bare")
    template = app.jinja_env.from_string(_PAGE)

    @app.get("/")
    def show() -> str:
        with engine.connect() as connection:
            return template.render(rows=connection.execute(rows).all())

    return app
