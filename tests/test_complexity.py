"""How dense a function may be: what is counted, under which name, and when `make lint` complains."""

from pathlib import Path

from scripts.complexity import MOST, complaints, complexities, functions, outermost

SOURCE = """
def plain():
    return 1

async def branched(a, b):
    if a and b or not a:
        return [each for each in b if each]
    def inner(c):
        return 1 if c else 2
    return inner

class Outer:
    def method(self, a):
        for each in a:
            yield each

    class Inner:
        def method(self):
            pass
"""


def test_functions_methods_and_inner_functions_are_counted_by_themselves() -> None:
    found = {name: function.complexity for name, function in functions(outermost(SOURCE))}
    assert found == {
        "plain": 1,
        "branched": 6,
        "branched.inner": 2,
        "Outer.method": 2,
        "Outer.Inner.method": 1,
    }


def test_a_function_above_the_limit_is_named(tmp_path: Path) -> None:
    package = tmp_path / "evals"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "dense.py").write_text(f"def dense(a):\n    return {' and '.join(['a'] * (MOST + 1))}\n")
    (package / "plain.py").write_text(f"def plain(a):\n    return {' and '.join(['a'] * MOST)}\n")
    found = complexities(tmp_path)
    assert found == {"evals.dense:dense": MOST + 1, "evals.plain:plain": MOST}
    (sentence,) = complaints(found)
    assert sentence.startswith(f"evals.dense:dense has a complexity of {MOST + 1}, at most {MOST} is allowed")


def test_the_product_keeps_the_limit(repository: Path) -> None:
    found = complexities(repository)
    assert len(found) > 2000
    assert complaints(found) == []
