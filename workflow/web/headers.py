"""What each answer says to the browser: nothing from elsewhere, nothing inline, no frame around it, no copy kept."""

from flask import Flask, Response, request

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


def harden(response: Response) -> Response:
    """A view that serves an applicant's file has set a stricter policy already; it stays."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "geolocation=(), microphone=(), payment=()")
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "private, no-store")
    return response


def register(app: Flask) -> None:
    app.after_request(harden)
