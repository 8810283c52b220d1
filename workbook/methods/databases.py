"""Tables straight from a database: one SELECT, read only, streamed into DuckDB.

The address of a database holds its account and password. It comes from the environment and stays there: no error of
this module carries it, nor an error of the driver along with it.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb

from workbook.methods.tables import TableError, TableFormat, TableInfo, columns_of

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

_T = TypeVar("_T")

_PSYCOPG = "postgresql+psycopg"
_CHUNK_ROWS = 10_000
_CONNECT_SECONDS = 15
_ADDRESSES = "an address such as postgresql://user@host/database or sqlite:////folder/file.db"
_IN_ADDRESS = "correct the address in the environment variable"
_REACHABLE = "a database that can be reached"
_ONE_SELECT = "one statement that begins with SELECT, WITH or VALUES"

# Texts, quoted names and comments, as PostgreSQL and SQLite both read them.
_UNSEEN = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*(?:(?!/\*).)*?\*/", re.DOTALL)
# Where databases disagree on where these begin or end: `names`, [names], $$texts$$, # comments, what is left open, ...
_DISPUTED = re.compile(r"[`\[#'\"]|\$\w*\$|/\*|\*/")
# ... and within them: \' in texts, q'[texts]', a comment that a lone carriage return ends, or that is carried out.
_DISPUTED_WITHIN = re.compile(r"\\['\"]|q'|\r(?!\n)|--\S|/\*!", re.IGNORECASE)
_FIRST_WORD = re.compile(r"[\s(]*(?:select|with|values)\b", re.IGNORECASE)

# What SQLite says of a query, as opposed to what it says of rows.
_SQLITE_ON_QUERY = re.compile(r"no such (table|column|function|collation)|near \"|ambiguous column|incomplete input")
_SQLITE_ON_VALUE = re.compile("Could not decode to UTF-8")
_LONGEST_REASON = 200

# What the words of a driver that cannot connect mean, the first that fits.
_REFUSALS = (
    (
        r"authentication|no password|pg_hba|role .* does not exist|not permitted to log in|access denied|login failed",
        "an account or a password that the database refuses",
        "correct them in the environment variable",
    ),
    (r"database .* does not exist|unknown database|unable to open", "no such database at this address", _IN_ADDRESS),
    (r"resolve|translate host|getaddrinfo|not known", "a name of a server that is not known", _IN_ADDRESS),
    (r"\bssl\b|certificate", "an encrypted connection that fails", "correct sslmode and the certificates"),
    (r"time ?out|timed out", "a server that does not answer", "check the address, the network and the VPN"),
    (
        r"refused|no such file|unreachable",
        "no database that listens at this address",
        "start the server, or correct the address",
    ),
)


class DatabaseAccessError(TableError):
    """A database that cannot be reached: its address, account or driver is at fault, not the query."""


def open_query(
    con: duckdb.DuckDBPyConnection, url: str, sql: str, name: str = "source", file: Path | str = "query.sql"
) -> TableInfo:
    """Load what one SELECT returns into the table `name` and return what is known about it.

    Rows are fetched in chunks, from PostgreSQL by a cursor on the server, so that memory stays flat. Types are kept as
    `load_rows` says: text exactly, timestamps as timestamps.

    The transaction is read only in PostgreSQL, a file of SQLite is opened for reading only; in other databases only
    the rights of the account keep functions from writing. Nothing is ever committed.

    Parameters
    ----------
    con
        Connection of `connect`.
    url
        Address of the database as SQLAlchemy reads it; postgresql:// is read by psycopg.
    sql
        One statement; what looks like a parameter (`:name`, `%s`) is none.
    name
        Name of the new table.
    file
        The file that holds the query, which errors name.

    Raises
    ------
    DatabaseAccessError
        If no connection can be made: the address cannot be read, the driver is not installed (extra `database`), the
        server is not known or does not answer, or it refuses the account.
    TableError
        If the query is none that only reads, the database refuses or stops it, two of its columns share a name, or
        `name` is taken. No error holds the address or any part of it, or a value of the table.
    """
    path = Path(file)
    check_query(path.name, sql)
    address = _attempt(lambda: _address(url), partial(_no_address, path.name))
    connection = _attempt(lambda: _connect(address), partial(_no_connection, path.name, address))
    return _attempt(lambda: _load(con, connection, sql, name, path), partial(_no_rows, path.name, address))


def _attempt(action: Callable[[], _T], explain: Callable[[Exception], TableError]) -> _T:
    """Return what `action` returns; an error of a driver is replaced by what `explain` makes of it."""
    try:
        return action()
    except TableError:
        raise
    except Exception as error:
        fault = explain(error)
    # Raised here and not above, where the driver's error, which may hold the address, would become its context.
    raise fault


def check_query(file: str, sql: str) -> None:
    """Raise TableError unless `sql` is one statement that reads.

    A semicolon in a text, a quoted name or a comment is none; but where databases disagree on what is quoted, every
    semicolon before the end counts.
    """
    bare = _UNSEEN.sub(" ", sql)
    if not bare.strip(" \t\r\n;"):
        raise TableError(file, "no query", _ONE_SELECT, "write the query")
    if not _FIRST_WORD.match(bare):
        raise TableError(file, "a statement of another kind", _ONE_SELECT, "write a query that only reads")
    if _DISPUTED.search(bare) or _DISPUTED_WITHIN.search(sql):
        bare = sql
    if ";" in bare.rstrip("; \t\r\n"):
        remedy = "keep one, and take semicolons out of texts and comments if it is one"
        raise TableError(file, "more than one statement", _ONE_SELECT, remedy)


# --- connecting ------------------------------------------------------------------------------------------------------


def _address(url: str) -> URL:
    """Return the parts of an address, with psycopg as the driver for PostgreSQL unless it names another."""
    from sqlalchemy import make_url

    address = make_url(url.strip())
    is_plain = address.drivername in ("postgresql", "postgres")
    return address.set(drivername=_PSYCOPG) if is_plain else address


def _no_address(file: str, error: Exception) -> TableError:
    if isinstance(error, ImportError):
        return _no_extra(file)
    return DatabaseAccessError(file, "an address that cannot be read", _ADDRESSES, _IN_ADDRESS)


def _connect(address: URL) -> Connection:
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    options: dict[str, Any] = {}
    if address.get_backend_name() == "sqlite":
        # Opened by its path, SQLite would create a file that does not exist.
        location = Path(address.database or "").absolute().as_uri() + "?mode=ro"
        options["creator"] = lambda: sqlite3.connect(location, uri=True)
        address = address.set(query={})
    elif address.drivername == _PSYCOPG:
        # Text in the server's own encoding would arrive as bytes if that is SQL_ASCII.
        options["connect_args"] = {"client_encoding": "utf8"}
        if "connect_timeout" not in address.query:
            options["connect_args"]["connect_timeout"] = _CONNECT_SECONDS
    return create_engine(address, poolclass=NullPool, hide_parameters=True, **options).connect()


def _no_connection(file: str, address: URL, error: Exception) -> TableError:
    from sqlalchemy.exc import NoSuchModuleError

    if isinstance(error, ImportError) and address.drivername == _PSYCOPG:
        return _no_extra(file)
    if isinstance(error, ImportError | NoSuchModuleError):
        remedy = "install a driver that SQLAlchemy knows, or correct the address"
        return DatabaseAccessError(file, "a kind of database that no driver is installed for", _ADDRESSES, remedy)
    words = str(error).lower()
    for pattern, found, remedy in _REFUSALS:
        if re.search(pattern, words):
            return DatabaseAccessError(file, found, _REACHABLE, remedy)
    return DatabaseAccessError(file, "a database that cannot be reached", _REACHABLE, _IN_ADDRESS)


def _no_extra(file: str) -> TableError:
    remedy = "install it: python -m pip install --editable '.[database]'"
    return DatabaseAccessError(file, "no software to read databases", "the extra database", remedy)


# --- reading ---------------------------------------------------------------------------------------------------------


def _load(con: duckdb.DuckDBPyConnection, connection: Connection, sql: str, name: str, path: Path) -> TableInfo:
    # Imported here because pyarrow takes longer to load than most connections take to fail.
    from workbook.methods.database_rows import load_rows

    with connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        # With parameters, even none, a driver would look for placeholders in the query.
        options = {"stream_results": True, "max_row_buffer": _CHUNK_ROWS, "no_parameters": True}
        result = connection.exec_driver_sql(sql, execution_options=options)
        header = [column[0] for column in result.cursor.description] if result.cursor else []
        rows = load_rows(con, name, _names(path.name, header), result.partitions(_CHUNK_ROWS), path.name)
    return TableInfo(name, *columns_of(con, name), rows, path.name, TableFormat(), path)


def _names(file: str, header: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the columns; TableError if there are none, or if SQL cannot tell two of them apart."""
    if not header:
        raise TableError(file, "a query without columns", "at least one column", "name them behind SELECT")
    lowered = [name.lower() for name in header]
    twice = [name for position, name in enumerate(header) if name.lower() in lowered[:position]]
    if twice:
        found = "columns named more than once: " + ", ".join(repr(name) for name in twice)
        raise TableError(file, found, "names that differ in more than case", "rename them with AS")
    if not all(header):
        raise TableError(file, "a column without a name", "a name for each column", "name it with AS")
    return tuple(header)


def _no_rows(file: str, address: URL, error: Exception) -> TableError:
    """Return what kept the rows of a query from being loaded."""
    from sqlalchemy.exc import DataError, DBAPIError

    if isinstance(error, duckdb.OutOfMemoryException):
        return TableError(file, "more data than fits in memory", "what the memory limit allows", "raise the limit")
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    state = str(getattr(cause, "sqlstate", None) or "")
    code = f" (SQLSTATE {state})" if state else ""
    if state == "25006" or "readonly database" in str(cause):
        return TableError(file, "a query that writes", "a query that only reads", "take out what writes")
    if state == "57014":
        return TableError(file, "a query that the database stopped", "one that ends in its time limit", "select less")
    if state[:2] in ("08", "57") or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return DatabaseAccessError(file, f"a connection that was lost{code}", "one that lasts", "run it again")
    if (
        state[:2] == "22"
        or isinstance(cause, UnicodeError)
        or isinstance(error, DataError)
        or _SQLITE_ON_VALUE.match(str(cause))
    ):
        remedy = "correct the row, or cast the column to text in the query"
        return TableError(file, f"a value that cannot be read or calculated with{code}", "readable values", remedy)
    if isinstance(error, DBAPIError):
        reason = _reason(cause, state, address)
        found = f"a query that the database refuses{': ' + reason if reason else code}"
        return TableError(file, found, "a query that it can run", "correct the query")
    return TableError(file, f"an unexpected failure ({type(cause).__name__})", "rows that arrive", "run it again")


def _reason(cause: BaseException, state: str, address: URL) -> str | None:
    """Return the database's own words if they speak of the query, not of rows, and hold no part of the address."""
    if isinstance(cause, sqlite3.Error):
        words = str(cause) if _SQLITE_ON_QUERY.match(str(cause)) else None
    else:
        # Classes 42 and 0A: syntax, unknown or forbidden names, and what is not supported.
        words = getattr(getattr(cause, "diag", None), "message_primary", None) if state[:2] in ("42", "0A") else None
    if not words or any(part.lower() in words.lower() for part in _parts(address)):
        return None
    return " ".join(str(words).split())[:_LONGEST_REASON]


def _parts(address: URL) -> Iterator[str]:
    values = (each for value in address.query.values() for each in ([value] if isinstance(value, str) else value))
    parts = (address.username, address.password, address.host, *values)
    yield from (str(part) for part in parts if part)
