"""Published tables beside what data/optimise.py makes of them, as a Markdown table: `python tests/bench/known.py`."""

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from data.optimise import optimise  # noqa: E402
from tests.data import known  # noqa: E402

ROUNDS = 300


def main() -> None:
    print("| table | source | cells | primary | published: cells hidden beside them (method) | ours |")
    print("|---|---|---|---|---|---|")
    for instance in known.load():
        # Only where the aim is to hide little, rather than few, does the cost say more than the number.
        costs = instance.cost.max() > 1
        published = "; ".join(
            f"{_figure(said.secondary, said.cost, costs)} ({said.method}{', optimal' if said.optimal else ''})"
            for said in instance.published
        )
        result = optimise(instance.problem, rounds=ROUNDS)
        ours = _figure(int((result.hidden & ~instance.primary).sum()), result.cost, costs)
        proof = "optimal" if result.optimal else f"no less than {result.bound:.1f}"
        about = f"{instance.title} | {instance.source} | {len(instance.cells)} | {instance.primary.sum()}"
        print(f"| {about} | {published} | {ours}, {proof} |")


def _figure(secondary: int, cost: float, costs: bool) -> str:
    return f"{secondary}, cost {cost:g}" if costs else f"{secondary}"


if __name__ == "__main__":
    main()
