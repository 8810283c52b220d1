"""What must not leave the house is found in a deliverable, and what is honest passes."""

from __future__ import annotations

from pathlib import Path

import pytest
from publish_notebooks import cover, exhibit, figures, notebook, prose, table_data

from workbook.engagement.identity import Identity, read_identities
from workbook.publish.document import read_document
from workbook.publish.html import render_html
from workbook.publish.leaks import (
    LeakError,
    check_leaks,
    check_values,
    own_words,
    plain_html,
    prose_of,
    strangers_to,
    texts_in,
)

MINE = Identity("alder-foods", ("Alder Foods", "Alder Foods Ltd"), ("Ann Smith", "Kim Berg"))
OTHER = Identity(
    "brauer-logistik", ("Brauer", "Brauer Logistik GmbH & Co. KG"), ("Jörg Weiß", "Kim Berg"), ("canary-7f3a",)
)


def leaks(shown: str, *others: Identity, me: Identity = MINE, own: str = "", secrets: tuple[str, ...] = ()) -> str:
    """What is found in a text that client `me` is shown, "" for nothing."""
    try:
        check_leaks([shown], strangers_to(me.id, [me, *(others or (OTHER,))]), own, secrets)
    except LeakError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        ("compared with Brauer, which", "Brauer"),
        ("Brauer Logistik GmbH & Co. KG", "Brauer Logistik GmbH Co KG"),
        ("Brauer Logistik\n  GmbH &amp; Co. KG".replace("&amp;", "&"), "Brauer Logistik GmbH Co KG"),
        ("led by Jörg Weiß.", "Jörg Weiß"),
        ("outputs/brauer-logistik/x", "brauer logistik"),
        ("<!-- canary-7f3a -->", "canary 7f3a"),
    ],
)
def test_words_of_another_client_are_caught(shown: str, words: str) -> None:
    assert f'"{words}", which belongs to brauer-logistik' in leaks(shown)


@pytest.mark.parametrize(
    "shown", ["Brauerei", "Jörg", "Alder Foods Ltd and Ann Smith", "the brauers", "Logistik", "Kim Berg, both"]
)
def test_parts_of_words_own_names_and_shared_people_pass(shown: str) -> None:
    assert leaks(shown) == ""


def test_all_that_leaks_is_told_at_once() -> None:
    told = leaks("Brauer and Jörg Weiß")
    assert told == (
        'not fit to publish: "Brauer", which belongs to brauer-logistik; "Jörg Weiß", which belongs to brauer-logistik'
    )


ORACLE = Identity("oracle", ("Oracle", "Oracle Deutschland B.V."), ("Eva Lang",))


def test_a_client_named_like_a_vendor_passes_where_the_own_files_name_the_vendor() -> None:
    own = "systems:\n  - {id: erp, name: Oracle, vendor: oracle}"
    assert leaks("The ERP runs on Oracle; id oracle", ORACLE, own=own) == ""
    assert "belongs to oracle" in leaks("The ERP runs on Oracle", ORACLE)


def test_a_full_legal_name_and_a_canary_pass_only_if_they_may_be_mentioned() -> None:
    own = "Oracle Deutschland B.V. and canary-7f3a"
    allowed = Identity(MINE.id, may_mention=("Oracle Deutschland B.V.",))
    assert "Oracle Deutschland B V" in leaks("by Oracle Deutschland B.V.", ORACLE, own=own)
    assert leaks("by Oracle Deutschland B.V.", ORACLE, me=allowed, own=own) == ""
    assert "canary 7f3a" in leaks("canary-7f3a", own=own)


def test_who_is_named_after_another_client_may_say_its_own_name() -> None:
    branch = Identity("brauer-logistik-uk", ("Brauer Logistik GmbH & Co. KG UK",))
    assert leaks("brauer-logistik-uk is Brauer Logistik GmbH & Co. KG UK", me=branch) == ""
    assert "Jörg Weiß" in leaks("Jörg Weiß", me=branch)


@pytest.mark.parametrize("id", ["process", "next", "target", "table", "span", "IBM"])
def test_words_that_the_package_itself_uses_are_no_leak(id: str) -> None:
    assert leaks(f"a {id} b", Identity(id, (id,))) == ""
    assert leaks(f"a {id} Quux b", Identity("other", (f"{id} Quux",))) != ""


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        ("see /home/ann/parameters", "a path of this machine (/home/ann)"),
        ("file:///Users/ann/x", "a path of this machine (/Users/ann)"),
        (r"C:\Users\ann", r"a path of this machine (C:\Users)"),
        ("postgresql://ann:pass@db/x", "an address with a password"),
        ("redis://:pass@db", "an address with a password"),
        ("the token s3cr3t-token", "a secret of the environment"),
        ("Traceback (most recent call last):", "the traceback of an error"),
    ],
)
def test_paths_passwords_secrets_and_tracebacks_are_caught(shown: str, words: str) -> None:
    assert leaks(shown, secrets=("s3cr3t-token",)) == f"not fit to publish: {words}"


@pytest.mark.parametrize("shown", ["https://example.org/home/x", "and/or", "a /ratio", "at 12:30", "mail@example.org"])
def test_addresses_and_slashes_pass(shown: str) -> None:
    assert leaks(shown, secrets=("", "short")) == ""


def test_what_only_looks_like_a_drive_at_its_start_passes() -> None:
    assert leaks(r":\Users\ann on drive C") == ""


def test_a_path_that_the_own_files_name_passes() -> None:
    assert leaks("scans lie in /srv/scans", own="folder: /srv/scans") == ""


@pytest.mark.parametrize(
    "cell", ["nan", " NaN ", "NaT", "inf", "-inf", "<NA>", "€nan", "nan %", "EUR nan", "(inf)", "nan h"]
)
def test_a_cell_that_shows_no_number_is_caught(cell: str) -> None:
    with pytest.raises(LeakError, match="a table shows"):
        check_values(["fine", cell])


def test_words_that_only_look_like_it_pass() -> None:
    check_values(["Nan Goldin", "information", "banana", "Nantes", "inflow", "not provided", "", "nano"])


def test_pictures_are_not_read_as_words_but_everything_else_is() -> None:
    node = {"data": {"image/png": "Brauer", "text/html": "<b>one</b>", "x": ["two", {"key": "three"}], "n": 1}}
    assert {"one", "two", "three", "key"} <= set(
        " ".join(texts_in(node)).replace("<b>", "").replace("</b>", "").split()
    )
    assert "Brauer" not in " ".join(texts_in(node))
    assert list(texts_in("a data:image/png;base64,AAAA+Brauer/= b")) == ["a  b"]


def test_a_page_is_read_with_its_attributes_and_without_its_styles() -> None:
    page = '<style>.Brauer{}</style><p title="in a title">A&amp;B</p><img alt="a picture">'
    assert plain_html(page).split() == ["A&B", "in", "a", "title", "a", "picture"]


def test_what_another_client_may_leave_in_an_exhibit_is_found_in_the_page() -> None:
    table = table_data(1)
    table["rows"][0][0] = "Brauer Logistik GmbH & Co. KG"
    made = notebook(cover(), exhibit("table", "t", table), figures())
    page = plain_html(render_html(read_document(made)))
    assert leaks(page) != "" and leaks("\n".join(texts_in(made))) != ""


def test_the_own_words_are_those_of_parameters_commentary_and_the_prose(tmp_path: Path) -> None:
    (tmp_path / "commentary").mkdir()
    for name, text in (("client.yaml", "one"), ("commentary/assess.md", "two"), ("notes.txt", "three")):
        (tmp_path / name).write_text(text)
    assert own_words(tmp_path) == "one\ntwo"
    injected = prose("given")
    injected.metadata.tags = ["injected-parameters"]
    assert prose_of(notebook(prose("same for all"), injected)) == "same for all"


def test_identities_are_read_from_the_files_of_all_clients(tmp_path: Path) -> None:
    for client, text in (("one", "name: One\nlegal_name: One plc\npeople: [{id: a, name: Ann}]\ncanaries: [tweet]"),
                         ("two", "name: Two\nmay_mention: [One]")):  # fmt: skip
        (tmp_path / client).mkdir()
        (tmp_path / client / "client.yaml").write_text(text)
    one, two = read_identities(tmp_path)
    assert one == Identity("one", ("One", "One plc"), ("Ann",), ("tweet",))
    assert two == Identity("two", ("Two",), may_mention=("One",))
    assert strangers_to("two", [one, two]) != strangers_to("one", [one, two])
    assert all(stranger.words != ("One",) for stranger in strangers_to("two", [one, two]))


@pytest.mark.parametrize(
    "text",
    ["", "- a", "name: [", "people: 5", "people: {a: b}", "people: [1, null]", "may_mention: Oracle", "canaries: 7",
     "name: 3\nlegal_name: null", "\x00"],
)  # fmt: skip
def test_a_faulty_client_is_protected_by_what_can_be_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "client.yaml").write_text(text)
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "client.yaml").write_bytes(b"\xff\xfe\xff")
    assert read_identities(tmp_path) == (Identity("one"), Identity("two"))
