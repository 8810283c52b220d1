"""The process map: what each process costs in a year, how many transactions it handles, how much customers feel it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from workbook.engagement.schema import Process
from workbook.phases.assess.performance import declared_quantity
from workbook.phases.figures import Figure, Register, product
from workbook.phases.inputs import Inputs


@dataclass(frozen=True)
class MappedProcess:
    """One process of the map; `yearly_cost` is volume times cost per transaction."""

    process: Process
    volume: Figure
    cost_per_transaction: Figure
    customer_impact: Figure
    yearly_cost: Figure


@dataclass(frozen=True)
class ProcessMap:
    """All processes, dearest first, then those whose yearly cost is not known, in the order of the file.

    `concentration` is how few of the dearest carry most of the known cost, and `concentrated_share` what they carry;
    without any cost both are not known.
    """

    processes: tuple[MappedProcess, ...]
    total_cost: Figure
    concentration: int | None
    concentrated_share: Figure

    @property
    def costed(self) -> tuple[MappedProcess, ...]:
        """The processes whose yearly cost is known."""
        return tuple(row for row in self.processes if row.yearly_cost.is_known)

    def __getitem__(self, process_id: str) -> MappedProcess:
        return next(row for row in self.processes if row.process.id == process_id)


def map_processes(
    processes: tuple[Process, ...],
    currency: str,
    inputs: Inputs,
    register: Register,
    measured_cost: dict[str, Figure],
    most: float,
) -> ProcessMap:
    """Return the process map of a client; `most` is the share of the known cost that the dearest are counted up to.

    A cost per transaction measured from a log (in `measured_cost`, by process id) takes the place of a declared one.
    """
    rows = [_map_process(process, currency, inputs, register, measured_cost.get(process.id)) for process in processes]
    costed = sorted((row for row in rows if row.yearly_cost.is_known), key=lambda row: -(row.yearly_cost.value or 0))
    costs = [row.yearly_cost.value or 0.0 for row in costed]
    total = register.computed(
        "processes.yearly_cost",
        sum(costs) if costs else None,
        f"{currency}/year",
        [row.yearly_cost for row in costed],
        "sum of the yearly costs that are known",
        n=len(costed),
    )
    shares = _cumulative_shares(costs)
    n = next((i for i, share in enumerate(shares, 1) if share >= most - 1e-12), None)
    concentrated = register.computed(
        "processes.concentrated_share",
        shares[n - 1] if n else None,
        "share",
        [*(row.yearly_cost for row in costed[:n]), total] if n else [total],
        "yearly cost of the dearest processes / known yearly cost of all",
        n=n,
    )
    unknown = (row for row in rows if not row.yearly_cost.is_known)
    return ProcessMap((*costed, *unknown), total, n, concentrated)


def _map_process(
    process: Process, currency: str, inputs: Inputs, register: Register, measured_cost: Figure | None
) -> MappedProcess:
    path, prefix = ("assess", "processes", process.id), f"process.{process.id}"
    volume = inputs.declared(f"{prefix}.volume", process.volume, "transactions/year", (*path, "volume"))
    declared_cost = declared_quantity(process, "cost_per_transaction", f"{currency}/transaction", inputs)
    basis = measured_cost if measured_cost is not None and measured_cost.is_known else declared_cost
    cost = register.computed(
        f"{prefix}.cost_per_transaction",
        basis.value,
        f"{currency}/transaction",
        [basis],
        "measured where there is a log with cost, else declared",
        low=basis.low,
        high=basis.high,
    )
    impact = inputs.declared(
        f"{prefix}.customer_impact", process.customer_impact, "level 1-5", (*path, "customer_impact")
    )
    yearly = register.computed(
        f"{prefix}.yearly_cost", product([volume, cost]), f"{currency}/year", [volume, cost], "volume x cost"
    )
    return MappedProcess(process, volume, cost, impact, yearly)


def _cumulative_shares(costs: list[float]) -> tuple[float, ...]:
    total = sum(costs)
    return tuple(reached / total for reached in accumulate(costs)) if total > 0 else ()
