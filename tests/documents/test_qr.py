"""The square that leads to a link."""

from workflow.documents import qr


def test_label_of_a_square_is_escaped() -> None:
    drawn = qr.svg("http://localhost/x", "<script>alert(1)</script>")
    assert "<script>" not in drawn
    assert "&lt;script&gt;" in drawn
