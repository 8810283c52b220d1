from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.engagement.faults import (
    Fault,
    FaultsError,
    dotted,
    find_secrets,
    is_secret_key,
    nearest,
    shorten,
    show,
    write,
)

FAULT = Fault("acme/assess.yaml", 12, "tasks[3].hours", 'text "12"', "a number", "write 12 without quotes")


def test_a_fault_is_one_line() -> None:
    assert str(FAULT) == (
        'acme/assess.yaml:12 tasks[3].hours: found text "12"; allowed a number; write 12 without quotes'
    )


def test_a_fault_without_line_and_key_names_its_file_only() -> None:
    assert str(Fault("acme", None, "", "x", "y", "z")) == "acme: found x; allowed y; z"


def test_faults_are_sorted_and_told_once() -> None:
    early = Fault("acme/assess.yaml", 3, "a", "x", "y", "z")
    assert FaultsError([FAULT, early, FAULT]).faults == (early, FAULT)


def test_the_nearest_name_ignores_case_and_is_none_for_the_unlike() -> None:
    assert nearest("Proceses", ["processes", "people"]) == "processes"
    assert nearest("zzz", ["processes", "people"]) is None


def test_what_looks_alike_is_written_in_escapes() -> None:
    assert write("Gro\u0308\u00dfe", "Gr\u00f6\u00dfe") == r'write "Gro\u0308\u00dfe"'
    assert write(" activity ", "activity") == 'write " activity "'
    assert write("activity", "actvity") == write("activity", "activity") == "write activity"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "nothing"),
        ("", "nothing"),
        (True, "true"),
        (12, "12"),
        ("12", 'text "12"'),
        ([1, 2], "a list of 2"),
        ([], "an empty list"),
        ({"a": 1, "b": 2}, "a mapping with a, b"),
        ({}, "an empty mapping"),
        ("a\x1b[31m\u202eb", 'text "a\\x1b[31m\\u202eb"'),
    ],
)
def test_a_found_value_is_shown_as_a_phrase(value: object, shown: str) -> None:
    assert show(value) == shown


@given(st.text())
def test_shown_text_is_short_and_printable(text: str) -> None:
    assert shorten(text).isprintable()
    assert len(shorten("ä" * 100)) == 60


@pytest.mark.parametrize("key", ["password", "db_password", "apiKey", "api-key", "client_secret", "TOKEN", "dsn"])
def test_the_value_of_a_secret_key_is_never_shown(key: str) -> None:
    assert is_secret_key(key)
    assert show("hunter2", ("database", key)) == "a secret (not shown)"


@pytest.mark.parametrize("key", ["price_per_token", "tokens", "secretary", "url_env", "key", "keys"])
def test_other_keys_are_no_secrets(key: str) -> None:
    assert not is_secret_key(key)


@pytest.mark.parametrize(
    "text",
    [
        "https://anna:hunter2@example.org/x",
        "postgresql://db.example.org/sales",
        "postgresql+psycopg://x",
        "Server=db;Password=hunter2;",
        "AKIAIOSFODNN7EXAMPLE",
        "-----BEGIN RSA PRIVATE KEY-----",
        "sk-abcdefghij0123456789",
        "sk-proj-abcdefghij0123",
        "rk_live_abcdefghij0123",
        "ghp_abcdefghij0123456789",
        "ghs_abcdefghij0123456789",
        "github_pat_abcdefghij0123456789",
        "xoxb-1234567890-abc",
        "AIzaSyA-abcdefghijklmnopqrstuvwxyz01",
        "SECRET = hunter2",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.x",
    ],
)
def test_secrets_are_found_and_not_shown(text: str) -> None:
    assert find_secrets(f"see {text} there")
    assert show(text) == "a secret (not shown)"
    assert text not in show({text: 1})
    assert text not in dotted((text,))


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/a?b=c",
        "risk-assessment-of-invoices",
        "task-1: see mail@example.org",
        "10:30",
        "sk-invoices",
    ],
)
def test_harmless_text_is_no_secret(text: str) -> None:
    assert find_secrets(text) == []


def test_a_secret_is_found_on_any_line() -> None:
    assert find_secrets("a: 1\nb: 2\nc: see AKIAIOSFODNN7EXAMPLE\n") == [17]
