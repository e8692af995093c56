"""A thing's history, page by page back from its end, and what comes meanwhile."""

from typing import Any

import pytest

from tests.browser.modules import Modules

pytestmark = pytest.mark.chromium
PAST = """
const { Past } = await load("story/past.js");
const { Ring } = await load("ring.js");
const logs = args[0];  // scope -> the sequences of the events that its log has, oldest first
const events = new Ring(100);
const api = async (path) => {
  if (path === "/scopes") return { items: Object.keys(logs).map((scope) => ({ scope })) };
  const query = new URLSearchParams(path.split("?")[1]);
  const log = logs[query.get("scope")];
  const before = Number(query.get("before")) || log.length + 1;
  const first = Math.max(before - Number(query.get("limit")), 1);
  const items = [];
  for (let cursor = before - 1; cursor >= first; cursor -= 1) {
    items.push({ cursor, seq: log[cursor - 1], vm: "v" });
  }
  return { items, next: first > 1 ? first : null };
};
const past = new Past({ api, store: { events } }, "/vms/v/events", ({ vm }) => vm === "v");
const seqs = () => past.events.map(({ seq }) => seq);
"""


def told(page: Modules, script: str, **logs: list[int]) -> Any:
    return page.run(PAST + script, logs)


def test_the_latest_page_comes_first_and_the_others_until_the_beginning(page: Modules) -> None:
    script = """
    await past.begin();
    const sizes = [past.events.length];
    while (past.hasEarlier) { await past.earlier(); sizes.push(past.events.length); }
    return [sizes, seqs()];
    """
    sizes, seqs = told(page, script, system=list(range(1, 501)))
    assert (sizes, seqs) == ([200, 400, 500], list(range(1, 501)))


def test_histories_of_a_vm_that_crossed_scopes_are_one(page: Modules) -> None:
    script = "await past.begin(); return [seqs(), past.hasEarlier];"
    assert told(page, script, east=[1, 2, 5], west=[3, 4]) == [[1, 2, 3, 4, 5], False]


def test_two_who_ask_for_earlier_ones_at_once_get_them_once(page: Modules) -> None:
    script = (
        "await past.begin(); await Promise.all([past.earlier(), past.earlier()]); return seqs();"
    )
    assert told(page, script, system=list(range(1, 501))) == list(range(101, 501))


def test_what_the_stream_tells_is_added_once_and_of_others_nothing(page: Modules) -> None:
    script = """
    events.push({ vm: "v", seq: 3 });
    await past.begin();
    events.push({ vm: "v", seq: 4 });
    events.push({ vm: "w", seq: 9 });
    return [past.follow(), past.follow(), seqs()];
    """
    assert told(page, script, system=[1, 2, 3]) == [1, 0, [1, 2, 3, 4]]


def test_a_gap_between_what_is_known_and_what_is_told_is_seen(page: Modules) -> None:
    script = "await past.begin(); events.push({ vm: 'v', seq: 7 }); return past.follow();"
    assert told(page, script, system=[1, 2, 3]) is None


def test_a_sum_that_adjoins_what_is_known_is_no_gap(page: Modules) -> None:
    script = """
    await past.begin();
    events.push({ vm: "v", seq: 7, seq_first: 4 });
    return past.follow();
    """
    assert told(page, script, system=[1, 2, 3]) == 1
