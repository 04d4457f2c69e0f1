"""Downloading a published file: verified, retried, and moved into place as a whole."""

from __future__ import annotations

import importlib
import time
from pathlib import Path

from harness.core.errors import DataError, HarnessError, InfrastructureError
from harness.truth.places import Places
from harness.truth.source import Source

__all__ = ["download"]

_ATTEMPTS = 3
_PAUSE_S = 1.0
_TIMEOUT_S = 30.0
_RETRIED_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})


def download(source: Source, places: Places, pause_s: float = _PAUSE_S) -> Path:
    """Bring a published file into the cache.

    The file is written under a temporary name, compared with the pinned sha256 and then renamed;
    a lock makes processes that want the same file wait for each other. Connection failures and
    wrong content are tried again, since a cut or a captive portal gives both; a file that the host
    does not have is not. No source has more than 6 MB, so that an attempt begins at the start.

    Args:
        source: A source with an address.
        places: Mirror, cache folder, and whether the network may be used.
        pause_s: Seconds before the second attempt; twice as many before the third.

    Raises:
        InfrastructureError: Offline, no cache folder, or no answer.
        DataError: The address gave other content at every attempt.
    """
    address = source.address(places.host)
    if address is None:
        raise InfrastructureError(f"source {source.name!r} has no address to download it from")
    if places.offline:
        raise InfrastructureError(
            f"source {source.name!r} is not on this machine and HARNESS_OFFLINE is set; put the "
            f"file at {source.relative_path} in the folder that HARNESS_DATA_DIR names, or unset "
            f"HARNESS_OFFLINE to download {address}"
        )
    cache = _cache(places, address)
    failure: HarnessError | None = None
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(pause_s * attempt)
        result = _attempt(source, address, cache, quiet=attempt > 0)
        if isinstance(result, Path):
            return result
        failure, worth_repeating = result
        if not worth_repeating:
            break
    raise failure or InfrastructureError(f"{address} was not tried")


def _cache(places: Places, address: str) -> Path:
    cache = places.cache()
    if cache is None:
        raise InfrastructureError(
            f"downloading {address} needs the package pooch; run: pip install pooch, or put the "
            "file into the folder that HARNESS_DATA_DIR names"
        )
    return cache


def _attempt(
    source: Source, address: str, cache: Path, *, quiet: bool
) -> Path | tuple[HarnessError, bool]:
    """Try once; the flag of a failure says whether to try again."""
    try:
        pooch = importlib.import_module("pooch")
        import requests
        from filelock import FileLock
    except ImportError:
        error = f"downloading {address} needs the package pooch; run: pip install pooch"
        return InfrastructureError(error), False
    pooch.get_logger().disabled = quiet
    target = cache / source.relative_path
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{target}.lock"):
            pooch.retrieve(
                address,
                known_hash=f"sha256:{source.sha256}",
                fname=target.name,
                path=target.parent,
                downloader=pooch.HTTPDownloader(timeout=_TIMEOUT_S),
            )
    except requests.HTTPError as error:
        message = f"{address}: {error}; set HARNESS_MIRROR to a host that has the file"
        status = None if error.response is None else error.response.status_code
        return InfrastructureError(message), status in _RETRIED_STATUS
    except requests.RequestException as error:
        message = f"cannot download {address}: {error}; try again, or set HARNESS_MIRROR"
        return InfrastructureError(message), True
    except OSError as error:
        message = f"cannot write {target}: {error}; set HARNESS_CACHE_DIR to another folder"
        return InfrastructureError(message), False
    except ValueError as error:
        message = (
            f"{address} is not the published file of source {source.name!r}: {error}; "
            "try again, or set HARNESS_MIRROR to another host"
        )
        return DataError(message), True
    return target
