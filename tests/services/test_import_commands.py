"""`flask people import` and `flask organizations import`, as typed."""

from datetime import datetime
from pathlib import Path

from flask import Flask

from tests.services.sheets import id_number, sheet, texts
from workflow.domain.actor import SYSTEM
from workflow.services import people


def test_lists_are_imported_by_command(app: Flask, tmp_path: Path, now: datetime) -> None:
    units, names, errors = tmp_path / "units.xlsx", tmp_path / "people.xlsx", tmp_path / "bad.xlsx"
    units.write_bytes(sheet(("单位名称", "职工人数"), ("锦绣服装有限公司", "120")))
    names.write_bytes(
        sheet(("姓名", "证件号码", "单位"), ("王芳", id_number(1), "锦绣服装有限公司"), ("李强", "12", ""))
    )
    run = app.test_cli_runner().invoke
    assert run(args=["organizations", "import", str(units)]).exit_code == 0
    refused = run(args=["people", "import", str(names)])
    assert (refused.exit_code, "nothing was written" in refused.output) == (1, True)
    assert f"{names}:3: wrong" in refused.output
    accepted = run(args=["people", "import", str(names), "--good-rows-only", "--errors", str(errors)])
    assert "1 new, 1 wrong: written" in accepted.output
    assert texts(errors.read_bytes())[1][:2] == ("李强", "12")
    with app.app_context():
        assert [line.organization for line in people.search(SYSTEM, "wf")] == ["锦绣服装有限公司"]
