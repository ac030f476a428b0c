"""The reader's language, without a request and within one."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, render_template_string

from workflow import i18n
from workflow.domain.program.schema.base import Label
from workflow.domain.words import Words
from workflow.i18n import Catalogue, Conflict, choose, load_catalogue

Po = Callable[..., Path]
HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def po(tmp_path: Path) -> Po:
    def write(room: str = "web", **texts: str) -> Path:
        (tmp_path / "en").mkdir(exist_ok=True)
        body = "".join(f'msgid "{source}"\nmsgstr "{english}"\n\n' for source, english in texts.items())
        (tmp_path / "en" / f"{room}.po").write_text(HEAD + body, encoding="utf-8")
        return tmp_path

    return write


def test_every_room_has_a_file_and_all_are_read(po: Po) -> None:
    po("web", 申报="Application")
    catalogue = load_catalogue(po("domain", 环节="Stage"))
    assert (catalogue.translate("申报", "en"), catalogue.translate("环节", "en")) == ("Application", "Stage")


def test_chinese_is_its_own_text_and_a_missing_text_stays_chinese(po: Po) -> None:
    catalogue = load_catalogue(po(申报="Application", 空=""))
    assert catalogue.translate("申报", "zh_Hans") == "申报"
    assert catalogue.translate("空", "en") == "空"
    assert (catalogue.knows("申报", "en"), catalogue.knows("空", "en"), catalogue.knows("空", "zh_Hans")) == (
        True,
        False,
        True,
    )


def test_a_fuzzy_translation_is_no_translation(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "web.po").write_text(HEAD + '#, fuzzy\nmsgid "申报"\nmsgstr "Guess"\n', encoding="utf-8")
    assert not load_catalogue(tmp_path).knows("申报", "en")


def test_two_rooms_that_disagree_are_an_error(po: Po) -> None:
    po("web", 申报="Application")
    with pytest.raises(Conflict, match="Application"):
        load_catalogue(po("domain", 申报="Filing"))


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh_Hans", "形式审查退回：还缺 2 份附件、学历"), ("en", "Form check returned it: 2 files missing, Degree")],
)
def test_words_are_said_down_through_words_and_labels(language: str, said: str) -> None:
    texts = {
        "%(stage)s退回：%(reasons)s": "%(stage)s returned it: %(reasons)s",
        "还缺 %(n)s 份附件": "%(n)s files missing",
    }
    reasons = (Words("还缺 %(n)s 份附件", n=2), Label(zh="学历", en="Degree"))
    words = Words("%(stage)s退回：%(reasons)s", stage=Label(zh="形式审查", en="Form check"), reasons=reasons)
    assert Catalogue({"en": texts}).say(words, language) == said


def test_a_percent_sign_in_words_without_places_is_just_that() -> None:
    assert Catalogue({}).say(Words("折算为 60%"), "zh_Hans") == "折算为 60%"


def test_a_label_without_english_is_shown_in_chinese() -> None:
    assert Catalogue({}).say(Label(zh="工艺"), "en") == "工艺"


def test_nothing_is_said_as_nothing() -> None:
    assert Catalogue({}).say(None, "en") == ""


@pytest.mark.parametrize(
    ("wished", "accepted", "language"),
    [
        (None, (), "zh_Hans"),
        ("en", ("zh-CN",), "en"),
        ("tlh", ("en-GB", "zh"), "en"),
        (None, ("fr", "zh-TW", "en"), "zh_Hans"),
        (None, ("fr",), "zh_Hans"),
    ],
)
def test_the_reader_decides_then_the_browser_then_chinese(
    wished: str | None, accepted: tuple[str, ...], language: str
) -> None:
    assert choose(wished, accepted) == language


@pytest.fixture
def speaking(po: Po) -> Flask:
    app = Flask("speaking")
    i18n.register(app, po(**{"还剩 %(n)s 个工作日": "%(n)s working days left", "申报": "Application"}))
    return app


def test_templates_speak_the_language_of_the_cookie(speaking: Flask) -> None:
    template = "{{ _('还剩 %(n)s 个工作日', n=3) }}|{{ words|say }}|{{ none|say }}"
    speaking.add_url_rule("/", view_func=lambda: render_template_string(template, words=Words("申报"), none=None))
    client = speaking.test_client()
    assert client.get("/").text == "还剩 3 个工作日|申报|"
    client.set_cookie(i18n.COOKIE, "en")
    assert client.get("/").text == "3 working days left|Application|"


def test_what_was_typed_is_escaped_inside_a_translation(speaking: Flask) -> None:
    with speaking.test_request_context():
        assert render_template_string("{{ _('还剩 %(n)s 个工作日', n='<b>') }}") == "还剩 &lt;b&gt; 个工作日"


def test_moments_are_shown_in_the_time_of_the_place(speaking: Flask, now: object) -> None:
    with speaking.test_request_context():
        assert (
            render_template_string("{{ now|moment }}|{{ now|day }}", now=now) == "2026年11月20日 10:00|2026年11月20日"
        )
    with speaking.test_request_context(headers={"Accept-Language": "en"}):
        assert render_template_string("{{ now|moment }}|{{ none|day }}", now=now, none=None) == "20 Nov 2026, 10:00|"


def test_the_catalogue_of_the_house_loads() -> None:
    house = load_catalogue(Path(i18n.__file__).parent.parent / "translations")
    assert house.say(Words("通过"), "en") == "Pass"
