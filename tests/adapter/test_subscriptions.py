"""What decide wants to know is asked of the host that it is about, as it is wanted."""

from tests.streams.test_polls import Scripted
from vurti.adapter.subscriptions import Subscriptions
from vurti.clock.virtual_clock import VirtualClock
from vurti.model import Host, Query, Question
from vurti.streams.poll_settings import PollSettings

CAPS = Question.CAPABILITIES


def test_a_query_is_put_to_its_host_and_not_again_where_the_one_under_way_will_do() -> None:
    clock = VirtualClock()
    endpoints = {name: Scripted(clock, caps=2.0) for name in "AB"}
    following = Subscriptions(
        clock,
        lambda host: endpoints[host.id],
        PollSettings(status_secs=100, statistics_secs=3600),
        lambda: 1.0,
        lambda poll: None,
        lambda push: None,
    )
    following.follow([Host(name) for name in endpoints])
    for at, anew in ((1.0, False), (2.0, False), (4.0, True), (5.0, True)):
        clock.run(until=at)
        following.ask(Query("A", CAPS, anew=anew))
        following.ask(Query("of nobody", CAPS))
    clock.run(until=20.0)
    assert endpoints["A"].times(CAPS) == [1.0, 4.0, 6.0]
    assert endpoints["B"].times(CAPS) == []
    clock.spawn(following.close)
    clock.run(until=30.0)
