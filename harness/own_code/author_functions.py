"""Functions of a space's author: what they take, and one sentence of whatever they raise."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from harness.core.errors import ContractError, HarnessError, UsageError, sentence_of

__all__ = ["as_sentence", "author_errors", "takes_dataset"]

_HARNESS = Path(__file__).parents[1]


@contextmanager
def author_errors(what: str) -> Iterator[None]:
    """Turn what is raised inside into one sentence; deliberate errors stay as they are.

    Args:
        what: What fails then, e.g. ``"the space nets cannot list its texts"``.

    Raises:
        UsageError: A package is not installed.
        ContractError: Something else than a `HarnessError` was raised.
    """
    try:
        yield
    except HarnessError:
        raise
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        raise UsageError(
            f"{what} without the package {package}; run: pip install {package}"
        ) from error
    except (Exception, SystemExit) as error:
        raise ContractError(as_sentence(what, error)) from error


def as_sentence(what: str, error: BaseException) -> str:
    """Return what failed, why, and the line of the author's file where that is known."""
    return f"{what}: {sentence_of(error)}{_place(error.__traceback__)}"


def _place(trace: TracebackType | None) -> str:
    """Return the last line of the first file that is not the harness's own."""
    calls = [
        (frame.f_code.co_filename, frame.f_code.co_name, line)
        for frame, line in traceback.walk_tb(trace)
        if not Path(frame.f_code.co_filename).is_relative_to(_HARNESS)
    ]
    own = [call for call in calls if call[0] == calls[0][0]]
    return f" (in {own[-1][1]}, line {own[-1][2]})" if own else ""


def takes_dataset(network: object, name: str) -> bool:
    """Tell whether the network function of a space takes a data set beside the text.

    Raises:
        UsageError: It is no function.
    """
    if not callable(network):
        raise UsageError(f"the network of the space {name!r} is no function of a text")
    try:
        parameters = inspect.signature(network).parameters.values()
    except (TypeError, ValueError):  # a builtin that does not say
        return False
    places = [
        parameter
        for parameter in parameters
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    ]
    needed = [parameter for parameter in places if parameter.default is parameter.empty]
    return len(needed) > 1 or any(parameter.name == "dataset" for parameter in places[1:])
