"""What the workbook judges by: YAML files with stable ids and sources, and the words for readers in `text/<language>`.

`load_framework("en")` gives all of it, checked and read-only; a file's section is an attribute of the same name.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbook.framework.check import check_framework
    from workbook.framework.load import Framework, FrameworkError, load_framework

__all__ = ["Framework", "FrameworkError", "check_framework", "load_framework"]


def __getattr__(name: str) -> Any:
    # pydantic takes longer to import than all the rest, so the modules that need it are loaded when first asked for.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = "check" if name == "check_framework" else "load"
    return getattr(import_module(f"{__name__}.{module}"), name)
