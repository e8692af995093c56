"""Small pictures of what grows, for docs/images."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks import growth
from benchmarks.growth import COST, MEMORY, START, Size
from benchmarks.rounds import Rounds, summed

AXES: dict[str, tuple[str, Sequence[Size], str]] = {
    "hosts": ("hosts, 10 VMs each", growth.HOSTS, "hosts"),
    "vms": ("VMs on each of 20 hosts", growth.VMS, "vms"),
    "changing": ("share of VMs that change", growth.CHANGING, "changing"),
}
SHOWN = (COST, START, MEMORY)


def draw(rounds: Rounds, folder: Path) -> list[Path]:
    """A picture for each axis of which at least two sizes were measured; where they are."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "vurti", "font.size": 8, "svg.fonttype": "none"})
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for name, (label, sizes, field) in AXES.items():
        there = [size for size in sizes if size.row in rounds]
        if len(there) > 1:
            path = folder / f"growth-{name}.svg"
            _draw(path, label, [getattr(size, field) for size in there], there, rounds)
            drawn.append(path)
    return drawn


def _draw(path: Path, label: str, across: list[float], sizes: list[Size], rounds: Rounds) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 2.1), layout="constrained")
    for axes, what in zip(figure.subplots(1, len(SHOWN)), SHOWN, strict=True):
        told = [summed(rounds[size.row])[what] for size in sizes]
        high = [one.median for one in told]
        axes.errorbar(across, high, [one.spread for one in told], marker="o", ms=3, lw=1)
        axes.set(xscale="log", xlabel=label, title=what, ylim=(0, 1.15 * max(high)))
        axes.grid(alpha=0.3)
    figure.savefig(path, metadata={"Date": None})
