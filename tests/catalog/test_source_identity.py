import importlib
import json
import py_compile
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.catalog import FromFile, FromModule, FromObject, installed
from harness.core.errors import ContractError
from harness.own_code.own_modules import own_modules_of
from harness.own_code.source_code import parsed
from harness.plugin import Direction, ZeroCostProxy
from tests.plugin_files import plugin_source

BASELINE = Path(__file__).parents[2] / "results/baselines/nb201-quick/baseline.json"


class Folder:
    """Own modules in a folder that is searched for imports, and plugins that import them."""

    def __init__(self, path):
        self.path = path

    def write(self, name, text):
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        importlib.invalidate_caches()
        return target

    def new_process(self):
        """Forget what was imported from here, as a new process does."""
        for name, module in list(sys.modules.items()):
            if str(getattr(module, "__file__", None)).startswith(str(self.path)):
                del sys.modules[name]
        importlib.invalidate_caches()

    def key(self, body):
        self.new_process()
        return FromFile(path=self.write("plugin.py", plugin_source(body))).load().key


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    made = Folder(tmp_path)
    yield made
    made.new_process()


@pytest.fixture
def package(folder):
    """A package with a circle of imports, a package inside it, and a module beside it."""
    folder.write("own_pkg/__init__.py", "EMPTY = 0\n")
    folder.write("own_pkg/first.py", "from .second import VALUE\n")
    folder.write("own_pkg/second.py", "import own_pkg.first\nVALUE = 1\n")
    folder.write("own_pkg/inner/__init__.py", "__all__ = ['listed']\n")
    folder.write("own_pkg/inner/deep.py", "from .. import first\n")
    folder.write("own_pkg/inner/listed.py", "import own_alone\n")
    folder.write("own_alone.py", "VALUE = 1\n")
    return folder


INNER = {"own_pkg", "own_pkg.inner", "own_pkg.inner.listed", "own_alone"}
CIRCLE = {"own_pkg", "own_pkg.first", "own_pkg.second"}


@pytest.mark.parametrize(
    ("source", "modules"),
    [
        ("import own_alone", {"own_alone"}),
        ("import own_alone as other", {"own_alone"}),
        ("from own_alone import VALUE", {"own_alone"}),
        ("def f():\n    if f:\n        import own_alone", {"own_alone"}),
        ("try:\n    import own_alone\nexcept ImportError: pass", {"own_alone"}),
        ("import own_pkg", {"own_pkg"}),
        ("import own_pkg.first as first", CIRCLE),
        ("from own_pkg import first, EMPTY", CIRCLE),
        ("from own_pkg.second import *", CIRCLE),
        ("import own_pkg.inner.deep", {*CIRCLE, *INNER, "own_pkg.inner.deep"}),
        ("from own_pkg.inner import deep", {*CIRCLE, *INNER, "own_pkg.inner.deep"}),
        ("from own_pkg.inner import *", INNER),
        ("import json, torch.nn, numpy as np, harness.plugin, own_absent, __main__", set()),
        ("x = 'import own_alone'  # import own_alone", set()),
    ],
)
def test_imports_of_own_modules_are_followed_wherever_they_stand(package, source, modules):
    before = set(sys.modules)
    listed = own_modules_of(source)
    assert {name for name in listed if name.startswith("own_")} == modules
    assert not {name for name in sys.modules if name.startswith("own_")} - before


def test_a_plugin_follows_an_edited_module_and_no_comment(package):
    body = "from own_pkg import first\nreturn first.VALUE"
    before = package.key(body)
    package.write("own_pkg/second.py", '"""Why."""\nimport own_pkg.first\n\nVALUE  =  1 # unit\n')
    package.write("own_alone.py", "VALUE = 2\n")
    assert package.key(body) == before
    package.write("own_pkg/second.py", "import own_pkg.first\nVALUE = 2\n")
    assert package.key(body) != before


def test_an_edit_of_equal_length_within_a_second_is_run_and_keyed(folder):
    first = folder.write("plugin.py", plugin_source("return 1.0"))
    loaded = FromFile(path=first).load()
    folder.write("plugin.py", plugin_source("return 2.0"))
    again = FromFile(path=first).load()
    assert (loaded.plugin.score(None), again.plugin.score(None)) == (1.0, 2.0)
    assert loaded.key != again.key


def test_a_plugin_has_the_same_key_in_another_folder_and_layout(package, tmp_path):
    body = "import own_alone\nreturn own_alone.VALUE"
    before = package.key(body)
    text = plugin_source(body).replace("\n\n", "\n# a comment\n\n\n")
    moved = package.write("elsewhere/renamed.py", f"'''Documentation.'''\n{text}")
    assert FromFile(path=moved).load().key == before


@pytest.mark.parametrize("edited", ["VALUE = 2\n", "VALUE = 1\ndef size(): return 2\n"])
def test_a_module_that_was_edited_after_its_import_is_refused(folder, edited):
    folder.write("own_stale.py", "VALUE = 1\ndef size(): return 1\n")
    folder.key("import own_stale\nreturn own_stale.VALUE")
    importlib.import_module("own_stale")
    folder.write("own_stale.py", edited)
    with pytest.raises(ContractError, match=r"(VALUE|size) of the module own_stale is not what"):
        FromFile(path=folder.path / "plugin.py").load()


def test_a_module_whose_state_changes_as_it_runs_is_not_refused(folder):
    folder.write(
        "own_state.py",
        "COUNT = 0\nKEPT = None\nLIST = []\nfor COUNTED in range(3): pass\n"
        "def count():\n    global COUNT\n    COUNT += 1\n",
    )
    module = importlib.import_module("own_state")
    module.count()
    module.LIST.append(1)
    module.KEPT = object()
    folder.write("plugin.py", plugin_source("import own_state"))
    FromFile(path=folder.path / "plugin.py").load()


def test_compiled_modules_are_known_by_their_code_and_zipped_ones_by_their_source(folder):
    for value, name in ((1, "own_code"), (2, "own_other_code")):
        source = folder.write(f"{name}.py", f"VALUE = {value}\n")
        py_compile.compile(source, folder.path / f"{name}.pyc", dfile="x.py")
        source.unlink()
    with zipfile.ZipFile(folder.path / "parts.zip", "w") as archive:
        archive.writestr("own_zipped.py", "VALUE = 1  # one\n")
    sys.path.insert(0, str(folder.path / "parts.zip"))
    try:
        modules = own_modules_of("import own_code, own_other_code, own_zipped")
    finally:
        del sys.path[0]
    assert [module.source for module in modules.values()] == [None, None, "VALUE = 1  # one\n"]
    assert modules["own_code"].content != modules["own_other_code"].content
    assert modules["own_zipped"].content == parsed("VALUE = 1").content


def test_a_namespace_package_counts_by_its_modules(folder):
    folder.write("own_space/part.py", "VALUE = 1\n")
    assert set(own_modules_of("import own_space.part")) == {"own_space.part"}


def test_installed_packages_do_not_count_but_the_one_that_offers_a_plugin_does(folder, monkeypatch):
    library = Folder(folder.path / "site-packages")
    monkeypatch.syspath_prepend(library.path)
    library.write("own_library.py", "VALUE = 1\n")
    library.write("own_offered/__init__.py", "")
    library.write("own_offered/size.py", "import own_library\nVALUE = 1\n")
    library.write(
        "own_offered/plugin.py",
        plugin_source("from own_offered.size import VALUE\nreturn VALUE"),
    )
    keys = []
    for name, text in (("own_library", 2), ("own_offered/size", 1), ("own_offered/size", 2)):
        library.new_process()
        keys.append(FromModule(module="own_offered.plugin").load().key)
        library.write(f"{name}.py", f"import json\nVALUE = {text}\n")
    assert keys[0] == keys[1] != keys[2]
    assert own_modules_of("import own_library") == {}


KINDS = {
    "ZeroCostProxy": "direction=Direction.HIGHER, passes=(), score=len",
    "Predictor": "encoding=None, fit=len, in_unit=True",
    "OperationScorer": "direction=Direction.HIGHER, score_operations=len",
    "SearchedProxy": "search=len, proxy=len",
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_plugin_may_say_that_its_version_alone_counts(folder, kind):
    def key(version, extra, by_version):
        text = (
            "from types import SimpleNamespace as S\n"
            "from harness.plugin import *\nfrom harness.predictor import *\n"
            "from harness.operation_scorer import *\nfrom harness.searched_proxy import *\n"
            f"PLUGIN = {kind}(name='mine', version={version!r}, summary='',\n"
            f"  identity_by_version={by_version}, {KINDS[kind]})\n{extra}"
        ).replace("encoding=None", "encoding=S(name='x')")
        return FromFile(path=folder.write("kind.py", text)).load_all()[0].key

    assert key("1", "", True) == key("1", "edited = 1", True) != key("2", "", True)
    assert key("1", "", False) != key("1", "edited = 1", False)


def proxy_of(score, **fields):
    return ZeroCostProxy(
        name="mine",
        version="1",
        summary="",
        direction=Direction.HIGHER,
        passes=(),
        score=score,
        **fields,
    )


def test_an_object_may_say_that_its_version_alone_counts():
    first, second = (proxy_of(score, identity_by_version=True) for score in (len, str))
    assert FromObject.of(first, first).load().key == FromObject.of(second, second).load().key
    other = proxy_of(len)
    assert FromObject.of(other, other).load().key != FromObject.of(first, first).load().key


def test_an_object_follows_the_module_of_its_class_and_workers_check_it(folder):
    def wrapped(text):
        folder.new_process()
        folder.write("own_class.py", text)
        plugin = proxy_of(importlib.import_module("own_class").Scorer())
        return FromObject.of(plugin, plugin)

    text = "class Scorer:\n    def __call__(self, seen): return 1.0\n"
    origin = wrapped(text)
    before = origin.load().key
    assert wrapped(f"# a comment\n\n{text}").load().key == before
    assert wrapped(text.replace("1.0", "2.0")).load().key != before
    with pytest.raises(ContractError, match="the module own_class was edited; edit no module"):
        origin.load()


def test_a_value_set_in_a_module_that_workers_import_anew_is_refused(folder):
    folder.write("own_set.py", "SIGN = 1.0\ndef score(seen): return SIGN\n")
    module = importlib.import_module("own_set")
    module.SIGN = -1.0
    with pytest.raises(ContractError, match=r"SIGN of the module own_set is not what .* says"):
        FromObject.of(proxy_of(module.score), proxy_of(module.score))


def test_an_object_that_cannot_be_sent_to_workers_is_refused_in_one_sentence(tmp_path):
    with (tmp_path / "log").open("w") as log:
        plugin = proxy_of(lambda seen: log.write(""))
        with pytest.raises(ContractError, match="mine cannot be sent to workers: PicklingErr"):
            FromObject.of(plugin, plugin)


LINES = Path(parsed.__wrapped__.__code__.co_filename).read_text().splitlines()
STARTS = [
    place for place, line in enumerate(LINES) if line.startswith(("def ", "class ", "    for"))
]


@given(st.lists(st.tuples(st.sampled_from(STARTS), st.sampled_from(["", "# why", "    # why"]))))
def test_comments_and_blank_lines_anywhere_are_the_same_source(added):
    lines = list(LINES)
    for place, line in sorted(added, reverse=True):
        lines.insert(place, line)
    assert parsed("\n".join(lines)).content == parsed("\n".join(LINES)).content


def test_keys_of_built_in_plugins_are_those_of_the_stored_baseline():
    loaded = installed().loaded
    stored = json.loads(BASELINE.read_text())["plugins"]
    assert {name: loaded[name].key for name in stored} == {
        name: plugin["key"] for name, plugin in stored.items()
    }
    assert {plugin.source_digest for plugin in loaded.values()} == {""}


def test_two_plugins_with_modules_of_one_name_are_refused_together(tmp_path):
    body = (
        "import sys, os\nsys.path.insert(0, os.path.dirname(__file__))\nimport clashing_helper\n"
        "from harness.plugin import Direction, ZeroCostProxy\n"
        "PLUGIN = ZeroCostProxy(name='NAME', version='1', summary='s', passes=(),\n"
        "    direction=Direction.HIGHER, score=lambda seen: clashing_helper.scale())\n"
    )
    before = list(sys.path)
    try:
        for name, scale in (("first", 1), ("second", -1)):
            folder = tmp_path / name
            folder.mkdir()
            (folder / "clashing_helper.py").write_text(f"def scale(): return {scale}\n")
            (folder / "plugin.py").write_text(body.replace("NAME", name))
        FromFile(path=tmp_path / "first" / "plugin.py").load()
        with pytest.raises(ContractError, match=r"imports clashing_helper and would get .*first"):
            FromFile(path=tmp_path / "second" / "plugin.py").load()
    finally:
        sys.path[:] = before
        sys.modules.pop("clashing_helper", None)
