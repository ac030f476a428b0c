"""`python -m workflow …`: what manage.py starts once its environment stands."""

import sys
from pathlib import Path

from workflow import cli, keep, up
from workflow.config import ROOT, BadSettings

sys.path.insert(0, str(ROOT))


def main() -> int:
    arguments = sys.argv[1:]
    if arguments[:1] == ["up"]:
        return up.main(arguments[1:])
    if arguments[:1] and arguments[0] in keep.COMMANDS:
        return keep.main(arguments)
    if cli.needs_no_house(arguments):
        return cli.without_house(arguments)
    try:
        return _flask()
    except BadSettings as error:
        sys.stderr.write("".join(f"{problem}\n" for problem in error.problems))
        return 2


def _flask() -> int:
    from flask.cli import FlaskGroup  # noqa: PLC0415 - `up` and the linter start without the application

    from wsgi import app  # noqa: PLC0415

    sys.argv[0] = str(Path("manage.py"))
    FlaskGroup(create_app=lambda: app).main(prog_name="manage.py")
    return 0


sys.exit(main())
