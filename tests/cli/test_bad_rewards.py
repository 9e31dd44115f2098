"""The user's own reward, broken in every way: one line, and nothing is written."""

import re

import pytest
from commands import assert_one_line
from support import named_cases

REWARD = "reward.0={name='mine', kind='import', path='taste:score'}"
HEADER = "import jax.numpy as jnp\nimport numpy as np\n\n"

AT_ONCE = {
    "returns NaN": ("return x * jnp.nan", ["taste:score", "nan"]),
    "returns infinity": ("return x / 0.0", ["taste:score"]),
    "returns another shape": ("return jnp.zeros(7)", ["taste:score", "(7,)", "(3,)"]),
    "returns one number": ("return 1.0", ["taste:score", "(3,)", "()"]),
    "returns text": ("return 'good'", ["taste:score", "good"]),
    "returns nothing": ("return None", ["taste:score"]),
    "raises": ("raise RuntimeError('no luck\\n at all')", ["taste:score", "no luck"]),
    "divides by zero": ("return 1 / 0", ["taste:score", "division by zero"]),
    "leaves": ("raise SystemExit(0)", ["taste:score"]),
}

NOT_TRACEABLE = {
    "NumPy": "return np.sqrt(np.asarray(x) * 1.0)",
    "a branch": "return x * 1.0 if x[0] > 0 else x * 2.0",
    "a float": "return jnp.array([float(value) for value in x])",
}

NOT_IMPORTABLE = {
    "no module": ("", "nowhere:score", ["reward", "nowhere:score", "nowhere"]),
    "no function": ("", "taste:scores", ["reward", "taste:scores", "scores"]),
    "no colon": ("", "taste", ["path", "package.module:function", "'taste'"]),
    "no callable": ("score = 3", "taste:score", ["taste:score", "callable"]),
    "syntax": ("def score(:", "taste:score", ["taste:score", "syntax"]),
    "fails": ("1 / 0", "taste:score", ["taste:score", "division by zero"]),
}

ON_THE_HOST = {
    "raises": ("raise RuntimeError('tired')", ["tired"]),
    "returns another shape": ("return np.zeros(7)", ["(7,)"]),
}


@pytest.fixture
def tasting(here, refused):
    """Run a scenario whose reward is ``taste:score``; it must be refused."""

    def run(source, scenario, *settings, path="taste:score", **expected):
        (here / "taste.py").write_text(source)
        reward = REWARD.replace("taste:score", path)
        given = [word for setting in (reward, *settings) for word in ("--set", setting)]
        return refused("run", scenario, *given, **expected)

    return run


def scoring(body):
    return f"{HEADER}def score(x):\n    {body}\n"


@pytest.mark.parametrize(
    ("body", "says"),
    named_cases(AT_ONCE, {"returns NaN", "returns another shape", "raises", "leaves"}),
)
def test_bad_reward_is_refused_on_the_first_samples(tasting, body, says):
    tasting(scoring(body), "letters.toml", says=says)


@pytest.mark.parametrize("body", named_cases(NOT_TRACEABLE, {"a branch"}))
def test_reward_that_jax_cannot_trace_is_told_of_the_host_option(tasting, body):
    tasting(scoring(body), "letters.toml", says=["taste:score", "host"])


@pytest.mark.parametrize(
    ("source", "path", "says"),
    named_cases(NOT_IMPORTABLE, {"no module", "no colon", "syntax"}),
)
def test_reward_that_cannot_be_imported_is_refused(tasting, source, path, says):
    tasting(source, "letters.toml", path=path, says=says)


@pytest.mark.parametrize(("body", "says"), named_cases(ON_THE_HOST, {"raises"}))
def test_host_reward_that_breaks_on_many_samples_is_refused(tasting, body, says):
    """The first samples and the 10 atoms are scored well, the candidates are not."""
    body = f"if len(x) <= 10:\n        return np.zeros(len(x))\n    {body}"
    settings = ["reward.0.host=true", "data.n=20"]
    tasting(scoring(body), "vectors.toml", *settings, says=says)


# The real data and the atoms are scored well; some of the 200 candidates are not.
SOME = "return jnp.where((len(x) == 200) & (x[:, 0] > 2), jnp.nan, 0.0)"


@pytest.mark.slow
def test_nan_for_some_samples_of_p_0_is_refused(tasting):
    tasting(scoring(SOME), "vectors.toml", says=["arm", "round 0", "seed"])


def test_nan_at_the_start_spares_the_run_to_be_replaced(here, done, refused):
    (here / "taste.py").write_text(scoring(SOME))
    given = ["--out", "done", "--force", "--set", REWARD]
    refused("run", "vectors.toml", *given, says=["arm", "round 0", "seed"])


def test_nan_in_a_later_round_names_arm_round_and_seed(here, cli):
    """Curation draws the samples together, until the reward takes offence."""
    body = "return jnp.where(x.std() < 1, jnp.nan, -(x**2).sum(axis=1))"
    (here / "taste.py").write_text(scoring(body))
    finished = cli("run", "vectors.toml", "--rounds", "9", "--set", REWARD)
    assert_one_line(finished, ["not finite"])
    assert re.search(r"arm 'gaussian', round [1-9], seed [01]", finished.err)
