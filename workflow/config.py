"""Settings: read once from the environment and the data folder, checked at start, handed down by `workflow.app`.

Nothing below the app imports this module; whoever needs a value is given it.
"""

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
EMBEDDED_BROKER = "filesystem://localhost"  # the host means nothing, but without one it is missed aloud
SECRET_FILES = ("session_key", "field_key", "index_key", "audit_key")
SECRET_VARIABLES = {
    "session_key": "SECRET_KEY",
    "field_key": "TALENT_FIELD_KEY",
    "index_key": "TALENT_INDEX_KEY",
    "audit_key": "TALENT_AUDIT_KEY",
}
SHORTEST_SECRET = 32
_WELL_KNOWN = ("changeme", "change-me", "secret", "password", "default", "example", "insecure")
_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"", "0", "false", "no", "off"})


class BadSettings(Exception):
    """The application must not start like this; one sentence for each thing to put right."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that a place may decide about its installation."""

    data_dir: Path
    database_url: str
    session_key: str = field(repr=False)
    field_key: str = field(repr=False)
    index_key: str = field(repr=False)
    audit_key: str = field(repr=False)
    broker_url: str = EMBEDDED_BROKER
    base_url: str = "http://127.0.0.1:8000"
    production: bool = False
    demo: bool = True
    debug: bool = False
    testing: bool = False
    threads: int = 16
    trusted_proxies: int = 0
    max_request_bytes: int = 64 * 1024 * 1024
    max_form_bytes: int = 4 * 1024 * 1024
    log_level: str = "INFO"
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    second_person: bool = False  # a draft is published by another administrator than the one who wants it
    scanner: str = ""  # clamd://host:3310, clamd:///path/of/socket, or a command that is given the file; empty: none

    @property
    def embedded_broker(self) -> bool:
        return self.broker_url.startswith("filesystem:")

    @property
    def uploads_dir(self) -> Path:
        return self.data_dir / "files"

    @property
    def broker_dir(self) -> Path:
        return self.data_dir / "queue"

    def checked(self) -> "Settings":
        problems = tuple(_problems(self))
        if problems:
            raise BadSettings(problems)
        return self


def from_environment(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process, or BadSettings with every problem at once."""
    given = os.environ if environ is None else environ
    data_dir = Path(given.get("TALENT_DATA") or ROOT / "data").resolve()
    production = given.get("TALENT_ENV", "development") == "production"
    problems: list[str] = []
    if given.get("TALENT_ENV", "development") not in {"development", "production"}:
        problems.append("TALENT_ENV must be 'development' or 'production'.")
    settings = Settings(
        data_dir=data_dir,
        database_url=_database_url(given, data_dir),
        session_key=_key(given, data_dir, "session_key"),
        field_key=_key(given, data_dir, "field_key"),
        index_key=_key(given, data_dir, "index_key"),
        audit_key=_key(given, data_dir, "audit_key"),
        broker_url=given.get("CELERY_BROKER_URL") or given.get("REDIS_URL") or EMBEDDED_BROKER,
        base_url=(given.get("TALENT_BASE_URL") or "http://127.0.0.1:8000").rstrip("/"),
        production=production,
        demo=_flag(given, "TALENT_DEMO", not production, problems),
        debug=_flag(given, "FLASK_DEBUG", False, problems),
        threads=_number(given, "TALENT_THREADS", 16, problems),
        trusted_proxies=_number(given, "TALENT_TRUSTED_PROXIES", 0, problems),
        max_request_bytes=_number(given, "TALENT_MAX_REQUEST_BYTES", 64 * 1024 * 1024, problems),
        log_level=given.get("TALENT_LOG_LEVEL", "INFO").upper(),
        smtp_url=given.get("TALENT_SMTP_URL", ""),
        mail_from=given.get("TALENT_MAIL_FROM", ""),
        scanner=given.get("TALENT_SCANNER", "").strip(),
        second_person=_flag(given, "TALENT_SECOND_PERSON", False, problems),
    )
    problems.extend(_problems(settings))
    if problems:
        raise BadSettings(tuple(problems))
    return settings


def _database_url(given: Mapping[str, str], data_dir: Path) -> str:
    url = given.get("DATABASE_URL") or f"sqlite:///{data_dir / 'talent.db'}"
    return "postgresql://" + url.removeprefix("postgres://") if url.startswith("postgres://") else url


def _key(given: Mapping[str, str], data_dir: Path, name: str) -> str:
    if value := given.get(SECRET_VARIABLES[name]):
        return value
    try:
        return (data_dir / "secrets" / name).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def _flag(given: Mapping[str, str], name: str, default: bool, problems: list[str]) -> bool:
    value = given.get(name)
    if value is None:
        return default
    if value.lower() not in _YES | _NO:
        problems.append(f"{name} must be 1 or 0, not {value!r}.")
    return value.lower() in _YES


def _number(given: Mapping[str, str], name: str, default: int, problems: list[str]) -> int:
    value = given.get(name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit():
        problems.append(f"{name} must be a whole number, not {value!r}.")
        return default
    return int(value)


def _problems(settings: Settings) -> Iterator[str]:
    yield from _secret_problems(settings)
    if not settings.database_url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        yield "DATABASE_URL must begin with sqlite:/// or postgresql://."
    if not settings.broker_url.startswith(("filesystem:", "redis://", "rediss://", "amqp://", "amqps://", "unix://")):
        yield "CELERY_BROKER_URL must be a Redis or RabbitMQ address; leave it out to run without a server."
    yield from _mail_problems(settings)
    yield from _scanner_problems(settings)
    if settings.threads < 1:
        yield "TALENT_THREADS must be at least 1."
    if not urlsplit(settings.base_url).hostname:
        yield "TALENT_BASE_URL must be the whole address people open, such as https://talent.example.gov.cn."
    if settings.production:
        yield from _production_problems(settings)


def _scanner_problems(settings: Settings) -> Iterator[str]:
    """A scanner that cannot be asked would keep every file out; better said before anybody hands one in."""
    if settings.scanner.startswith("clamd:"):
        parts = urlsplit(settings.scanner)
        if not parts.hostname and not parts.path.startswith("/"):
            yield "TALENT_SCANNER must be clamd://host:3310 or clamd:///path/of/socket."
    elif settings.scanner and shutil.which(settings.scanner.split()[0]) is None:
        yield f"TALENT_SCANNER names a command that is not there: {settings.scanner.split()[0]}."


def _mail_problems(settings: Settings) -> Iterator[str]:
    parts = urlsplit(settings.smtp_url)
    if settings.smtp_url and (parts.scheme not in {"smtp", "smtps", "smtp+plain"} or not parts.hostname):
        yield "TALENT_SMTP_URL must be smtps://, smtp:// (with STARTTLS) or smtp+plain:// and name a server."
    if settings.smtp_url and "@" not in settings.mail_from:
        yield "TALENT_MAIL_FROM must be the address that mails come from, such as talent@example.gov.cn."


def _secret_problems(settings: Settings) -> Iterator[str]:
    seen: dict[str, str] = {}
    for name in SECRET_FILES:
        value, variable = getattr(settings, name), SECRET_VARIABLES[name]
        if not value:
            yield f"{variable} is not set and {settings.data_dir / 'secrets' / name} does not exist; 'up' makes it."
        elif settings.production and _guessable(value):
            yield f"{variable} is too short or a default; use at least {SHORTEST_SECRET} random characters."
        elif settings.production and value in seen:
            yield f"{variable} must differ from {seen[value]}."
        seen.setdefault(value, variable)


def _guessable(value: str) -> bool:
    return (
        len(value) < SHORTEST_SECRET
        or len(set(value)) < SHORTEST_SECRET // 4
        or any(word in value.lower() for word in _WELL_KNOWN)
    )


def _production_problems(settings: Settings) -> Iterator[str]:
    if settings.demo:
        yield "Demo accounts have public passwords: set TALENT_DEMO=0 (or 'up --no-demo') in production."
    if settings.debug:
        yield "FLASK_DEBUG must be off in production."
    if not settings.base_url.startswith("https://"):
        yield "TALENT_BASE_URL must begin with https:// in production: links and cookies depend on it."


def make_secrets(data_dir: Path) -> tuple[str, ...]:
    """Make what is missing in DATA/secrets, readable by the owner alone; the names of what was made."""
    folder = data_dir / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return tuple(name for name in SECRET_FILES if _make_secret(folder / name))


def _make_secret(path: Path) -> bool:
    """Written beside and linked into place, so that two first starts agree on one secret."""
    if path.exists():
        return False
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True
