"""Observes one network: computes each requested pass once, meters it, and forgets it in time."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from harness.core.cost import Cost
from harness.core.errors import ContractError
from harness.core.identity import derived_seed
from harness.isolation import isolated_generators
from harness.passes.meter import Meter
from harness.passes.observation import Observation, Pass, PassContext, Subject, closure

__all__ = ["Workbench"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Broken:
    error: Exception


class Workbench:
    """The passes of one network, from the first one asked for to the last one used.

    Args:
        subject: What to observe.
        requested: The passes that the proxies to come have declared.
        measures_memory: Whether costs hold the peak of memory.
    """

    def __init__(
        self,
        subject: Subject,
        requested: Iterable[Pass[object]],
        *,
        measures_memory: bool = True,
    ) -> None:
        self._subject = subject
        self._requested = closure(requested)
        self._values: dict[Pass[object], object] = {}
        self._contexts: dict[str, PassContext] = {}
        self.meter = Meter(subject.device, measures_memory=measures_memory)

    def observation(self, reader: str, declared: tuple[Pass[object], ...]) -> Observation:
        """Return what the named proxy may see."""
        seed = derived_seed(self._subject.seed, reader, self._subject.architecture.text)
        return Observation(f"plugin {reader!r}", declared, self._value, seed)

    def costs(self, declared: tuple[Pass[object], ...]) -> dict[str, Cost]:
        """Return the cost of every pass that the declared ones rest on and that was computed."""
        return {
            required_pass.name: self._cost(required_pass.name)
            for required_pass in closure(declared)
            if required_pass.name in self._contexts
        }

    def forget_all_but(self, needed: Iterable[Pass[object]]) -> None:
        """Drop the values that no remaining proxy can reach, so that their memory is free."""
        keep = set(closure(needed))
        for known in [known for known in self._values if known not in keep]:
            del self._values[known]

    def _value(self, wanted: Pass[object]) -> object:
        value = self._outcome(wanted)
        if isinstance(value, _Broken):
            raise value.error
        return value

    def _outcome(self, wanted: Pass[object]) -> object:
        if wanted not in self._values:
            self._values[wanted] = self._compute(wanted)
        return self._values[wanted]

    def _compute(self, wanted: Pass[object]) -> object:
        if wanted not in self._requested:
            raise ContractError(f"pass {wanted.name!r} was not requested for this network")
        for required in wanted.requires:
            self._outcome(required)  # what it raises is raised where it is read
        charging = partial(self.meter.measure, memory=False)
        context = PassContext(wanted, self._value, self._subject, self._requested, charging)
        self._contexts[wanted.name] = context
        with (
            self.meter.measure(wanted.name),
            isolated_generators(context.seed, self._subject.device),
        ):
            try:
                return wanted.compute(context)
            except Exception as error:  # noqa: BLE001 - kept, and raised for every reader
                traceback.clear_frames(error.__traceback__)  # or its tensors would live on
                return _Broken(error=error)
            finally:
                context.close()

    def _cost(self, name: str) -> Cost:
        context = self._contexts[name]
        return replace(
            self.meter.cost(name),
            forwards=context.forwards,
            backwards=context.backwards,
            images=context.images,
            labels=context.labels,
        )
