"""From text to a tree. The grammar is CEL's, without bytes, messages, `%`, `null` and raw strings.

Numbers are read exactly: `3` and `3.0` are the same number.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from workflow.domain.rules.errors import RuleError, RuleErrors
from workflow.domain.words import Words


@dataclass(frozen=True)
class Node:
    at: int  # column of the token that names this node, from 1


@dataclass(frozen=True)
class Number(Node):
    value: Decimal


@dataclass(frozen=True)
class Text(Node):
    value: str


@dataclass(frozen=True)
class Truth(Node):
    value: bool


@dataclass(frozen=True)
class Name(Node):
    name: str


@dataclass(frozen=True)
class Select(Node):
    of: Node
    name: str


@dataclass(frozen=True)
class Index(Node):
    of: Node
    by: Node


@dataclass(frozen=True)
class Call(Node):
    """`of` is what stands before the dot in `rows.exists(r, …)`; None for `count(rows)`."""

    of: Node | None
    name: str
    args: tuple[Node, ...]


@dataclass(frozen=True)
class Unary(Node):
    op: str
    operand: Node


@dataclass(frozen=True)
class Binary(Node):
    op: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Choose(Node):
    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True)
class Listed(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Mapped(Node):
    entries: tuple[tuple[Node, Node], ...]


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    at: int


_TOKENS = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>(?:\d+\.\d+|\d+)(?:[eE][+-]?\d{1,3})?(?![A-Za-z0-9_]))
    |(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<op>&&|\|\||[<>=!]=|[-+*/<>!?:.,()\[\]{}])""",
    re.VERBOSE,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "`": "`", "?": "?"}
_FULL_WIDTH = dict(zip("（）［］｛｝，．：？！＞＜＋－＊／＆｜", "()[]{},.:?!><+-*/&|", strict=True))
_INSTEAD = {
    "≥": ">=", "≤": "<=", "≠": "!=", "×": "*", "÷": "/", "“": "'", "”": "'", "‘": "'", "’": "'",
    "=": "==", "&": "&&", "|": "||", "＝": "==", "、": ",", "。": ".", "；": ",", "：": ":",
    **_FULL_WIDTH,
}  # fmt: skip
_INSTEAD_OF_WORDS = {"and": "&&", "or": "||", "not": "!", "True": "true", "False": "false", "AND": "&&", "OR": "||"}
_RELATIONS = frozenset(("==", "!=", "<", "<=", ">", ">=", "in"))
_DEPTH = 60


def read(source: str) -> Node:
    return _Parser(tuple(_tokens(source))).whole()


def _wrong(words: Words, at: int, guess: str | None = None) -> RuleErrors:
    return RuleErrors([RuleError("C02", words, guess, at)])


def _tokens(source: str) -> Iterator[Token]:
    at = 0
    while at < len(source):
        match = _TOKENS.match(source, at)
        if match is None:
            raise _unreadable(source, at)
        kind = str(match.lastgroup)
        if kind != "space":
            yield Token(kind, match.group(), at + 1)
        at = match.end()
    yield Token("end", "", len(source) + 1)


def _unreadable(source: str, at: int) -> RuleErrors:
    sign = source[at]
    if sign in "'\"":
        return _wrong(Words("引号没有成对，请在文字的两头都写上引号"), at + 1)
    if sign.isascii() and sign.isdecimal():
        return _wrong(Words("名字不能用数字开头，数后面也不能带单位"), at + 1)
    guess = _INSTEAD.get(sign)
    if guess is not None:
        return _wrong(Words("这里不能写“%(sign)s”", sign=sign), at + 1, guess)
    if sign.isalpha():
        return _wrong(Words("中文只能写在引号里，例如 track == 'pattern'、gap == '主职缺配'"), at + 1)
    return _wrong(Words("这里不能写“%(sign)s”", sign=sign), at + 1)


class _Parser:
    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self.tokens = tokens
        self.place = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        token = self.token
        self.place += 1
        return token

    def comes(self, *texts: str) -> bool:
        return self.token.kind in ("op", "name") and self.token.text in texts

    def expect(self, text: str) -> Token:
        if not self.comes(text):
            raise self.surprise(text)
        return self.take()

    def surprise(self, missing: str | None = None) -> RuleErrors:
        token = self.token
        instead = _INSTEAD_OF_WORDS.get(token.text) if token.kind == "name" else None
        if instead:
            words = Words("这里不能写“%(sign)s”", sign=token.text)
            return _wrong(words, token.at, instead)
        if missing is not None:
            return _wrong(Words("这里缺一个“%(sign)s”", sign=missing), token.at, missing)
        if token.kind == "end":
            return _wrong(Words("算式没有写完"), token.at)
        return _wrong(Words("看不懂这里的“%(sign)s”：前面可能少了运算符号或括号", sign=token.text), token.at)

    def whole(self) -> Node:
        if self.token.kind == "end":
            raise _wrong(Words("算式是空的"), 1)
        node = self.choice()
        if self.token.kind != "end":
            raise self.surprise()
        return node

    def choice(self) -> Node:
        self.depth += 1
        if self.depth > _DEPTH:
            raise _wrong(Words("括号套得太深，请拆成几条规则"), self.token.at)
        condition = self.either()
        if self.comes("?"):
            at = self.take().at
            yes = self.either()
            self.expect(":")
            condition = Choose(at, condition, yes, self.choice())
        self.depth -= 1
        return condition

    def either(self) -> Node:
        left = self.both()
        while self.comes("||"):
            at = self.take().at
            left = Binary(at, "||", left, self.both())
        return left

    def both(self) -> Node:
        left = self.relation()
        while self.comes("&&"):
            at = self.take().at
            left = Binary(at, "&&", left, self.relation())
        return left

    def relation(self) -> Node:
        left = self.total()
        while self.comes(*_RELATIONS):
            token = self.take()
            left = Binary(token.at, token.text, left, self.total())
        return left

    def total(self) -> Node:
        left = self.product()
        while self.comes("+", "-"):
            token = self.take()
            left = Binary(token.at, token.text, left, self.product())
        return left

    def product(self) -> Node:
        left = self.signed()
        while self.comes("*", "/"):
            token = self.take()
            left = Binary(token.at, token.text, left, self.signed())
        return left

    def signed(self) -> Node:
        signs = []
        while self.comes("!", "-"):
            signs.append(self.take())
        node = self.member()
        for sign in reversed(signs):
            node = Unary(sign.at, sign.text, node)
        return node

    def member(self) -> Node:
        node = self.primary()
        while True:
            if self.comes("."):
                self.take()
                name = self.name()
                node = self.called(node, name) if self.comes("(") else Select(name.at, node, name.text)
            elif self.comes("["):
                at = self.take().at
                node = Index(at, node, self.choice())
                self.expect("]")
            else:
                return node

    def name(self) -> Token:
        if self.token.kind != "name":
            raise self.surprise()
        return self.take()

    def called(self, of: Node | None, name: Token) -> Node:
        self.expect("(")
        return Call(name.at, of, name.text, self.until(")"))

    def until(self, closing: str) -> tuple[Node, ...]:
        items = []
        while not self.comes(closing):
            items.append(self.choice())
            if not self.comes(closing):
                self.expect(",")
        self.take()
        return tuple(items)

    def primary(self) -> Node:
        token = self.token
        if token.kind in ("number", "text"):
            self.take()
            return Number(token.at, Decimal(token.text)) if token.kind == "number" else Text(token.at, unquoted(token))
        if token.kind == "name" and token.text not in _INSTEAD_OF_WORDS and token.text != "in":
            return self.named()
        if self.comes("("):
            self.take()
            node = self.choice()
            self.expect(")")
            return node
        if self.comes("["):
            return Listed(self.take().at, self.until("]"))
        if self.comes("{"):
            return self.mapping()
        raise self.surprise()

    def named(self) -> Node:
        token = self.take()
        if token.text in ("true", "false"):
            return Truth(token.at, token.text == "true")
        return self.called(None, token) if self.comes("(") else Name(token.at, token.text)

    def mapping(self) -> Node:
        at = self.take().at
        entries = []
        while not self.comes("}"):
            key = self.choice()
            self.expect(":")
            entries.append((key, self.choice()))
            if not self.comes("}"):
                self.expect(",")
        self.take()
        return Mapped(at, tuple(entries))


def unquoted(token: Token) -> str:
    def unescape(match: re.Match[str]) -> str:
        if match[1] not in _ESCAPES:
            raise _wrong(Words("引号里的反斜杠后面不能跟“%(sign)s”", sign=match[1]), token.at)
        return _ESCAPES[match[1]]

    return re.sub(r"\\(.)", unescape, token.text[1:-1])
