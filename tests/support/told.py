"""What a channel says about its own settings is told in every language."""

from channels.base import BadSetting
from locales.catalogue import LOCALES, SOURCE
from locales.told import Told, in_words
from locales.translate import require_translated


def require_told(*problems: BadSetting) -> None:
    """Fail unless what is wrong, and what to do about it, are sentences with a translation in each language."""
    for said in (each for problem in problems for each in (problem.why, problem.remedy)):
        assert isinstance(said, Told), said
        for locale in LOCALES:
            require_translated(said.text, locale)
            assert locale == SOURCE or in_words(said, locale) != str(said)
