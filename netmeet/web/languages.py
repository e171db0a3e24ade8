"""The language of a page, and its catalogue."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, cached_property, lru_cache
from typing import Any

from babel import Locale
from flask import Flask
from flask_babel import Babel, Domain, force_locale, get_locale
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

_spoken: ContextVar[Any] = ContextVar("netmeet_spoken", default=None)


@cache
def locale(language: str) -> Locale:
    """Return the language as Babel knows it, read once."""
    return Locale.parse(language)


class Catalogue(Domain):  # type: ignore[misc]  # the package has no types
    """The catalogues by language, found once a request and not anew for every sentence."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._by_language: dict[str, Any] = {}

    def get_translations(self) -> Any:
        """Return the catalogue that is spoken, or of no language outside a request."""
        return _spoken.get() or self._of(get_locale())

    def _of(self, locale: Locale | None) -> Any:
        if locale is None:
            return super().get_translations()
        if locale.language not in self._by_language:
            self._by_language[locale.language] = super().get_translations()
        return self._by_language[locale.language]

    def begin(self) -> None:
        """Speak the request's language from here on."""
        _spoken.set(self._of(get_locale()))


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak ``language`` meanwhile, as in a letter to somebody else than who is asking."""
    before = _spoken.get()
    _spoken.set(None)
    try:
        with force_locale(language):
            yield
    finally:
        _spoken.set(before)


class Languages(Babel):  # type: ignore[misc]  # the package has no types
    """Flask-Babel with :class:`Catalogue`."""

    @cached_property
    def domain_instance(self) -> Catalogue:
        """Return the one catalogue of the application."""
        return Catalogue(domain=self.domain)

    def init_app(self, app: Flask, *arguments: Any, **options: Any) -> None:
        """Install Flask-Babel, and a shorter way from a template to its catalogue."""
        super().init_app(app, *arguments, **options)
        app.before_request(self._begin)
        app.teardown_request(self._end)
        app.jinja_env.globals.update(
            _=self._gettext, gettext=self._gettext, ngettext=self._ngettext
        )

    def _begin(self) -> None:
        self.domain_instance.begin()

    def _end(self, _problem: BaseException | None) -> None:
        _spoken.set(None)

    @pass_eval_context
    def _gettext(self, evaluation: EvalContext, text: str, /, **variables: Any) -> str:
        """Return the sentence in the page's language, what is put into it escaped.

        As Jinja's own, in one step instead of four: a page says some hundred sentences.
        """
        spoken = self.domain_instance.get_translations()
        if not variables and evaluation.autoescape:
            return _safe(spoken, text)
        return _filled(spoken.gettext(text), evaluation, variables)

    @pass_eval_context
    def _ngettext(
        self, evaluation: EvalContext, one: str, many: str, number: int, /, **variables: Any
    ) -> str:
        """Return the sentence for so many, which it may name ``num``."""
        found = self.domain_instance.get_translations().ngettext(one, many, number)
        return _filled(found, evaluation, {"num": number, **variables})


@lru_cache(maxsize=4096)
def _safe(spoken: Any, text: str) -> Markup:
    """Return a sentence that nothing is put into, made ready once for all pages."""
    said = Markup(spoken.gettext(text))  # noqa: S704 - the catalogue is ours
    return said % {} if "%" in said else said


def _filled(text: str, evaluation: EvalContext, variables: Mapping[str, Any]) -> str:
    safe = Markup(text) if evaluation.autoescape else text  # noqa: S704 - the catalogue is ours
    return safe % variables if "%" in text else safe
