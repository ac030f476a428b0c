"""Settings: every problem of a start is a sentence, and all are said at once."""

import os
import secrets
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from workflow.app import create_app
from workflow.config import SECRET_FILES, SECRET_VARIABLES, BadSettings, Settings, from_environment, make_secrets


def _environ(folder: Path, **more: str) -> dict[str, str]:
    keys = {variable: secrets.token_hex(32) for variable in SECRET_VARIABLES.values()}
    return {"TALENT_DATA": str(folder), **keys, **more}


def _production(folder: Path, **more: str) -> dict[str, str]:
    return _environ(folder, TALENT_ENV="production", TALENT_BASE_URL="https://talent.example.gov.cn", **more)


def _said(environ: dict[str, str]) -> str:
    with pytest.raises(BadSettings) as refused:
        from_environment(environ)
    return "\n".join(refused.value.problems)


def test_the_defaults_are_sqlite_and_a_broker_without_a_server(tmp_path: Path) -> None:
    settings = from_environment(_environ(tmp_path))
    assert settings.database_url == f"sqlite:///{tmp_path}/talent.db"
    assert settings.embedded_broker
    assert settings.demo
    assert not settings.production


def test_the_environment_puts_the_same_code_on_servers(tmp_path: Path) -> None:
    given = {"DATABASE_URL": "postgres://a@b/c", "REDIS_URL": "redis://b/0"}
    settings = from_environment(_environ(tmp_path, **given))
    assert (settings.database_url, settings.broker_url) == ("postgresql://a@b/c", "redis://b/0")


def test_production_starts_with_secrets_of_its_own_and_without_demo(tmp_path: Path) -> None:
    settings = from_environment(_production(tmp_path))
    assert settings.production
    assert not settings.demo


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY is too short or a default"),
        ("SECRET_KEY", "change-me-" * 5, "SECRET_KEY is too short or a default"),
        ("SECRET_KEY", "a" * 64, "SECRET_KEY is too short or a default"),
        ("TALENT_FIELD_KEY", "my-default-password-for-everything-1", "TALENT_FIELD_KEY is too short or a default"),
        ("TALENT_DEMO", "1", "Demo accounts have public passwords"),
        ("FLASK_DEBUG", "1", "FLASK_DEBUG must be off"),
        ("TALENT_BASE_URL", "http://talent.example.gov.cn", "must begin with https://"),
    ],
)
def test_production_refuses(tmp_path: Path, variable: str, value: str, sentence: str) -> None:
    assert sentence in _said(_production(tmp_path) | {variable: value})


def test_production_refuses_one_secret_for_two_purposes(tmp_path: Path) -> None:
    given = _production(tmp_path)
    assert "must differ from SECRET_KEY" in _said(given | {"TALENT_AUDIT_KEY": given["SECRET_KEY"]})


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("TALENT_ENV", "prod", "TALENT_ENV must be"),
        ("DATABASE_URL", "mysql://a/b", "DATABASE_URL must begin with"),
        ("CELERY_BROKER_URL", "http://a", "CELERY_BROKER_URL must be"),
        ("TALENT_THREADS", "0", "TALENT_THREADS must be at least 1"),
        ("TALENT_THREADS", "-3", "TALENT_THREADS must be a whole number"),
        ("TALENT_THREADS", "１６", "TALENT_THREADS must be a whole number"),
        ("TALENT_DEMO", "maybe", "TALENT_DEMO must be 1 or 0"),
        ("TALENT_BASE_URL", "talent.example", "TALENT_BASE_URL must be the whole address"),
    ],
)
def test_nonsense_is_refused_everywhere(tmp_path: Path, variable: str, value: str, sentence: str) -> None:
    assert sentence in _said(_environ(tmp_path) | {variable: value})


def test_all_problems_are_said_at_once(tmp_path: Path) -> None:
    said = _said({"TALENT_DATA": str(tmp_path), "TALENT_ENV": "production", "TALENT_DEMO": "1"})
    assert len(said.splitlines()) == len(SECRET_FILES) + 2


def test_an_application_does_not_start_on_settings_that_do_not_pass(settings: Settings) -> None:
    with pytest.raises(BadSettings):
        create_app(replace(settings, production=True))


def test_secrets_are_made_once_and_belong_to_the_owner_alone(tmp_path: Path) -> None:
    assert make_secrets(tmp_path) == SECRET_FILES
    made = {name: (tmp_path / "secrets" / name).read_text() for name in SECRET_FILES}
    assert make_secrets(tmp_path) == ()
    assert {name: (tmp_path / "secrets" / name).read_text() for name in SECRET_FILES} == made
    assert len(set(made.values())) == len(SECRET_FILES)
    assert {stat.S_IMODE((tmp_path / "secrets" / name).stat().st_mode) for name in SECRET_FILES} == {0o600}
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert sorted(os.listdir(tmp_path / "secrets")) == sorted(SECRET_FILES)


def test_first_starts_at_the_same_time_agree_on_the_secrets(tmp_path: Path) -> None:
    def seen(_number: int) -> str:
        make_secrets(tmp_path)
        return (tmp_path / "secrets" / "field_key").read_text()

    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as two:
        found = {future.result() for future in (one.submit(seen, 1), two.submit(seen, 2))}
    assert len(found) == 1


def test_settings_shown_in_a_log_hide_their_secrets(settings: Settings) -> None:
    assert settings.field_key not in repr(settings)
    assert settings.session_key not in repr(settings)


def test_a_scanner_that_cannot_be_asked_is_said_before_anybody_hands_in_a_file(tmp_path: Path) -> None:
    assert from_environment(_environ(tmp_path)).scanner == ""
    assert from_environment(_environ(tmp_path, TALENT_SCANNER="clamd://127.0.0.1:3310")).scanner
    assert from_environment(_environ(tmp_path, TALENT_SCANNER="sh -c true")).scanner
    assert "clamd:///path/of/socket" in _said(_environ(tmp_path, TALENT_SCANNER="clamd://"))
    assert "is not there: no-such-scanner" in _said(_environ(tmp_path, TALENT_SCANNER="no-such-scanner --quiet"))
