"""Code of others than this package: loaded from files and modules, and known by what it says."""

from harness.own_code.loading import (
    OwnCode,
    execute_file,
    import_module_of_others,
    read_source,
)

__all__ = ["OwnCode", "execute_file", "import_module_of_others", "read_source"]
