"""How numbers, money, shares, times and dates are written for one client.

The precision follows the evidence: a measured value shows three significant digits, anything else (an interview, an
estimate, an assumption, or a number whose evidence is not stated) shows two. Counts are exact and show every digit.
Numbers follow the client's locale; words such as "days" or "to" follow the language of the deliverable.
"""

from __future__ import annotations

import datetime as dt
import difflib
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.localedata import locale_identifiers
from babel.numbers import (
    format_currency,
    format_decimal,
    format_percent,
    get_minus_sign_symbol,
    get_plus_sign_symbol,
    list_currencies,
    parse_pattern,
)
from babel.units import format_unit

Kind = Literal["money", "number", "share", "hours"]

MEASURED_DIGITS = 3
ESTIMATED_DIGITS = 2
COMPACT_FROM = 10_000
"""Amounts from here on are written with a unit such as "m"; smaller ones in full."""

HOUR_TICKS = (1 / 3600, 1 / 60, 1 / 6, 1.0, 4.0, 24.0, 96.0, 240.0, 720.0, 2400.0, 8760.0)
"""Durations in hours that read well on an axis: a second, a minute, ten minutes, an hour, ..., a year."""

_RANGE_WORDS = {"en": "to", "de": "bis", "fr": "à", "el": "έως", "es": "a", "it": "a", "nl": "tot", "pt": "a"}
# British business style writes "€1.2m" and "€2bn", and scientific style "4 h", where CLDR has M, B, hrs and mins
_ENGLISH = ((r"(?<=\d)K", "k"), (r"(?<=\d)M", "m"), (r"(?<=\d)B", "bn"), (r"(?<=\d)T", "tn"))
_ENGLISH_UNITS = ((r"\bhrs?\b", "h"), (r"\bmins?\b", "min"), (r"\bsecs?\b", "s"))
_HOURS = {"second": 1 / 3600, "minute": 1 / 60, "hour": 1.0, "day": 24.0}
_NBSP = "\N{NO-BREAK SPACE}"


def significant_digits(evidence: str | None) -> int:
    """Return how many significant digits a value with this evidence may show: 3 if measured, else 2."""
    return MEASURED_DIGITS if evidence == "measured" else ESTIMATED_DIGITS


def rounded(value: float, digits: int) -> Decimal:
    """Round to `digits` significant digits, halves away from zero: 1,234,567 to 2 digits is 1,200,000."""
    exact = Decimal(repr(float(value)))
    if exact == 0:
        return Decimal(0)
    result = exact.quantize(Decimal(1).scaleb(exact.adjusted() - digits + 1), ROUND_HALF_UP)
    return Decimal(f"{result.normalize():f}")


def _near(found: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(found, sorted(known), n=1, cutoff=0.3)
    return f"; the nearest is {close[0]!r}" if close else ""


def _parse_locale(identifier: str) -> Locale:
    try:
        return Locale.parse(identifier)
    except (ValueError, UnknownLocaleError, TypeError):
        raise ValueError(f"locale {identifier!r} is not known{_near(str(identifier), locale_identifiers())}") from None


@dataclass(frozen=True)
class Formats:
    """How values are written: numbers as in `locale` (de_DE), amounts in `currency` (EUR), words in `language`.

    The language is that of the locale unless given. An unknown locale or currency raises ValueError with the nearest
    name. A value that is None or not finite raises ValueError, so that "nan" can never reach a page.
    """

    locale: str
    currency: str
    language: str | None = None
    _numbers: Locale = field(init=False, repr=False, compare=False)
    _words: Locale = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        numbers = _parse_locale(self.locale)
        if self.currency not in list_currencies():
            raise ValueError(f"currency {self.currency!r} is not known{_near(self.currency, list_currencies())}")
        words = numbers if self.language in (None, numbers.language) else _parse_locale(str(self.language))
        object.__setattr__(self, "_numbers", numbers)
        object.__setattr__(self, "_words", words)

    def amount(self, value: float | None, kind: Kind, evidence: str | None = None) -> str:
        """Write a value of a kind to the digits its evidence allows."""
        kinds = {"money": self.money, "number": self.number, "share": self.share, "hours": self.hours}
        return kinds[kind](value, evidence)

    def money(self, value: float | None, evidence: str | None = None, missing: str | None = None) -> str:
        """Write an amount, in short from 10,000 on: €1.2m for an estimated 1,234,567, €1.23m if measured.

        `missing` is the text for a value that is not there.
        """
        if value is None and missing is not None:
            return missing
        amount = rounded(_known(value), significant_digits(evidence))
        return self._money(amount, self._magnitude(amount))

    def number(self, value: float | None, evidence: str | None = None) -> str:
        """Write a number to the digits its evidence allows, thousands separated."""
        return self._decimal(rounded(_known(value), significant_digits(evidence)))

    def fixed(self, value: float | None, decimals: int = 1, missing: str | None = None) -> str:
        """Write a number with a set number of decimals, as the levels of a scale need: 2.0 beside 1.9.

        `missing` is the text for a value that is not there.
        """
        if value is None and missing is not None:
            return missing
        exact = Decimal(repr(float(_known(value)))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        pattern = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
        return format_decimal(exact, pattern, locale=self._numbers)

    def count(self, value: int | None) -> str:
        """Write a count with all its digits: 251,734."""
        return self._decimal(Decimal(int(_known(value))))

    def share(self, value: float | None, evidence: str | None = None, *, decimals: int = 2) -> str:
        """Write a share (1 is 100 %) as a percentage, to at most `decimals` decimals.

        A share that is not nought or one never reads 0 % or 100 %: it becomes <0.01 % or >99 %.
        """
        share, step = _known(value), Decimal(1).scaleb(-decimals)
        percent = rounded(share * 100, significant_digits(evidence)).quantize(step, ROUND_HALF_UP)
        if percent == 100 and share < 1:
            return f">{self._percent(Decimal('99.9') if evidence == 'measured' and decimals else Decimal(99))}"
        if percent == 0 and share > 0:
            return f"<{self._percent(step)}"
        return self._percent(percent)

    def hours(self, value: float | None, evidence: str | None = None) -> str:
        """Write a duration given in hours as seconds, minutes, hours or days of the clock, whichever reads best.

        Days begin at two days, hours at one hour, minutes at one minute.
        """
        duration = _known(value)
        return self._hours(duration, significant_digits(evidence), _time_unit(duration))

    def interval(self, low: float | None, high: float | None, kind: Kind = "money", evidence: str | None = None) -> str:
        """Write a range in one unit: €0.3m to €0.9m. An end that is not known leaves ≥ or ≤; equal ends one value.

        The unit is that of the larger end, and the next larger one where both ends still read well in it (at least
        0.1 and 0.5 of it). An end under a tenth of the unit is written in its own.
        """
        if low is None or high is None:
            sign, end = ("≤", high) if low is None else ("≥", low)
            return f"{sign}{_NBSP}{self.amount(end, kind, evidence)}"
        ends = _known(low), _known(high)
        first, last = (self._end(end, ends, kind, evidence) for end in ends)
        if first == last:
            return first
        if kind == "hours" and first.partition(_NBSP)[2] == last.partition(_NBSP)[2]:
            # Both in one unit, which is written once.
            first = first.partition(_NBSP)[0]
        word = _RANGE_WORDS.get(self._words.language, "\N{EN DASH}")
        return f"{first} {word} {last}"

    def date(self, value: dt.date) -> str:
        """Write a day in full: 30 September 2026."""
        locale = self._words if self._words is self._numbers else _parse_locale(_day_first(self._words.language))
        return format_date(value, "long", locale=locale)

    def signed(self, value: float | None, kind: Kind = "money", evidence: str | None = None) -> str:
        """Write a difference with its sign, + or the locale's minus; nought has none."""
        change = _known(value)
        sign = get_plus_sign_symbol(self._numbers) if change > 0 else get_minus_sign_symbol(self._numbers)
        return f"{sign if change else ''}{self.amount(abs(change), kind, evidence)}"

    def _end(self, value: float, ends: tuple[float, float], kind: Kind, evidence: str | None) -> str:
        """Write one end of a range in the unit that suits both."""
        digits = significant_digits(evidence)
        if kind == "hours":
            return self._hours(value, digits, _time_unit(max(ends, key=abs)))
        if kind != "money":
            return self.amount(value, kind, evidence)
        amount, magnitude = rounded(value, digits), self._shared_magnitude(ends, digits)
        if amount and abs(amount) * 10 < magnitude:
            magnitude = self._magnitude(amount)
        return self._money(amount, magnitude)

    def _shared_magnitude(self, ends: tuple[float, float], digits: int) -> int:
        """Return the power of a thousand both ends of a range are written in."""
        top = abs(rounded(max(ends, key=abs), digits))
        following = Decimal(10) ** (top.adjusted() // 3 * 3 + 3)
        fits = min(abs(end) for end in ends) * 10 >= following and top * 2 >= following
        return self._magnitude(following if fits and top >= COMPACT_FROM else top)

    def _magnitude(self, amount: Decimal) -> int:
        """Return the power of a thousand an amount is written in, 1 where it is written in full."""
        if abs(amount) < COMPACT_FROM:
            return 1
        exponent = min(amount.adjusted() // 3 * 3, 12)
        compact = self._numbers.compact_currency_formats["short"]["other"]
        return 10**exponent if "¤" in str(compact[str(10**exponent)].pattern) else 1

    def _money(self, amount: Decimal, magnitude: int) -> str:
        """Write an amount in thousands, millions, ... by the locale's own short pattern."""
        if magnitude == 1:
            pattern = re.sub(r"\.0+", "", self._numbers.currency_formats["standard"].pattern)
            return format_currency(
                amount, self.currency, pattern, self._numbers, currency_digits=False, decimal_quantization=False
            )
        pattern = self._numbers.compact_currency_formats["short"]["other"][str(magnitude)].pattern
        # a pattern with four noughts, as Spanish has for 1e9, counts in the unit three places below
        divisor = magnitude // 10 ** (pattern.count("0") - 1)
        text = parse_pattern(pattern).apply(
            amount / divisor,
            self._numbers,
            currency=self.currency,
            currency_digits=False,
            decimal_quantization=False,
        )
        return _reworded(text, _ENGLISH) if self._numbers.language == "en" else text

    def _percent(self, percent: Decimal) -> str:
        return format_percent(percent / 100, locale=self._numbers, decimal_quantization=False).replace(" ", _NBSP)

    def _decimal(self, number: Decimal) -> str:
        return format_decimal(number, locale=self._numbers, decimal_quantization=False)

    def _hours(self, value: float, digits: int, unit: str) -> str:
        return self._unit(rounded(value / _HOURS[unit], digits), unit)

    def _unit(self, number: Decimal, unit: str) -> str:
        """Write a number with a unit of time: the number as in the locale, the word in the language."""
        text = format_unit(number, f"duration-{unit}", length="short", locale=self._words)
        if self._words is not self._numbers:
            text = text.replace(format_decimal(number, locale=self._words), self._decimal(number))
        text = _reworded(text, _ENGLISH_UNITS) if self._words.language == "en" else text
        return text.replace(" ", _NBSP)


def _known(value: float | None) -> float:
    if value is None or not math.isfinite(value):
        raise ValueError("there is no value to write")
    return value


def _time_unit(duration: float) -> str:
    """Return the unit of time in which a duration in hours reads best."""
    if abs(duration) >= 2 * _HOURS["day"]:
        return "day"
    if abs(duration) >= 1 or duration == 0:
        return "hour"
    return "minute" if abs(duration) >= _HOURS["minute"] else "second"


def _reworded(text: str, replacements: Iterable[tuple[str, str]]) -> str:
    for pattern, word in replacements:
        text = re.sub(pattern, word, text)
    return text


def _day_first(language: str) -> str:
    # plain "en" is American and puts the month first
    return "en_GB" if language == "en" else language
