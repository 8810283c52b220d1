"""Values that may name people: names, e-mail addresses, phone numbers, bank accounts and free text.

The tests err on the side of silence: a column is hidden as soon as one value of its sample is such an address or
number, or as many of its values look like names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.\w{2,}")
_PHONE = re.compile(r"(\+|00|\(0|0)[\d\s()/.-]{6,20}\d|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}")
_IBAN = re.compile(r"[A-Z]{2}\d{2}( ?[A-Z0-9]{4}){2,7}( ?[A-Z0-9]{1,4})?")
_COUNTRIES_OF_IBAN = _words(
    """
    AD AE AL AT AZ BA BE BG BH BR BY CH CR CY CZ DE DK DO EE EG ES FI FO FR GB GE GI GL GR GT HR HU IE IL IQ IS IT
    JO KW KZ LB LC LI LT LU LV LY MC MD ME MK MR MT MU NL NO PK PL PS PT QA RO RS SA SC SE SI SK SM ST SV TL TN TR
    UA VA VG XK
    """
)
# "Anna Müller", "A. Müller", "Müller, Anna", "Dr. Anna Müller-Lüdenscheid", "MÜLLER Anna".
_WORD = "[^\\W\\d_a-z][^\\W\\d_]*(['\N{RIGHT SINGLE QUOTATION MARK}-][^\\W\\d_]+)*\\.?"
_NAME = re.compile(rf"({_WORD},? )(({_WORD}|von|van|de|der|den|da|di|du|la|le|el|al|bin),? ){{0,3}}{_WORD}")
_INITIAL = re.compile(rf"(([^\W\d_a-z]\. ?)+{_WORD}|{_WORD},? ([^\W\d_a-z]\. ?)+)")
_ACCOUNT = re.compile(r"[a-zà-ÿ]{2,}\.[a-zà-ÿ]{2,}(\.[a-zà-ÿ]{2,})?")
# Frequent given names: two capitalised words alone may as well be an activity or a town.
_GIVEN_NAMES = _words(
    """
    adam agnieszka alan alberto alejandro alessandro alexander alexandra ali alice ana anders andrea andreas andrew
    angela anita ann anna anne annette antonio barbara beatriz ben bernd birgit brian camille carla carlos carmen
    carol caroline catherine charles charlotte chloé christian christina christine claire clara claudia daniel
    daniela david diana diego dieter dirk dominik edward elena elisabeth elizabeth ellen emily emma eric erik eva
    fatima felix fernando florian francesca francesco francisco frank franz françois françoise fred gabriel george
    giulia giuseppe grace günter hannah hans harald heike heinz helen helga henry hugo ines ingrid isabel isabelle
    jack jacques jakub james jan jane javier jean jennifer jens jessica joan joanna johan johanna john jonas jorge
    joseph josé juan jules julia julian julie karen karin karl katarzyna kate katharina kevin klaus krzysztof lars
    laura laurent lea lena leon linda lisa louis louise lucas lucia lucía luis luisa lukas léa magda manfred manuel
    marc marco marek margaret maria marie marion mark markus marta martha martin martina mary maría mateusz matthew
    matthias max michael michaela michał michel michelle miguel mohamed mohammed monica monika monique nancy
    nathalie nicole nina noah nora olga oliver olivier oscar pablo pascal patricia patrick paul paula pedro peter
    petra philip philipp philippe pierre pieter piotr rafael rainer ralf raquel renate rené richard robert roberto
    ruth sabine samuel sandra sara sarah sebastian silke silvia simon sofia sofie sophia sophie stefan stefanie
    stephan stephanie stephen steven susan susanne sven sylvie tanja teresa theo thierry thomas tim tobias tom
    tomasz ulrich ursula ute uwe valérie vera victor victoria vincent walter werner willem william wolfgang xavier
    yusuf
    """
)
_SHORTEST_IBAN = 15
_LONGEST_CODE = 60
"""Characters beyond which a value is taken for free text."""


def personal_kind(values: Sequence[str]) -> str | None:
    """Return what may name people among the different values of a column: "email", "iban", "phone", ...; else None.

    >>> personal_kind(["Anna Müller", "Peter van Dyck"]), personal_kind(["Receive invoice", "Close"])
    ('name', None)
    """
    for kind, pattern in (("email", _EMAIL), ("iban", _IBAN), ("phone", _PHONE)):
        if any(_is(kind, pattern, value) for value in values):
            return kind
    if any(len(value) > _LONGEST_CODE for value in values):
        return "free text"
    return "name" if _are_names(values) else None


def _is(kind: str, pattern: re.Pattern[str], value: str) -> bool:
    if kind == "email":
        return pattern.search(value) is not None
    if kind == "iban":
        is_long = len(value.replace(" ", "")) >= _SHORTEST_IBAN
        return is_long and pattern.fullmatch(value) is not None and value[:2] in _COUNTRIES_OF_IBAN
    digits = sum(letter.isdecimal() for letter in value)
    # Numbers of cases are seldom written in groups or with a leading plus sign.
    return 7 <= digits <= 15 and not value.isdecimal() and pattern.fullmatch(value) is not None


def _are_names(values: Sequence[str]) -> bool:
    """Tell whether many of the values look like names, and some hold a given name where the look alone says little."""
    accounts = sum(_ACCOUNT.fullmatch(value) is not None for value in values)
    initials = sum(_INITIAL.fullmatch(value) is not None for value in values)
    names = [value for value in values if _NAME.fullmatch(value)]
    given = sum(any(part.casefold() in _GIVEN_NAMES for part in re.findall(r"[^\W\d_]+", each)) for each in values)
    enough = max(1, len(values) // 5)
    return accounts >= enough or initials >= enough or given >= enough or (given >= 2 and len(names) >= enough)
