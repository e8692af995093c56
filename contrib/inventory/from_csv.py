#!/usr/bin/env python3
"""An inventory for vurti from plain files: copy it and make it yours.

    [inventory.files]
    command = ["python3", "from_csv.py", "hosts.csv", "vms.csv"]

hosts.csv has the columns id, url and, if you like, cluster; vms.csv has id and any of ha (yes or
no), priority, memory_mb, min_memory_mb, pinned_to. Empty cells say nothing. Whatever is wrong ends
it with a sentence and a status that is not 0: vurti then goes on with what it knew, which is what
you want of an inventory that cannot be read.
"""

import csv
import json
import sys

WORDS = {"yes": True, "no": False}
NUMBERS = {"priority", "memory_mb", "min_memory_mb"}


def main() -> None:
    """Print the inventory that the arguments name."""
    if not 2 <= len(sys.argv) <= 3:
        sys.exit("say: from_csv.py HOSTS.csv [VMS.csv]")
    answer = {"hosts": table(sys.argv[1])}
    if len(sys.argv) == 3:
        answer["vms"] = table(sys.argv[2])
    json.dump(answer, sys.stdout)


def table(name: str) -> dict:
    """{id: {column: value}} of a file with a line of names on top."""
    things: dict = {}
    try:
        with open(name, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, strict=True):
                id_ = row.pop("id")
                if id_ in things:
                    sys.exit(f"{name}: {id_} is there twice")
                things[id_] = {key: value(key, text) for key, text in row.items() if text}
    except KeyError:
        sys.exit(f"{name}: there is no column id")
    except (OSError, ValueError, csv.Error) as error:
        sys.exit(f"{name}: {error}")
    return things


def value(key: str, text: str) -> "str | int | bool":
    """A cell as JSON has it."""
    if key in NUMBERS:
        return int(text)
    return WORDS.get(text, text) if key == "ha" else text


if __name__ == "__main__":
    main()
