"""Everything goes, so that the town can be made anew: in one transaction, of which nobody sees the middle.

Only for a house that filled itself. The guards of what is evidence are taken off and put on again inside it.
"""

from sqlalchemy import text

from models.base import Base, writing
from models.guards import drop_guards, make_guards
from workflow.domain.errors import Refusal
from workflow.domain.words import Words
from workflow.services.demo import filling

NOT_A_DEMO = Words("这里有真实的数据，不是演示环境，不能清空")


def empty() -> None:
    if filling.progress().began is None and not filling.may_begin():
        raise Refusal(NOT_A_DEMO)
    with writing() as session:
        connection = session.connection()
        drop_guards(connection)
        names = [table.name for table in reversed(Base.metadata.sorted_tables)]
        if connection.dialect.name == "postgresql":
            listed = ", ".join(f'"{name}"' for name in names)
            connection.execute(text(f"TRUNCATE {listed} RESTART IDENTITY"))
        else:
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
            for name in names:
                connection.execute(text(f'DELETE FROM "{name}"'))  # noqa: S608 - our own tables
        make_guards(connection)
