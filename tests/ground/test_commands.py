"""`python3 manage.py …` beside up and test."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from models.base import db
from tests.faults.processes import environment
from workflow import cli
from workflow.config import ROOT
from workflow.services import programs, signing_in
from workflow.services.installation import first_run

Captured = pytest.CaptureFixture[str]
GOOD = ROOT / "programs" / "fashion_engineer.yaml"


def _run(*arguments: str, cwd: Path = ROOT, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "workflow", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment(**environ), capture_output=True, text=True, check=False)


def _asked(capsys: Captured, *arguments: str) -> subprocess.CompletedProcess[str]:
    """As `_run`, without a process of its own."""
    assert cli.needs_no_house(arguments)
    with pytest.raises(SystemExit) as ended:
        cli.without_house(arguments)
    out, err = capsys.readouterr()
    return subprocess.CompletedProcess(arguments, int(ended.value.code or 0), out, err)


def test_a_good_program_is_checked_without_house_or_secret(tmp_path: Path) -> None:
    done = _run("programs", "check", str(GOOD), cwd=tmp_path, TALENT_DATA=str(tmp_path / "none"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "0 error(s)" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [("programs", "publish"), ("audit", "verify"), ("programs",)])
def test_a_command_explains_itself_without_house_or_secret(command: tuple[str, ...], capsys: Captured) -> None:
    done = _asked(capsys, *command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: manage.py " + " ".join(command))


@pytest.fixture
def misspelled(tmp_path: Path) -> Path:
    path = tmp_path / "misspelled.yaml"
    text = GOOD.read_text(encoding="utf-8")
    assert "\nroles:" in text
    path.write_text(text.replace("\nroles:", "\nrolles:"), encoding="utf-8")
    return path


def test_a_wrong_program_exits_1_with_code_line_and_guess(misspelled: Path, capsys: Captured) -> None:
    done = _asked(capsys, "programs", "check", str(misspelled))
    line = misspelled.read_text(encoding="utf-8").split("\nrolles:")[0].count("\n") + 2
    assert done.returncode == 1
    [said] = [one for one in done.stdout.splitlines() if one.startswith(f"{misspelled}:{line}: S")]
    assert "rolles" in said
    assert said.endswith("→ roles?")


def test_a_program_is_read_back_in_chinese(capsys: Captured) -> None:
    done = _asked(capsys, "programs", "read", str(GOOD))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("《")
    assert "【申报条件】" in done.stdout


def test_a_wrong_program_is_not_read_back(misspelled: Path, capsys: Captured) -> None:
    done = _asked(capsys, "programs", "read", str(misspelled))
    assert (done.returncode, done.stdout) == (1, "")
    assert "→ roles?" in done.stderr


def test_the_same_for_editors_and_scripts(misspelled: Path, capsys: Captured) -> None:
    done = _asked(capsys, "programs", "check", str(misspelled), "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["ok"]) == (1, False)
    [problem] = [one for one in found["problems"] if one["guess"] == "roles"]
    assert set(problem) == {"code", "severity", "path", "line", "message", "guess"}


def test_a_file_that_is_no_text_is_a_sentence(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "program.yaml").write_bytes("项目".encode("gb18030"))
    done = _asked(capsys, "programs", "check", str(tmp_path / "program.yaml"))
    assert done.returncode == 1
    assert "not UTF-8" in done.stderr


def test_without_secrets_a_command_says_what_to_do(tmp_path: Path) -> None:
    done = _run("routes", TALENT_DATA=str(tmp_path))
    assert done.returncode == 2
    assert "'up' makes it" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_needs_no_environment() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "manage.py")], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "manage.py up" in done.stdout


def _manage(before: str) -> subprocess.CompletedProcess[str]:
    """manage.py on a machine that `before` describes."""
    source = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import manage; {before}; manage.main(['up'])"
    return subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("machine", "sentence"),
    [
        ("sys.version_info = (3, 9, 2)", "This needs Python 3.11 or newer"),
        ("sys.modules['ensurepip'] = None", "sudo apt install python3.11-venv".replace("3.11", "{version}")),
        ("sys.modules['venv'] = None", "Python's venv is missing"),
        ("manage.os.name = 'nt'", "use WSL"),
    ],
)
def test_a_machine_that_cannot_run_it_is_told_why(machine: str, sentence: str) -> None:
    done = _manage(machine)
    assert done.returncode == 1
    assert sentence.format(version=f"{sys.version_info[0]}.{sys.version_info[1]}") in done.stderr
    assert "Traceback" not in done.stderr


# --- on a database


def _invoke(app: Flask, *arguments: str) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(args=arguments)


def test_a_lost_way_in_is_found_again_at_the_machine(app: Flask, now: datetime) -> None:
    first_run(now)
    done = _invoke(app, "accounts", "link", "security")
    assert done.exit_code == 0
    token = done.output.strip().rpartition("/")[2]
    assert signing_in.invitation(token, datetime.now(UTC)).login == "security"
    assert _invoke(app, "accounts", "link", "nobody").exit_code == 1


def test_prepare_speaks_the_language_of_the_terminal(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "五分钟导览：http://localhost/tour" in _invoke(app, "prepare", "--demo").output
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    assert "Take the tour: http://localhost/tour" in _invoke(app, "prepare", "--demo").output


def test_prepare_prints_links_that_open(app: Flask, client: FlaskClient) -> None:
    output = _invoke(app, "prepare").output
    links = [word for word in output.split() if word.startswith("http://localhost/")]
    assert len(links) == 4
    assert all(client.get(link).status_code == 200 for link in links)


def test_a_service_that_starts_leaves_the_links_of_the_first_day_alone(app: Flask, client: FlaskClient) -> None:
    links = [word for word in _invoke(app, "prepare").output.split() if word.startswith("http://localhost/")]
    said = _invoke(app, "prepare", "--no-links").output
    assert "Nobody has signed in yet" in said
    assert "invitations" not in said
    assert client.get(links[0]).status_code == 200


def test_verify_names_the_first_bad_row_and_exits_1(app: Flask, now: datetime) -> None:
    first_run(now)
    whole = _invoke(app, "audit", "verify")
    assert (whole.exit_code, whole.output) == (0, "4 chains, 8 events, 0 broken\n")
    with db.engine.begin() as connection:
        on = "" if connection.dialect.name == "sqlite" else " ON event"
        connection.execute(text(f"DROP TRIGGER guard_event_update{on}"))
        connection.execute(text("UPDATE event SET kind = 'office_ended' WHERE seq = 2 AND stream_id = 2"))
    broken = _invoke(app, "audit", "verify")
    assert broken.exit_code == 1
    assert "#2" in broken.output
    assert "1 broken" in broken.output


def test_an_anchor_shows_that_a_chain_was_cut(app: Flask, now: datetime, data_dir: Path) -> None:
    first_run(now)
    assert _invoke(app, "audit", "anchor").exit_code == 0
    assert (data_dir / "anchors.jsonl").read_text().count("\n") == 1
    with db.engine.begin() as connection:
        on = "" if connection.dialect.name == "sqlite" else " ON event"
        connection.execute(text(f"DROP TRIGGER guard_event_delete{on}"))
        connection.execute(text("DELETE FROM event WHERE seq = 2 AND stream_id = 2"))
        mac = connection.scalar(text("SELECT mac FROM event WHERE seq = 1 AND stream_id = 2"))
        connection.execute(text("UPDATE stream SET seq = 1, head_mac = :mac WHERE id = 2"), {"mac": mac})
    found = _invoke(app, "audit", "verify")
    assert found.exit_code == 1
    assert "not as anchored" in found.output


def test_replay_of_an_empty_house_finds_nothing(app: Flask) -> None:
    done = _invoke(app, "audit", "replay")
    assert (done.exit_code, done.output) == (0, "0 cases replayed, 0 differences\n")


def test_a_program_is_published_once(app: Flask) -> None:
    first, again = (_invoke(app, "programs", "publish", str(GOOD)) for _ in range(2))
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert first.output.endswith("version 1 published\n")
    assert "version 1 is already published" in again.output


def test_a_wrong_program_is_not_published(app: Flask, misspelled: Path) -> None:
    done = _invoke(app, "programs", "publish", str(misspelled))
    assert done.exit_code == 1
    assert "→ roles?" in done.output
    assert programs.listed() == []
