"""Two-way messaging as pictures: whoever speaks first, a subscriber hears one story."""

from vurti.events import VdsAdded, VdsStateChanged, VmAdded, VmRebooted, VmStateChanged
from vurti.model import VmReport, VmStatus
from vurti.testing import capabilities, marbles, missed, poll, push, statistics, vm

UP, PAUSED = vm("vm1", "Up"), vm("vm1", "Paused")
DOWN = vm("vm1", "Down", exit_status="Normal", exit_reason="UserShutdown")
ADDED = VmAdded(after=UP)
FELL = VmStateChanged(before=UP, after=PAUSED)
ROSE = VmStateChanged(before=PAUSED, after=UP)


def test_a_subscriber_cannot_tell_whether_the_push_or_the_poll_told_first() -> None:
    for told in (push(PAUSED), poll(PAUSED)):
        with marbles() as m:
            inputs = m.hot("-u--p--q-|", u=poll(UP), p=told, q=poll(PAUSED))
            m.expect(m.stream("vms", inputs), "-a--f----|", a=ADDED, f=FELL)


def test_a_poll_that_follows_a_push_and_says_the_same_is_no_news() -> None:
    with marbles() as m:
        inputs = m.hot("-u-d-e-e|", u=poll(UP), d=push(DOWN), e=poll(DOWN))
        m.expect(m.stream("vms", inputs), "-a-f----|", a=ADDED, f=VmStateChanged(after=DOWN))


def test_a_poll_that_was_asked_before_the_push_does_not_undo_it() -> None:
    with marbles() as m:
        inputs = m.hot("-u--p-o---|", u=poll(UP), p=push(PAUSED), o=poll(UP, started=3.0))
        m.expect(m.stream("vms", inputs), "-a--f-----|", a=ADDED, f=FELL)


def test_what_a_lost_push_would_have_told_the_next_poll_tells() -> None:
    with marbles() as m:
        inputs = m.hot("-u-------p---|", u=poll(UP), p=poll(PAUSED))
        m.expect(m.stream("vms", inputs), "-a-------f---|", a=ADDED, f=FELL)


def test_after_a_reconnect_the_full_answer_closes_what_was_not_heard() -> None:
    other = vm("vm2", "Up")
    with marbles() as m:
        inputs = m.hot("-u---x--r----|", u=poll(UP, other), x=missed("network"), r=poll(PAUSED))
        m.expect(
            m.stream("vms", inputs),
            "-(a,b)--(f,g)|",
            a=ADDED,
            b=VmAdded(after=other),
            f=FELL,
            g=VmStateChanged(before=other, after=vm("vm2", "Down")),
        )


def test_a_push_that_overtook_another_is_put_right_by_the_hosts_own_clock() -> None:
    with marbles() as m:
        inputs = m.hot(
            "-u--n-o--|",
            u=poll(UP),
            n=push(PAUSED, notify_time=5000),
            o=push(UP, notify_time=4000),
        )
        m.expect(m.stream("vms", inputs), "-a--f----|", a=ADDED, f=FELL)


def test_a_host_that_was_away_may_come_back_with_a_younger_clock() -> None:
    with marbles() as m:
        inputs = m.hot(
            "-c-s-u-p-x-C-S-U--|",
            c=capabilities(),
            s=statistics(),
            u=poll(UP),
            p=push(PAUSED, notify_time=900_000),
            x=missed("network"),
            C=capabilities(),
            S=statistics(),
            U=push(UP, notify_time=12),
        )
        m.expect(m.stream("vms", inputs), "-----a-f-------r--|", a=ADDED, f=FELL, r=ROSE)


def test_a_flood_of_reboots_is_told_once_and_then_as_one_sum() -> None:
    reboot = push(vm1=VmReport(rebooted=True))
    with marbles(secs=5) as m:
        inputs = m.hot("-u-r-(r,r,r,r)-|", u=poll(UP), r=reboot)
        m.expect(
            m.stream("vms", inputs),
            "-a-r-----s-----|",
            a=ADDED,
            r=VmRebooted(after=UP),
            s=VmRebooted(after=UP, times=4),
        )


def test_statistics_that_hang_say_nothing_against_a_host_that_tells_its_states() -> None:
    hung = missed("timeout", question="vm_stats", started=2.0)
    with marbles() as m:
        inputs = m.hot("--c-s-u-x-u-x-u-|", c=capabilities(), s=statistics(), u=poll(UP), x=hung)
        hosts = m.stream("hosts", inputs)
        m.expect(
            hosts,
            "n-c-s-----------|",
            n=VdsAdded(),
            c=VdsStateChanged(rule="capabilities"),
            s=VdsStateChanged(rule="R2"),
        )


def test_a_push_alone_shows_a_vm_that_no_poll_has_listed_yet() -> None:
    started = push(vm1=VmReport(status=VmStatus.WAIT_FOR_LAUNCH))
    with marbles() as m:
        inputs = m.hot("-p--u-|", p=started, u=poll(UP))
        m.expect(
            m.stream("vms", inputs),
            "-a--s-|",
            a=VmAdded(after=vm("vm1", "WaitForLaunch")),
            s=VmStateChanged(after=UP),
        )
