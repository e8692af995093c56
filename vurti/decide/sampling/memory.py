"""What a sample shows of a VM's memory: less than guaranteed (8.4), a balloon at fault (8.5)."""

from msgspec.structs import replace

from vurti.decide.draft import Draft
from vurti.decide.view import BalloonMemo
from vurti.events import Mark
from vurti.model import Balloon, Vm, VmStatistics


def judge_memory(vm: str, host: str, sample: VmStatistics, ballooning: bool, draft: Draft) -> None:
    """Tell what is wrong with the memory of a VM that runs on this host; `ballooning`: its cluster
    moves balloons."""
    facts, balloon = draft.facts(vm), sample.balloon
    least_mb = facts.min_memory_mb if facts is not None else None
    if balloon is None or (least_mb is None and not ballooning) or (known := draft.vm(vm)) is None:
        return
    if least_mb is not None:
        _judge_guarantee(known, host, balloon, least_mb, draft)
    if ballooning:
        _judge_balloon(known, host, balloon, sample.memory_percent, draft)


def _judge_guarantee(vm: Vm, host: str, balloon: Balloon, least_mb: int, draft: Draft) -> None:
    if balloon.current_kb <= 0 or least_mb <= balloon.current_kb / 1024:
        return
    words = f"has {balloon.current_kb // 1024} MiB, and {least_mb} MiB are guaranteed to it"
    _alert(vm, host, Mark.MEMORY_UNDER_GUARANTEE, "8.4 guaranteed memory", words, draft)


def _judge_balloon(
    vm: Vm, host: str, balloon: Balloon, guest_percent: float | None, draft: Draft
) -> None:
    """The first sample only gives what the next is compared with (Q3)."""
    past = draft.view.balloons.get(vm.id)
    if past is None:
        draft.memo(BalloonMemo(vm.id, balloon.current_kb))
        return
    silent = not guest_percent and balloon.current_kb != balloon.max_kb
    stuck = _counted(past.stuck, _is_stuck(past, balloon), draft)
    uncontrolled = _counted(past.uncontrolled, silent, draft)
    if stuck is None:
        words = f"stays at {balloon.current_kb // 1024} MiB, asked for {balloon.target_kb // 1024}"
        _alert(vm, host, Mark.BALLOON_STUCK, "8.5 balloon", words, draft)
    if uncontrolled is None:
        words = "moves, and the guest's agent does not tell of it"
        _alert(vm, host, Mark.BALLOON_UNCONTROLLED, "8.5 balloon", words, draft)
    now = replace(
        past,
        current_kb=balloon.current_kb,
        stuck=stuck or 0,
        uncontrolled=uncontrolled or 0,
    )
    if now != past:
        draft.memo(now)


def _is_stuck(past: BalloonMemo, balloon: Balloon) -> bool:
    """It is meant to move, and is at its most or no nearer to its aim than before. One that rests
    where it should be is well, though the formula of 8.5 would count it as bad."""
    active = balloon.min_kb < balloon.max_kb and balloon.target_kb != balloon.max_kb
    if balloon.current_kb == balloon.target_kb:
        return False
    moved = abs(balloon.current_kb - balloon.target_kb) < abs(past.current_kb - balloon.target_kb)
    return active and (balloon.current_kb == balloon.max_kb or not moved)


def _counted(times: int, bad: bool, draft: Draft) -> int | None:
    """The count after one more sample; None where it is full, and begins anew."""
    if not bad:
        return 0
    return None if times >= draft.rules.balloon_samples_max else times + 1


def _alert(vm: Vm, host: str, mark: Mark, rule: str, words: str, draft: Draft) -> None:
    draft.change(vm, thing=vm, rule=rule, reason=words, marks=(mark,), host=host)
