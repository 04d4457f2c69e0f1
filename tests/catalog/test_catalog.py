import subprocess
import sys

import pytest

from harness.catalog import Catalog, FromFile, FromModule, LoadedPredictor, LoadedProxy, installed
from harness.core.errors import ContractError, DataError, UsageError


def test_every_module_of_the_package_is_a_usable_plugin():
    assert installed().broken == ()


def test_a_name_is_chosen_once_however_often_it_is_named():
    names = [proxy.name for proxy in installed().choose(LoadedProxy, ["params", "*", "params"], "")]
    assert len(names) == len(set(names))


def test_an_unknown_plugin_is_answered_with_the_nearest_one():
    with pytest.raises(UsageError, match="unknown proxy 'synflw' in --plugin; did you mean 'syn"):
        installed().choose(LoadedProxy, ["synflw"], "--plugin")


def test_a_file_with_a_syntax_error_is_named_with_its_line(tmp_path):
    path = tmp_path / "broken.py"
    path.write_text("x = 1\ndef score(:\n")
    with pytest.raises(ContractError, match=r"broken\.py:2: syntax error"):
        FromFile(path=path).load()


def test_a_file_that_fails_to_import_says_why(tmp_path):
    path = tmp_path / "broken.py"
    path.write_text("import not_a_module_at_all")
    with pytest.raises(ContractError, match=r"ModuleNotFoundError: No module named 'not_a_mod"):
        FromFile(path=path).load()


def test_an_import_that_fails_is_named_with_its_line(tmp_path):
    path = tmp_path / "broken.py"
    path.write_text("from harness.plugin import Direction\n\nBEST = Direction.HIGH\n")
    with pytest.raises(ContractError, match=r"cannot be imported: AttributeError: HIGH \(line 3\)"):
        FromFile(path=path).load()


def test_one_plugin_under_the_name_of_several_is_told(tmp_path):
    path = tmp_path / "one.py"
    path.write_text("PLUGINS = 5\n")
    with pytest.raises(
        ContractError, match="a single object of type int under the name PLUGINS; give"
    ):
        FromFile(path=path).load_all()


def test_a_file_without_plugin_says_what_it_should_end_with(tmp_path):
    path = tmp_path / "empty.py"
    path.write_text("")
    with pytest.raises(ContractError, match=r"ends with PLUGIN = ZeroCostProxy"):
        FromFile(path=path).load()


@pytest.mark.parametrize(
    ("field", "value", "wanted"),
    [
        ("name", "5", "one line of printable text, 500 characters at most"),
        ("version", "'1' * 501", "one line of printable text, 500 characters at most"),
        ("version", "1", "one line of printable text, 500 characters at most"),
        ("summary", "'two\\nlines'", "one line of printable text, 500 characters at most"),
        ("direction", "'higher'", "Direction.HIGHER or Direction.LOWER"),
        ("passes", "WEIGHTS", "passes in parentheses, (WEIGHTS,) for one"),
        ("passes", "('weights',)", "passes in parentheses, (WEIGHTS,) for one"),
        ("spaces", "'nas-bench-201'", 'texts in parentheses, ("a",) for one'),
        ("stochastic", "'no'", "True or False"),
        ("stability", "0.1", "a Stability"),
        ("aggregate", "5", "a function or None"),
    ],
)
def test_a_field_of_another_kind_is_named_when_the_file_is_loaded(tmp_path, field, value, wanted):
    given = {
        **{"name": "'p'", "version": "'1'", "summary": "''", "direction": "Direction.LOWER"},
        **{"passes": "(WEIGHTS,)", "score": "len", field: value},
    }
    path = tmp_path / "p.py"
    path.write_text(
        "from harness.passes.weights import WEIGHTS\n"
        "from harness.plugin import Direction, ZeroCostProxy\n"
        f"PLUGIN = ZeroCostProxy({', '.join(f'{key}={text}' for key, text in given.items())})\n"
    )
    with pytest.raises(ContractError) as refused:
        FromFile(path=path).load()
    assert str(refused.value).startswith(f"the field {field} of the plugin of {path} is ")
    assert str(refused.value).endswith(f"; give {wanted}")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["", "my proxy", "a/b", ".a", "a" * 101])
def test_a_name_that_cannot_be_that_of_a_file_is_refused_when_the_file_is_loaded(tmp_path, name):
    path = tmp_path / "p.py"
    path.write_text(
        "from harness.plugin import Direction, ZeroCostProxy\n"
        f"PLUGIN = ZeroCostProxy(name={name!r}, version='1', summary='', passes=(), score=len,\n"
        "                       direction=Direction.LOWER)\n"
    )
    with pytest.raises(ContractError, match=f"is named '{name[:80]}'; a name has letters, digits"):
        FromFile(path=path).load()


def test_a_missing_file_and_a_binary_file_are_one_sentence_each(tmp_path):
    with pytest.raises(UsageError, match="there is no plugin file"):
        FromFile(path=tmp_path / "none.py").load()
    path = tmp_path / "binary.py"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="cannot read the plugin file"):
        FromFile(path=path).load()


def test_two_plugins_of_one_name_are_refused(load_plugin):
    catalog = Catalog().with_plugin(load_plugin("return 1.0"))
    with pytest.raises(UsageError, match="give it another name"):
        catalog.with_plugin(load_plugin("return 2.0"))


def test_a_broken_installed_plugin_breaks_nothing_and_is_told(monkeypatch):
    from harness.catalog import catalog as module

    broken = FromModule(module="harness_test_no_such_module")
    monkeypatch.setattr(module, "_offered", lambda: [broken])
    catalog = installed()
    assert [plugin.origin for plugin in catalog.broken] == [broken]
    assert "No module named" in catalog.broken[0].reason
    assert "synflow" in catalog.loaded


def test_finding_all_plugins_loads_neither_torch_nor_pandas():
    code = (
        "import sys; from harness.catalog import installed; installed(); "
        "print({'torch', 'pandas', 'scipy.stats'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr


VARIANTS = """
from harness.encodings import encoding
from harness.predictor import Predictor, variants

PLUGINS = variants(
    Predictor(name="mine", version="1", summary="", encoding=encoding("counts"),
              fit=lambda labelled, seed: None, in_unit=True),
    "counts", "graf",
)
"""


@pytest.fixture
def variants(tmp_path):
    path = tmp_path / "variants.py"
    path.write_text(VARIANTS)
    return FromFile(path=path)


def test_a_file_may_hold_several_predictors_under_plugins(variants):
    assert [variant.name for variant in variants.load_all()] == ["mine-counts", "mine-graf"]


def test_a_predictor_is_no_proxy_and_says_where_it_is_evaluated(variants):
    with pytest.raises(UsageError, match=r"predictor 'mine-counts' in .*\.py is no proxy; predic"):
        variants.load()


def test_a_searched_proxy_is_no_proxy_and_says_how_it_becomes_one():
    origin = FromModule(module="harness.plugins.searched.dps")
    with pytest.raises(UsageError, match=r"'dps' in .* is no proxy; harness tune finds"):
        origin.load()


def test_an_edited_file_is_another_predictor(variants):
    before = variants.load_all()[0].key
    variants.path.write_text(VARIANTS.replace("None", "print"))
    assert variants.load_all()[0].key != before


def test_an_unknown_predictor_is_answered_with_the_nearest_one():
    with pytest.raises(UsageError, match="unknown predictor 'random_forest-cz' in --plugin; did"):
        installed().choose(LoadedPredictor, ["random_forest-cz"], "--plugin")


def test_a_file_that_holds_something_else_says_what(tmp_path):
    path = tmp_path / "number.py"
    path.write_text("PLUGIN = 3")
    with pytest.raises(ContractError, match="has an object of type int under the name PLUGIN"):
        FromFile(path=path).load()
