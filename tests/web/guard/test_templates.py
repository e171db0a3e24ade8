"""Templates find things in one step, and find what Jinja would have found."""

import pytest
from jinja2 import Environment, StrictUndefined, UndefinedError, pass_context
from jinja2.ext import do

from netmeet.web.templating import Templates


class Thing:
    """Something with a method and an entry."""

    name = "Lise"

    def says(self, *words, **more):
        """Return what it is called with."""
        return f"{words} {more}"

    def __getitem__(self, key):
        """Return an entry."""
        return {"own": "egen"}[key]


@pass_context
def seen(context, name):
    """Return what the context knows under a name."""
    return context.get(name, "intet")


class Called:
    """Something that can be called, and asks for the context."""

    @pass_context
    def __call__(self, context, name):
        """Return what the context knows."""
        return f"kaldt: {context.get(name)}"


KNOWN = {
    "thing": Thing(),
    "plain": lambda *words, **more: f"{words} {more}",
    "seen": seen,
    "called": Called(),
    "row": {"name": "Mia", "1": "et"},
    "rows": [{"name": "A"}, {"name": "B"}],
}
SOURCES = [
    "{{ thing.says(1, a=2) }} {{ thing.name }} {{ thing.own }} {{ thing['own'] }}",
    "{% for one in rows %}{{ plain(one.name, n=loop.index) }}{% endfor %}",
    "{% block b %}{% set x = 3 %}{{ plain(x, y=x) }}{{ thing.says(y=x) }}{% endblock %}",
    "{% for one in rows %}{% set x = one.name %}{{ seen('one') }}{{ seen('x') }}{% endfor %}",
    "{% macro m(a) %}<b>{{ a }}</b>{% endmacro %}{{ m('<') }}",
    "{% macro m(a) %}<b>{{ caller() }}</b>{% endmacro %}{% call m(1) %}inde{% endcall %}",
    "{{ called('row') }} {{ row.name }} {{ row.get('name') }} {{ row.items()|list }}",
    "{{ rows|map(attribute='name')|join(', ') }} {{ 'x'.upper() }} {{ range(3)|list }}",
    "{% for n in [1, 2] %}{{ loop.cycle('a', 'b') }}{% endfor %}",
    "{% autoescape false %}{{ plain('<') }}{% endautoescape %}",
]


def environments(app):
    """Return ours, and Jinja's own with the same settings."""
    settings = {"undefined": StrictUndefined, "extensions": [do]}
    return Templates(app, autoescape=True, **settings), Environment(autoescape=True, **settings)


@pytest.mark.parametrize("source", SOURCES)
def test_a_page_reads_as_jinja_writes_it(app, source):
    ours, plain = [one.from_string(source).render(KNOWN) for one in environments(app)]
    assert ours == plain != ""


def test_what_is_missing_is_told(app):
    ours, plain = environments(app)
    for source in ("{{ row.age }}", "{{ thing.age }}", "{{ nothing() }}"):
        for one in (ours, plain):
            with pytest.raises(UndefinedError):
                one.from_string(source).render(KNOWN)


def test_an_entry_of_a_dictionary_comes_before_its_method(app):
    ours, _plain = environments(app)
    assert ours.from_string("{{ row.items }}").render(row={"items": "tre"}) == "tre"
