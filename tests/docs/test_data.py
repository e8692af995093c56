"""The `json` and `ini` blocks of the pages can be read, and fit the schemas that they stand for."""

import configparser
import json

import jsonschema
import pytest

from tests.docs.pages import ROOT, Block, all_blocks, name

JSON = all_blocks("json")
ANSWERS = [one for one in JSON if name(one.page) == "docs/inventory.md"]
SCHEMA = json.loads((ROOT / "vurti/inventory/answer.schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("block", JSON, ids=str)
def test_json_on_a_page_can_be_read(block: Block) -> None:
    assert isinstance(json.loads(block.text), dict)


@pytest.mark.parametrize("block", ANSWERS, ids=str)
def test_the_answer_of_an_inventory_fits_its_schema(block: Block) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(block.text))


@pytest.mark.parametrize("block", all_blocks("ini"), ids=str)
def test_ini_on_a_page_can_be_read(block: Block) -> None:
    config = configparser.ConfigParser()
    config.read_string(block.text)
    assert config.sections()


def test_there_is_something_to_look_at() -> None:
    assert len(JSON) >= 8
    assert ANSWERS
