"""Reading the framework's own YAML files with the core types of YAML 1.2: `no`, `on` and 2026-10-01 stay text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as _SafeLoader
except ImportError:  # PyYAML built without its C parser reads the same, only slower
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]


class _CoreLoader(_SafeLoader):
    """Resolves plain words as YAML 1.2 does and gives lists as tuples."""

    # An own table: adding to the inherited one would change every other reader of YAML in the process.
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in mapping:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} stands twice", key_node.start_mark)
        mapping[key] = loader.construct_object(value_node, deep=True)
    return mapping


def _sequence(loader: Any, node: yaml.SequenceNode) -> tuple[Any, ...]:
    return tuple(loader.construct_object(item, deep=True) for item in node.value)


def _integer(loader: Any, node: yaml.ScalarNode) -> int:
    return int(node.value)


def _resolve(tag: str, pattern: str, first: list[str]) -> None:
    _CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), first)


_resolve("null", "~|null|Null|NULL|", ["~", "n", "N", ""])
_resolve("bool", "true|True|TRUE|false|False|FALSE", list("tTfF"))
_resolve("int", "[-+]?[0-9]+", list("-+0123456789"))
_resolve("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", list("-+.0123456789"))
_CoreLoader.add_constructor("tag:yaml.org,2002:map", _mapping)
_CoreLoader.add_constructor("tag:yaml.org,2002:seq", _sequence)
_CoreLoader.add_constructor("tag:yaml.org,2002:int", _integer)


def read_yaml(path: Path) -> dict[str, Any]:
    """Return the mapping in a YAML file; lists come as tuples.

    Raises
    ------
    ValueError
        Naming the file and line, for a syntax fault, a key that stands twice, or a file that holds no mapping.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_CoreLoader)
    except yaml.YAMLError as error:
        raise ValueError(f"{path.name}: {error}") from None
    if not isinstance(content, dict):
        raise ValueError(f"{path.name}: found no mapping; write a section and its entries below it")
    return content
