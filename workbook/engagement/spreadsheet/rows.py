"""The data of a file taken apart into the rows of its sheets, and put together again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from workbook.engagement.fields import Shape, fields_of
from workbook.engagement.spreadsheet.layout import PARTS, Keys, Sheet, is_table

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One entry: the names of those above it, its keys in a mapping, and its values by their path."""

    lead: tuple[str, ...] = ()
    values: Mapping[Keys, Any] = field(default_factory=dict)


def rows_of(sheet: Sheet, data: Any) -> Iterator[Row]:
    """Yield the rows of a sheet for the data of its file; a form has one, whether or not anything stands in it."""
    if sheet.kind == "form":
        yield Row((), _values(sheet, _below(data, sheet.steps[0])))
    else:
        yield from _rows(sheet, data, 0, ())


def _rows(sheet: Sheet, data: Any, depth: int, lead: tuple[str, ...]) -> Iterator[Row]:
    found = _below(data, sheet.steps[depth])
    if depth == len(sheet.steps) - 1:
        for keys, entry in _entries(found, len(sheet.keys)):
            yield Row(lead + keys, _values(sheet, entry))
        return
    name = sheet.parents[depth].header.rpartition(".")[2]
    for entry in found if isinstance(found, list) else ():
        yield from _rows(sheet, entry, depth + 1, (*lead, str(entry.get(name, "")) if isinstance(entry, dict) else ""))


def _entries(data: Any, keys: int) -> Iterator[tuple[tuple[str, ...], Any]]:
    if keys and isinstance(data, dict):
        for key, inner in data.items():
            for below, entry in _entries(inner, keys - 1) if keys > 1 else [((), inner)]:
                yield (str(key), *below), entry
    elif not keys and isinstance(data, list):
        for entry in data:
            yield (), entry


def _below(data: Any, keys: Keys) -> Any:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _values(sheet: Sheet, entry: Any) -> dict[Keys, Any]:
    paths = {slot.path for slot in sheet.slots}
    return {path: value for path, value in _flat(sheet.entry, entry, ()) if path in paths}


def _flat(shape: Shape, data: Any, path: Keys) -> Iterator[tuple[Keys, Any]]:
    """Yield the values of an entry that stand in its row."""
    if data is None:
        return
    if shape.kind == "quantity" and isinstance(data, dict):
        for part in data:
            yield (*path, part), data[part]
    elif shape.kind == "quantity":
        yield (*path, "value"), data
    elif shape.kind == "model" and shape.model and isinstance(data, dict):
        for name, inner in fields_of(shape.model).items():
            yield from _flat(inner, data.get(name), (*path, name))
    elif not is_table(shape) or (shape.optional and data == []):
        yield path, data


# --- and back --------------------------------------------------------------------------------------------------------


class NoParent(LookupError):
    """The entry that a row says it belongs to does not exist, or exists twice: the number of the column that names it.

    The second argument holds the names there are.
    """


def place_row(sheet: Sheet, row: Row, data: dict[str, Any]) -> KeyPath:
    """Put a row into the data of its file, below the entries that stand there already, and return its key path.

    A form in which nothing stands leaves nothing. Raises NoParent, and KeyError for a key of a mapping that is there.
    """
    entry = _built(sheet.entry, row.values, ())
    if sheet.kind == "form":
        if entry:
            _merge(_opened(data, sheet.steps[0]), entry)
        return sheet.steps[0]
    here, path = _parent(sheet, row, data)
    *above, last = sheet.steps[-1]
    here, path = _opened(here, tuple(above)), (*path, *sheet.steps[-1])
    if sheet.kind == "list":
        items: list[Any] = here.setdefault(last, [])
        items.append({} if entry is None and sheet.entry.kind == "model" else entry)
        return (*path, len(items) - 1)
    keys = row.lead[len(sheet.parents) :]
    here = _opened(here, (last, *keys[:-1]))
    if keys[-1] in here:
        raise KeyError(keys[-1])
    here[keys[-1]] = entry
    return (*path, *keys)


def _parent(sheet: Sheet, row: Row, data: dict[str, Any]) -> tuple[dict[str, Any], KeyPath]:
    """Return the entry to which a row belongs, and the key path to it."""
    here: Any = data
    path: KeyPath = ()
    for number, (step, column) in enumerate(zip(sheet.steps, sheet.parents, strict=False)):
        name = column.header.rpartition(".")[2]
        items = _below(here, step) or []
        names = [str(item.get(name)) for item in items]
        if names.count(row.lead[number]) != 1:
            raise NoParent(number, names)
        index = names.index(row.lead[number])
        here, path = items[index], (*path, *step, index)
    return here, path


def _opened(data: dict[str, Any], keys: Keys) -> dict[str, Any]:
    for key in keys:
        data = data.setdefault(key, {})
    return data


def _merge(data: dict[str, Any], entry: Mapping[str, Any]) -> None:
    for key, value in entry.items():
        if isinstance(value, dict) and isinstance(data.get(key), dict):
            _merge(data[key], value)
        else:
            data[key] = value


def _built(shape: Shape, values: Mapping[Keys, Any], path: Keys) -> Any:
    """Return an entry from its values; None where there are none."""
    if shape.kind == "quantity":
        parts = {part: values[(*path, part)] for part in PARTS if values.get((*path, part)) is not None}
        return parts["value"] if parts.keys() == {"value"} else parts or None
    if shape.kind == "model" and shape.model:
        built = {name: _built(field, values, (*path, name)) for name, field in fields_of(shape.model).items()}
        return {name: value for name, value in built.items() if value is not None} or None
    return values.get(path)
