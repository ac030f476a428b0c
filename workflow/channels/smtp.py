"""E-mail over SMTP. One connection for each envelope: what was taken is taken, whatever happens to the next."""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from typing import Literal
from urllib.parse import unquote, urlsplit

from workflow.channels import Envelope, Refused, Unreachable

ANSWERS_WITHIN = 15.0
Security = Literal["tls", "starttls", "none"]


@dataclass(frozen=True)
class Server:
    host: str
    port: int
    security: Security
    user: str = ""
    password: str = ""

    @classmethod
    def of(cls, url: str) -> "Server":
        """`smtps://user:password@mail.example.gov.cn`; `smtp://` asks for STARTTLS, `smtp+plain://` goes without."""
        parts = urlsplit(url)
        known: dict[str, tuple[Security, int]] = {
            "smtps": ("tls", 465),
            "smtp": ("starttls", 587),
            "smtp+plain": ("none", 25),
        }
        if parts.scheme not in known or not parts.hostname:
            raise ValueError(url)
        security, port = known[parts.scheme]
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, parts.port or port, security, user, password)


class Smtp:
    name = "email"
    keeps = False

    def __init__(self, server: Server, sender: str, host: str) -> None:
        self._server, self._sender, self._host = server, sender, host

    def send(self, envelope: Envelope) -> None:
        try:
            connection = self._connected()
            try:
                connection.send_message(self.written(envelope))
            finally:
                with suppress(OSError, smtplib.SMTPException):  # taken is taken, however they say good-bye
                    connection.quit()
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
            raise _said(error) from error
        except (OSError, smtplib.SMTPException, ssl.SSLError) as error:
            raise Unreachable(type(error).__name__) from error

    def written(self, envelope: Envelope) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"] = self._sender
        message["To"] = envelope.to
        message["Subject"] = envelope.subject.replace("\r", " ").replace("\n", " ")
        message["Message-ID"] = f"<{envelope.key}@{self._host}>"
        message["Auto-Submitted"] = "auto-generated"
        message["Content-Language"] = "en" if envelope.language == "en" else "zh-Hans"
        message.set_content(envelope.text, cte="base64")  # no server changes it on the way
        return message

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        if server.security == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=ANSWERS_WITHIN, context=ssl.create_default_context()
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=ANSWERS_WITHIN)
        try:
            if server.security == "starttls":
                connection.starttls(context=ssl.create_default_context())
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection


def _said(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException) -> Refused | Unreachable:
    """4xx: later. 5xx about this recipient or these words: never. A door that is locked to us is our own trouble."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max(code for code, _ in error.recipients.values())
    else:
        code = error.smtp_code
    ours = isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPSenderRefused)
    return Refused(f"SMTP {code}") if 500 <= code < 600 and not ours else Unreachable(f"SMTP {code}")
