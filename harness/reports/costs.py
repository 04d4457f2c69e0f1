"""What proxies cost as tables."""

from __future__ import annotations

from harness.costing import CostReport, Quartiles
from harness.metrics.values import Estimate, Interval
from harness.reports.report_table import Column, ReportTable, columns, fixed, optional_estimate

__all__ = ["cost_data", "cost_table"]


def cost_table(costs: CostReport) -> ReportTable:
    """Return one row a proxy, the cheapest alone first."""
    return ReportTable(
        columns=columns(
            "plugin",
            *columns(
                *("alone ms [quartiles]", "shared ms [quartiles]", "GPU ms"),
                *("forward", "backward", "images", "labels"),
                number=fixed(1),
            ),
            Column(head="peak MiB", number=fixed(0)),
        ),
        rows=tuple(
            (
                proxy.plugin,
                *(_quartiles(proxy.alone, 1e3), _quartiles(proxy.shared, 1e3)),
                None if proxy.gpu_s is None else proxy.gpu_s * 1e3,
                *(proxy.forwards, proxy.backwards, proxy.images, proxy.labels),
                None if proxy.peak_bytes is None else proxy.peak_bytes / 2**20,
            )
            for proxy in sorted(costs.proxies, key=lambda proxy: proxy.alone.median)
        ),
    )


def cost_data(costs: CostReport) -> ReportTable:
    """Return one row a proxy for programs; the interval of a time is from quartile to quartile."""
    return ReportTable.of_records(
        [
            {
                "plugin": proxy.plugin,
                "alone_seconds": _quartiles(proxy.alone),
                "shared_seconds": _quartiles(proxy.shared),
                "gpu_seconds": proxy.gpu_s,
                "forwards": proxy.forwards,
                "backwards": proxy.backwards,
                "images": proxy.images,
                "labels": proxy.labels,
                "peak_bytes": proxy.peak_bytes,
            }
            for proxy in costs.proxies
        ]
    )


def _quartiles(seconds: Quartiles, factor: float = 1.0) -> Estimate:
    low, high = seconds.low * factor, seconds.high * factor
    return optional_estimate(seconds.median * factor, Interval(low=low, high=high, level=0.5))
