"""Every template parses, uses what exists, says nothing inline and names no role."""

import re
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, nodes

from workflow.domain.program.load import load

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "templates"
TEMPLATES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.html"))
INLINE = re.compile(r"""\sstyle=|<style|\son[a-z]+=["']|javascript:|<script(?![^>]*\ssrc=)|https?://""")
OFFICIAL = {"role", "roles", "holdings", "offices"}


@cache
def role_keys() -> set[str]:
    """The roles of every program, and the offices of the house."""
    definitions = [load(path.read_text("utf-8")).definition for path in sorted((ROOT / "programs").glob("*.yaml"))]
    return {key for definition in definitions if definition for key in definition.roles}


@pytest.fixture(scope="module")
def environment(house: Flask) -> Environment:
    return house.jinja_env


@cache
def tree(environment: Environment, name: str) -> nodes.Template:
    return environment.parse((FOLDER / name).read_text("utf-8"), name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_compiles_and_what_it_names_exists(environment: Environment, name: str) -> None:
    assert environment.get_template(name).name == name
    for node in tree(environment, name).find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        if isinstance(node.template, nodes.Const):
            environment.get_template(node.template.value)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_imports_only_macros_that_exist(environment: Environment, name: str) -> None:
    for node in tree(environment, name).find_all(nodes.FromImport):
        assert isinstance(node.template, nodes.Const)
        offered = {macro.name for macro in tree(environment, node.template.value).find_all(nodes.Macro)}
        wanted = {one if isinstance(one, str) else one[0] for one in node.names}
        assert wanted <= offered, f"{node.template.value} has no {wanted - offered}"


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_macro_is_called_with_words_it_knows(environment: Environment, name: str) -> None:
    for origin, macro, call in _calls(environment, name):
        known = {argument.name for argument in macro.args}
        given = set() if _takes_any(macro) else {keyword.key for keyword in call.kwargs}
        assert given <= known, f"{name}:{call.lineno}: {origin} {macro.name}() knows no {given - known}"
        assert len(call.args) <= len(macro.args), f"{name}:{call.lineno}: {macro.name}() takes fewer"


def _takes_any(macro: nodes.Macro) -> bool:
    """A macro that hands on its `kwargs` knows every word."""
    return any(name.name == "kwargs" for name in macro.find_all(nodes.Name))


def _calls(environment: Environment, name: str) -> list[tuple[str, nodes.Macro, nodes.Call]]:
    whole = tree(environment, name)
    macros = {macro.name: (name, macro) for macro in whole.find_all(nodes.Macro)}
    for node in whole.find_all(nodes.FromImport):
        assert isinstance(node.template, nodes.Const)
        offered = {macro.name: macro for macro in tree(environment, node.template.value).find_all(nodes.Macro)}
        for one in node.names:
            original, local = (one, one) if isinstance(one, str) else one
            macros[local] = (node.template.value, offered[original])
    found = []
    for call in whole.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in macros:
            origin, macro = macros[call.node.name]
            found.append((origin, macro, call))
    return found


@pytest.mark.parametrize("name", TEMPLATES)
def test_nothing_stands_inline_and_nothing_comes_from_elsewhere(name: str) -> None:
    markup = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "…", (FOLDER / name).read_text("utf-8"), flags=re.S)
    found = INLINE.findall(markup)
    assert not found, f"{name}: {found}"


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_asks_what_one_may_and_not_who_one_is(environment: Environment, name: str) -> None:
    roles = role_keys()
    assert len(roles) > 20
    asked = [
        const.value
        for compare in tree(environment, name).find_all(nodes.Compare)
        for const in compare.find_all(nodes.Const)
        if const.value in roles
    ]
    read = [node.attr for node in tree(environment, name).find_all(nodes.Getattr) if node.attr in OFFICIAL]
    assert not asked, f"{name} compares with roles: {asked}"
    assert not read, f"{name} reads {read}"
