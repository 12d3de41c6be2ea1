"""`report.json` is what its documentation says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import msgspec
import pytest

from harness import report
from harness.report import decode, encode
from harness.reporting.schema import encoded, json_schema
from harness.reporting.words import TITLES
from sample_reports import every, failing

DOCS = Path(__file__).parent.parent / "docs"
STRUCTS = [s for s in vars(report).values() if isinstance(s, type) and issubclass(s, msgspec.Struct)]


def test_published_schema_is_current() -> None:
    """When this fails: python -c "import harness.reporting.schema as s; print(s.encoded().decode(), end='')"."""
    assert (DOCS / "report.schema.json").read_bytes() == encoded()


@pytest.mark.parametrize("sample", every(), ids=lambda r: r.submission.id)
def test_reports_fit_the_schema_and_come_back(sample: report.Report) -> None:
    data = encode(sample)
    jsonschema.validate(json.loads(data), json_schema())
    assert decode(data) == sample


@pytest.mark.parametrize(("field", "value"), [("status", "passed"), ("schema", "harness-report/2"), ("score", 7.5)])
def test_schema_refuses_what_is_no_report(field: str, value: object) -> None:
    wrong = json.loads(encode(failing())) | {field: value}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, json_schema())


def test_schema_allows_fields_of_later_versions() -> None:
    later = json.loads(encode(failing())) | {"added_later": 1}
    jsonschema.validate(later, json_schema())


def test_every_field_status_and_property_is_documented() -> None:
    documented = set(re.findall(r"`(\w+)`", (DOCS / "report-schema.md").read_text("utf-8")))
    fields = {field for struct in STRUCTS for field in struct.__struct_fields__}
    assert len(STRUCTS) == 18
    assert fields | set(report.SEVERITY) | (set(TITLES) - {"matches_definition"}) <= documented
