"""Finding a source on this machine and checking that it is the published file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import assert_never

from harness.core.errors import DataError, InfrastructureError
from harness.truth.fetch import download
from harness.truth.places import Places
from harness.truth.source import Converted, Packaged, Published, Source
from harness.truth.source import source as known

__all__ = ["Content", "Location", "Place", "content", "fetch", "locate", "verify", "where"]


class Place(StrEnum):
    """Kind of place that a source was found in."""

    DATA_FOLDER = "data folder"
    PACKAGE = "installed package"
    CACHE = "cache"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A file that has the right name; `verify` says whether it has the right content."""

    place: Place
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A source whose bytes have the published digest.

    Attributes:
        source: The source.
        path: The file that was read, for messages.
        data: All of its bytes.
        architectures: The file with the architectures that this one names by numbers; absent where
            it has its own.
    """

    source: Source
    path: Path
    data: bytes
    architectures: Content | None = None


def where(source: Source, places: Places | None = None) -> Location | None:
    """Say where a source lies on this machine, without reading or downloading it.

    The data folder comes first, then the installed package, then the cache.
    """
    places = places or Places.from_environment()
    if places.data_dir is not None and (path := places.data_dir / source.relative_path).is_file():
        return Location(place=Place.DATA_FOLDER, path=path)
    if isinstance(source.origin, Packaged) and (inside := _installed(source.origin)) is not None:
        return Location(place=Place.PACKAGE, path=inside)
    cache = places.cache()
    if cache is not None and (path := cache / source.relative_path).is_file():
        return Location(place=Place.CACHE, path=path)
    return None


def verify(source: Source, places: Places | None = None) -> Location | None:
    """Read a source that lies on this machine and compare its digest; none if it is absent.

    Raises:
        DataError: It is there with other content.
    """
    location = where(source, places)
    if location is not None:
        _read(source, location)
    return location


def locate(source: Source, places: Places | None = None) -> Path:
    """Return the path of a verified file, downloading it where it is not on this machine.

    Raises:
        DataError: The file has other content than the published one.
        InfrastructureError: It is absent and cannot be downloaded.
    """
    return content(source, places).path


def content(source: Source, places: Places | None = None) -> Content:
    """Return the verified bytes of a source, downloading them where necessary.

    The digest is computed of the very bytes that are returned, so nothing unverified is parsed.

    Raises:
        DataError: The file has other content than the published one.
        InfrastructureError: It is absent and cannot be downloaded.
    """
    places = places or Places.from_environment()
    location = where(source, places)
    if location is None:
        location = Location(place=Place.CACHE, path=fetch(source, places))
    return Content(
        source=source,
        path=location.path,
        data=_read(source, location),
        architectures=content(known(source.architectures), places)
        if source.architectures
        else None,
    )


def fetch(source: Source, places: Places | None = None) -> Path:
    """Download a source into the cache, unless the right file is there already.

    A cached file with other content is replaced. Sources that are no single published file
    are not downloaded: what to do instead is said.

    Raises:
        InfrastructureError: It cannot be downloaded, or not offline.
        DataError: The address gave other content than the published one.
    """
    places = places or Places.from_environment()
    match source.origin:
        case Published():
            return download(source, places)
        case Packaged():
            if (path := _installed(source.origin)) is not None:
                return path
            requirement = f"{source.origin.distribution}=={source.origin.version}"
            raise InfrastructureError(
                f"source {source.name!r} is part of the package {requirement}, which is not "
                f"installed; run: pip install '{requirement}'"
            )
        case Converted():
            raise InfrastructureError(
                f"source {source.name!r} cannot be downloaded: the repository "
                f"{source.origin.repository} has {source.origin.upstream}; put the converted file "
                f"at {source.relative_path} in the folder that HARNESS_DATA_DIR names"
            )
        case _:
            assert_never(source.origin)


def _installed(origin: Packaged) -> Path | None:
    """Path of a package's file, found in its metadata: the package is not imported."""
    from importlib import metadata

    try:
        path = Path(str(metadata.distribution(origin.distribution).locate_file(origin.path)))
    except metadata.PackageNotFoundError:
        return None
    return path if path.is_file() else None


def _read(source: Source, location: Location) -> bytes:
    try:
        data = location.path.read_bytes()
    except OSError as error:
        raise InfrastructureError(
            f"cannot read {location.path}: {error.strerror or error}"
        ) from error
    digest = hashlib.sha256(data).hexdigest()
    if digest == source.sha256:
        return data
    match location.place:
        case Place.DATA_FOLDER:
            remedy = "replace it by the published file or remove it from the data folder"
        case Place.PACKAGE:
            remedy = f"run: pip install --force-reinstall '{_requirement(source)}'"
        case Place.CACHE:
            remedy = f"run: harness data fetch {source.name}"
        case _:
            assert_never(location.place)
    raise DataError(
        f"{location.path} is not the published file of source {source.name!r}: its sha256 is "
        f"{digest}, expected {source.sha256}; {remedy}"
    )


def _requirement(source: Source) -> str:
    origin = source.origin
    return f"{origin.distribution}=={origin.version}" if isinstance(origin, Packaged) else ""
