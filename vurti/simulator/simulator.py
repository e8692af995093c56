"""A world served over the network, as real hosts would serve it."""

from collections.abc import Iterable
from functools import partial
from random import Random
from types import TracebackType
from typing import Any

from loguru import logger
from msgspec.structs import replace

from vurti.clock import Clock
from vurti.model.status import VmStatus
from vurti.simulator import events
from vurti.simulator.agent import PATH
from vurti.simulator.certificates import Authority
from vurti.simulator.chatter import chat
from vurti.simulator.daemon import Daemon
from vurti.simulator.dialect import Scheme
from vurti.simulator.faults import Fault, FaultKind, Faults, SimulatorError
from vurti.simulator.host import Address, Manners, SimulatedHost
from vurti.simulator.living import Living
from vurti.simulator.options import SimulatorOptions, Tls
from vurti.simulator.places import own_addresses, own_ports, raise_file_limit
from vurti.simulator.records import Ids
from vurti.simulator.tasks import Tasks
from vurti.world import Machine, Notice, Story, World
from vurti.world.machine import Guest


class Simulator:
    """Hosts on loopback from `start` (or `with`) to `close`. Raises SimulatorError for options that
    cannot be, ports that cannot be had, and open files that are not allowed.

    Give options as fields of SimulatorOptions; `clock` must be one of real time.
    """

    def __init__(
        self, clock: Clock, options: SimulatorOptions | None = None, **fields: Any
    ) -> None:
        base = options if options is not None else SimulatorOptions()
        known = {"scheme": Scheme, "tls": Tls}
        plain = {
            name: known[name](one) if name in known and one else one for name, one in fields.items()
        }
        self.options = replace(base, **plain)
        self._clock = clock
        self._random = Random(f"{self.options.seed}/faults")
        named = self.options.hosts
        raise_file_limit(named if isinstance(named, int) else len(named))
        wall = replace(self.options.world, wall=clock.wall())
        self.world = World(self.options.seed, named, self.options.vms_per_host, wall)
        self.ids = Ids(self.options.seed)
        self.living = Living(self.world, clock, self._turn)
        self.authority: Authority | None = None
        self.hosts: dict[str, SimulatedHost] = {}
        self._to_turn: dict[str, SimulatedHost] = {}
        self._chatting: dict[str, SimulatedHost] = {}

    def __enter__(self) -> "Simulator":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Open all ports and let time pass."""
        tls = self.options.has_tls()
        if tls is not Tls.NEVER and self.options.directory is not None:
            self.authority = Authority(self.options.directory)
        manners = Manners(
            plain=tls is not Tls.REQUIRED,
            tls=tls is not Tls.NEVER,
            silence_secs=self.options.silence_secs,
        )
        try:
            self._open(manners)
        except SimulatorError:
            self.close()
            raise
        self.world.on_notice, self.world.on_link = self._notice, self._link
        self.living.begin(self._chat)
        for fault in self.options.faults:
            self.fault(fault)

    def close(self) -> None:
        """Close everything."""
        self.living.end()
        for host in self.hosts.values():
            host.stop()

    def url(self, host: str, scheme: Scheme | str | None = None) -> str:
        """How to ask a host. Raises SimulatorError where it cannot be asked that way."""
        wanted = Scheme(scheme if scheme is not None else self.options.scheme)
        one = self._host(host)
        dialect = one.daemon.dialect
        if not dialect.speaks(wanted):
            raise SimulatorError(f"{host} is of version {dialect.version}: no {wanted}:// there")
        if wanted.secure and self.authority is None:
            raise SimulatorError(f"{wanted}:// needs TLS: name a directory for its certificates")
        path = PATH if wanted in (Scheme.JSON, Scheme.JSON_TLS) else ""
        return f"{wanted}://{one.address.ip}:{one.address.port}{path}"

    def vm_id(self, vm: str) -> str:
        """The UUID by which hosts know a VM of the world, such as "vm-1"."""
        if vm not in self.world.guests:
            raise SimulatorError(f"no VM {vm!r} in this world")
        return self.ids.wire(vm)[0]

    def do(self, story: Story) -> None:
        """Tell a story of the world now. Raises ValueError where it does not fit."""
        self.living.do(story)

    def fault(
        self, fault: Fault | FaultKind | str, hosts: Iterable[str] = (), **fields: Any
    ) -> list[str]:
        """Let a fault strike; which hosts it struck. Raises SimulatorError for what cannot be."""
        if not isinstance(fault, Fault):
            fault = Fault(kind=FaultKind(fault), hosts=tuple(hosts), **fields)
        struck = fault.among(list(self.hosts), self._random)
        for id in struck:
            self._strike(self.hosts[id], fault)
        if fault.secs is not None:
            lasting = replace(fault, hosts=tuple(struck), share=None)
            self.world.later(fault.secs, lambda: self.mend(lasting.kind, lasting.hosts))
            self.living.stir()
        return struck

    def mend(self, kind: FaultKind | str | None = None, hosts: Iterable[str] = ()) -> None:
        """Take one kind of fault, or all, from the hosts named, or from all."""
        for id in tuple(hosts) or tuple(self.hosts):
            host = self._host(id)
            for one in tuple(host.daemon.faults.on):
                if kind is None or one == kind:
                    host.daemon.recover(one)
                    self._turn_soon(host)

    def change_network(self, host: str) -> None:
        """A host gets one more network, and says that it is not as it was."""
        one = self._host(host)
        one.daemon.networks += 1
        one.broker.tell(events.host_conn(one.daemon.moment().clock_ms))

    def truth(self) -> dict[str, Any]:
        """How things are: VMs by UUID with name, status and host (None while down), hosts with
        their link and faults, the VMs that run on two hosts."""
        self.living.now()
        vms = {
            self.ids.wire(id)[0]: {
                "id": id, "name": self.world.guests[id].name, "status": status, "host": host
            }
            for id, (status, host) in self.world.truth().items()
        }  # fmt: skip
        hosts = {
            id: {"link": host.daemon.machine.link, "faults": host.daemon.faults.told()}
            for id, host in self.hosts.items()
        }
        split = sorted(self.ids.wire(id)[0] for id in self.world.split())
        return {"now": self.world.now, "vms": vms, "hosts": hosts, "split": split}

    def counts(self) -> dict[str, int]:
        """What all hosts together have done so far."""
        hosts = self.hosts.values()
        return {
            "connections": sum(host.connections for host in hosts),
            "accepted": sum(host.accepted for host in hosts),
            "calls": sum(host.daemon.calls.total() for host in hosts),
            "events": sum(host.broker.events for host in hosts),
            "lost_events": sum(host.broker.lost_events for host in hosts),
            "unheard_replies": sum(host.broker.unheard_replies for host in hosts),
            "muted": sum(host.broker.muted for host in hosts),
            "refused_tasks": sum(host.tasks.refused for host in hosts),
            "unheard_notices": self.world.unheard,
        }

    def calls(self) -> dict[str, int]:
        """What all hosts were asked, by name, known or not."""
        total: dict[str, int] = {}
        for host in self.hosts.values():
            for name, count in host.daemon.calls.items():
                total[name] = total.get(name, 0) + count
        return total

    def _open(self, manners: Manners) -> None:
        options = self.options
        places = (
            own_ports(options.ports_from) if options.port is None else own_addresses(options.port)
        )
        dialects = options.dialects()
        for place, machine in enumerate(self.world.machines.values()):
            daemon = Daemon(
                machine, dialects[place % len(dialects)], self.ids,
                Faults(Random(f"{options.seed}/{machine.id}/faults")), options.sample_secs,
            )  # fmt: skip
            daemon.time, daemon.wall = self.living.now, self._clock.wall
            host = self._listening(daemon, next(places), manners)
            self.hosts[machine.id] = host

    def _listening(self, daemon: Daemon, address: Address, manners: Manners) -> SimulatedHost:
        id, authority = daemon.machine.id, self.authority
        secure = None if authority is None else partial(authority.secure, id, address.ip)
        tasks = Tasks(self._clock, Random(f"{self.options.seed}/{id}/tasks"))
        host = SimulatedHost(daemon, tasks, address, self._clock, manners, secure)
        host.listen()
        return host

    def _host(self, id: str) -> SimulatedHost:
        if id not in self.hosts:
            raise SimulatorError(f"no host {id!r} in this simulation")
        return self.hosts[id]

    def _strike(self, host: SimulatedHost, fault: Fault) -> None:
        claims = self._strangers(host.daemon.machine, int(fault.amount))
        host.daemon.suffer(fault.kind, fault.amount, claims)
        if fault.kind is FaultKind.FLOOD:
            self._chatter(host)
        self._turn_soon(host)

    def _strangers(self, machine: Machine, count: int) -> list[Guest]:
        """Some VMs that run elsewhere."""
        guests = self.world.guests.values()
        foreign = [one for one in guests if one.home and one.home.machine is not machine]
        return foreign[:count]

    def _turn_soon(self, host: SimulatedHost) -> None:
        """In a task that may wait: whoever tells of it may not."""
        self._to_turn[host.id] = host
        self.living.stir()

    def _notice(self, notice: Notice) -> None:
        host = self.hosts[notice.host]
        if notice.watchdog is not None:
            run = host.daemon.machine.runs[notice.vm.id]
            told = {"time": self._clock.wall(), "action": notice.watchdog}
            host.daemon.records.watchdogs[notice.vm.id] = (run, told)
        host.notice(notice, self.world.now)
        if notice.vm.status is VmStatus.MIGRATING_FROM and host.daemon.dialect.migration_events:
            self._chatter(host)

    def _chatter(self, host: SimulatedHost) -> None:
        """It has something to say again and again."""
        self._chatting[host.id] = host
        self.living.chatter()

    def _chat(self) -> bool:
        now = self.living.now()
        for host in tuple(self._chatting.values()):
            if not chat(host, now):
                del self._chatting[host.id]
        return bool(self._chatting)

    def _link(self, machine: Machine) -> None:
        self._turn_soon(self.hosts[machine.id])

    def _turn(self) -> None:
        while self._to_turn:
            _, host = self._to_turn.popitem()
            try:
                host.turn()
            except SimulatorError as error:
                logger.error("{} could not come back: {}", host.id, error)
