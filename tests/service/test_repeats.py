"""What is said again and again: said at once, then summed, and never lost uncounted."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from vurti.service.repeats import A_SECOND, BURST, KEYS_MAX, SECS_MAX, Repeats, gist


class Said:
    """Repeats with a clock of its own, and what came out of it."""

    def __init__(self, secs: float = 60.0) -> None:
        self.repeats: Repeats[str] = Repeats(secs)
        self.now = 0.0
        self.lines: list[str] = []
        self.given = 0

    def say(self, line: str, place: str = "here") -> None:
        self.given += 1
        passed = self.repeats.pass_on(lambda: line, place, line, self.now)
        if passed is not None:
            self.lines.append(passed)
        self.sweep()

    def sweep(self, everything: bool = False) -> None:
        for one in self.repeats.due(self.now, everything):
            self.lines.append(f"{one.line or one.place} +{one.times}")

    def after(self, secs: float) -> None:
        self.now += secs

    @property
    def told(self) -> int:
        """How many lines those that were said stand for."""
        return sum(int(line.partition(" +")[2] or 1) for line in self.lines)


def test_the_first_is_said_at_once_and_the_next_are_summed() -> None:
    said = Said()
    for _ in range(10):
        said.say("down")
        said.after(1)
    assert said.lines == ["down"]
    said.after(60)
    said.sweep()
    assert said.lines == ["down", "down +9"]
    assert said.repeats.left_out == 9


def test_what_goes_on_is_summed_ever_more_seldom_up_to_an_hour() -> None:
    said = Said()
    sums = []
    for _ in range(24 * 3600):
        before = len(said.lines)
        said.say("down")
        sums += [said.now] * (len(said.lines) > before)
        said.after(1)
    gaps = [after - before for before, after in pairwise(sums)]
    assert gaps[:6] == [60, 120, 240, 480, 960, 1920]
    assert set(gaps[6:]) == {SECS_MAX}
    said.sweep(everything=True)
    assert said.told == said.given


def test_what_stayed_away_for_long_is_new_again() -> None:
    said = Said()
    said.say("down")
    said.after(61)
    said.say("other")
    said.say("down")
    assert said.lines == ["down", "other", "down"]


def test_the_same_words_from_another_place_are_another_line() -> None:
    said = Said()
    said.say("down", "here")
    said.say("down", "there")
    assert said.lines == ["down", "down"]


def test_a_flood_of_different_lines_is_bounded_by_its_place_and_counted() -> None:
    said = Said()
    for number in range(20_000):
        said.say(f"vm-{number}")
        said.after(0.001)
    said.say("elsewhere", "there")
    assert "elsewhere" in said.lines
    assert len(said.lines) <= BURST + 20 * A_SECOND + 2
    said.sweep(everything=True)
    assert said.told == said.given
    assert said.lines[-1].startswith("here +")


def test_while_a_flood_goes_on_what_is_left_out_of_it_is_told_each_minute() -> None:
    said = Said()
    for number in range(4000):
        said.say(f"vm-{number}")
        said.after(0.05)
    assert [line.partition(" +")[0] for line in said.lines if " +" in line] == ["here"] * 2


def test_who_was_quiet_for_long_may_say_no_more_at_once_than_at_first() -> None:
    said = Said()
    said.say("first")
    said.after(24 * 3600)
    for number in range(3000):
        said.say(f"vm-{number}")
    assert len(said.lines) == 1 + BURST


def test_with_0_seconds_every_line_is_said() -> None:
    said = Said(secs=0)
    for _ in range(3000):
        said.say("down")
    assert len(said.lines) == 3000


def test_what_is_remembered_is_bounded() -> None:
    said = Said()
    for number in range(10 * KEYS_MAX):
        said.say(f"host-{number}", f"place-{number % 50}")
        said.after(1)
    assert len(said.repeats._said) <= KEYS_MAX + 1


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["here", "there"]), st.floats(0, 500)),
        max_size=200,
    )
)
def test_whatever_is_said_is_said_or_counted(given_: list[tuple[str, str, float]]) -> None:
    said = Said()
    for line, place, secs in given_:
        said.say(line, place)
        said.after(secs)
    said.sweep(everything=True)
    assert said.told == len(given_)


def test_lines_that_differ_only_in_how_long_or_how_often_are_the_same() -> None:
    assert gist("stood still for 3.2 s") == gist("stood still for 11 s")
    assert gist("after 3 failures") == gist("after 12 failures")
    assert gist("host-1 is gone") != gist("host-2 is gone")
    assert gist("port 1 refused") != gist("port 2 refused")
