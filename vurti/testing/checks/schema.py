"""The JSON Schema of one `[[test]]`, for editors."""

from typing import Any

import msgspec
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from vurti.events import KINDS as EVENTS
from vurti.model import Vds, VdsCapabilities, VdsStatistics, VmDevice, VmReport, VmStatistics
from vurti.testing.checks.values import KINDS
from vurti.testing.checks.words import CheckWords, EventWords, KnownVm

Schema = dict[str, Any]
_REF = "#/$defs/{name}"


def of_test() -> tuple[Schema, Schema]:
    """The schema of a test, and the definitions that it rests on."""
    models: list[type[BaseModel]] = [CheckWords, KnownVm, EventWords]
    models += dict.fromkeys(kind.words for kind in KINDS.values())
    _, whole = models_json_schema([(model, "validation") for model in models], by_alias=True)
    definitions: Schema = whole["$defs"]
    records = [VmReport, Vds, VdsCapabilities, VdsStatistics, VmStatistics, VmDevice]
    _, of_records = msgspec.json.schema_components(records, ref_template=_REF)
    for record in of_records.values():
        if record.get("type") == "object" and "properties" in record:
            record["additionalProperties"] = False
            record.pop("required", None)  # what is left out is not told
    definitions |= of_records
    _join(definitions)
    return {"$ref": "#/$defs/CheckWords"}, definitions


def _join(definitions: Schema) -> None:
    """Where a table of words has records in it, name them."""

    def put(model: str, key: str, to: Schema) -> None:
        definitions[model]["properties"][key] |= to

    report = {"anyOf": [{"$ref": "#/$defs/VmStatus"}, {"$ref": "#/$defs/VmReport"}]}
    put("PollWords", "vms", {"additionalProperties": report})
    put("PushWords", "push", {"additionalProperties": report})
    put("CapabilitiesWords", "caps", {"$ref": "#/$defs/VdsCapabilities"})
    put("StatisticsWords", "stats", {"$ref": "#/$defs/VdsStatistics"})
    put(
        "DevicesWords", "devices", {"additionalProperties": {"items": {"$ref": "#/$defs/VmDevice"}}}
    )
    put("SamplesWords", "samples", {"additionalProperties": {"$ref": "#/$defs/VmStatistics"}})
    definitions["EventWords"]["properties"]["event"]["enum"] = list(EVENTS)
    kinds = ["EventWords", *dict.fromkeys(kind.words.__name__ for kind in KINDS.values())]
    value = {"anyOf": [{"$ref": f"#/$defs/{kind}"} for kind in kinds]}
    put("CheckWords", "where", {"additionalProperties": value})
    known_vm = {"anyOf": [{"$ref": "#/$defs/VmStatus"}, {"$ref": "#/$defs/KnownVm"}]}
    known_vds = {"anyOf": [{"$ref": "#/$defs/VdsStatus"}, {"$ref": "#/$defs/Vds"}]}
    known = {
        "hosts": {"type": "object", "additionalProperties": known_vds},
        "vms": {"type": "object", "additionalProperties": known_vm},
    }
    put("CheckWords", "known", {"properties": known, "additionalProperties": False})
