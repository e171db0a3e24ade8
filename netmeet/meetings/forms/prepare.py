"""The person's seven questions: one form for each kind of question."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, SelectMultipleField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from netmeet.meetings.forms.choices import options
from netmeet.meetings.rules import Question, WithoutPerson
from netmeet.meetings.service.preparation import Said
from netmeet.web.forms import TEXT, VersionedForm, at_most

Choices = Iterable[tuple[str, str]]

WITHOUT = (
    (WithoutPerson.YES, _("Ja, hold mødet uden mig")),
    (WithoutPerson.NO, _("Nej, vent på mig")),
    (WithoutPerson.ONLY_IF, _("Kun hvis …")),
)

PARTS = ("come", "part", "not")


class Words(SelectMultipleField):
    """Words to tap: one tap is an answer. Which are offered is set after the form is made."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    @property
    def tapped(self) -> list[str]:
        """Return the words that were tapped; a word that was not offered is dropped."""
        offered = {value for value, *_rest in self.iter_choices()}
        return [word for word in self.data or [] if word in offered]


class QuestionForm(VersionedForm):
    """One question: free words, and words to tap where there are any."""

    text = TextAreaField(_("Dit svar"), validators=[at_most(TEXT)])
    words = Words(_("Tryk på et ord, hvis det passer"), choices=[], validate_choice=False)

    @property
    def said(self) -> Said:
        """Return what is said."""
        return Said(text=self.text.data or "", data={"words": self.words.tapped})


class PracticalForm(QuestionForm):
    """Practical wishes, and what makes it hard or helps."""

    hard = TextAreaField(_("Hvad kan gøre det svært for dig?"), validators=[at_most(TEXT)])
    helps = TextAreaField(_("Hvad hjælper dig?"), validators=[at_most(TEXT)])

    @property
    def said(self) -> Said:
        """Return the wishes, what makes it hard and what helps."""
        said = super().said
        more = {"hard": self.hard.data or "", "helps": self.helps.data or ""}
        return Said(text=said.text, data={**said.data, **more})


class WithoutForm(QuestionForm):
    """May the meeting be held without the person: three answers of equal weight."""

    choice = RadioField(
        _("Må mødet holdes uden dig?"), choices=options(WITHOUT), validate_choice=False, default=""
    )

    @property
    def said(self) -> Said:
        """Return the choice and its words; anything but the three answers is no answer."""
        chosen = self.choice.data if self.choice.data in set(WithoutPerson) else ""
        return Said(text=self.text.data or "", data={"choice": chosen})


class WhoForm(QuestionForm):
    """Who comes, who does not, who only for a part: one answer a member, by user id."""

    def __init__(self, given: MultiDict[str, str], *, members: Iterable[str]) -> None:
        super().__init__(given)
        self.given, self.members = given, tuple(members)

    @property
    def said(self) -> Said:
        """Return the answers given; anything but the three answers is none."""
        chosen = {user_id: self.chosen(user_id) for user_id in self.members}
        kept = {user_id: answer for user_id, answer in chosen.items() if answer in PARTS}
        return Said(text=self.text.data or "", data={"who": kept})

    def chosen(self, user_id: str) -> str:
        """Return the answer about the member, ``""`` when there is none."""
        return str(self.given.get(f"who-{user_id}", ""))


def read(
    question: Question,
    *,
    stored: Said,
    version: int,
    posted: MultiDict[str, str] | None,
    words: Choices,
    members: Iterable[str] = (),
) -> QuestionForm:
    """Return the question's form: what is stored, with what was posted laid over it.

    An autosave posts only the fields that changed, so the rest is taken from what is stored.
    """
    given = _laid_over(stored, version, posted)
    if question is Question.WHO:
        return WhoForm(given, members=members)
    kinds: Mapping[Question, type[QuestionForm]] = {
        Question.PRACTICAL: PracticalForm,
        Question.WITHOUT_ME: WithoutForm,
    }
    form = kinds.get(question, QuestionForm)(given)
    form.words.choices = options(words)
    return form


def laid_out(stored: Said, *, members: Iterable[str]) -> dict[str, list[str]]:
    """Return what is stored by the names of the form's fields; of people, of the ``members``."""
    about = {who: said for who, said in stored.data.get("who", {}).items() if who in set(members)}
    data = {**stored.data, "who": about}
    return _laid_over(Said(text=stored.text, data=data), 0, None).to_dict(flat=False)


def _laid_over(
    stored: Said, version: int, posted: MultiDict[str, str] | None
) -> MultiDict[str, str]:
    if posted is not None and "autosave" not in posted:
        return posted
    given: MultiDict[str, str] = MultiDict({"text": stored.text, "version": str(version)})
    for name, value in stored.data.items():
        _lay(given, name, value)
    for name in posted or ():
        given.setlist(name, (posted or MultiDict()).getlist(name))
    return given


def _lay(given: MultiDict[str, str], name: str, value: Any) -> None:
    if isinstance(value, dict):
        for key, answer in value.items():
            given[f"{name}-{key}"] = answer
    elif isinstance(value, list):
        given.setlist(name, value)
    else:
        given[name] = value
