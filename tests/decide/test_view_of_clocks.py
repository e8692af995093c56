"""What the view keeps of the hosts' clocks, beside the plainest way to keep the same."""

from hypothesis import given
from hypothesis import strategies as st

from vurti.decide.view.host_clocks import HostClocks
from vurti.decide.view.memory import HostClockForgotten, HostClockMemo

VMS, HOSTS = st.sampled_from("vwx"), st.sampled_from("ABC")
STEPS = st.one_of(
    st.builds(HostClockMemo, VMS, HOSTS, st.integers(0, 9)),
    st.builds(HostClockForgotten, HOSTS),
    VMS,  # of which nobody speaks any more
)


@given(st.lists(STEPS, max_size=30))
def test_of_each_vm_the_last_word_is_kept_until_its_host_was_away(steps: list[object]) -> None:
    clocks = HostClocks()
    last: dict[str, HostClockMemo] = {}
    latest: dict[str, int] = {}
    for step in steps:
        match step:
            case HostClockMemo(vm, host, time):
                clocks.take(step)
                last[vm] = step
                latest[host] = max(time, latest.get(host, time))
            case HostClockForgotten(host):
                clocks.begin_anew(step)
                last = {vm: one for vm, one in last.items() if one.host != host}
                latest.pop(host, None)
            case str(vm):
                clocks.forget(vm)
                last.pop(vm, None)
        assert dict(clocks) == last
        assert {vm: clocks.get(vm) for vm in "vwx" if vm in clocks} == last
        assert clocks.latest == latest


def test_how_often_a_clock_began_anew_is_counted_or_told() -> None:
    clocks = HostClocks()
    clocks.begin_anew(HostClockForgotten("A"))
    clocks.begin_anew(HostClockForgotten("A"))
    clocks.begin_anew(HostClockForgotten("B", times=7))
    assert clocks.anew == {"A": 2, "B": 7}
