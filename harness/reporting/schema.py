"""The JSON Schema of `report.json`, made from the types themselves."""

from __future__ import annotations

import inspect
from typing import Any

import msgspec

from harness.report import SCHEMA, Report


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of one report. Fields that are not listed are allowed: later versions add some."""
    schema = msgspec.json.schema(Report)
    schema["$defs"]["Report"]["properties"]["schema"] = {"const": SCHEMA}
    for kind in schema["$defs"].values():
        if "description" in kind:  # Python 3.13 takes a docstring's indentation away by itself
            kind["description"] = inspect.cleandoc(kind["description"])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": SCHEMA, **schema}


def encoded() -> bytes:
    """The schema as it stands in `docs/report.schema.json`."""
    return msgspec.json.format(msgspec.json.encode(json_schema(), order="sorted"), indent=2) + b"\n"
