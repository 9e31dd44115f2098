"""What a strategy, regime or model cannot do with a scenario: one line, exit code 2."""

import pytest

VOTER = '{kind="random-voter", voter_weights=[1.0]}'
STAGE = 'kind="k-choice", voter_weights=[1.0]'
REPLACE = 'inner={kind="replace"}'
RULE = 'kind="rule", n_candidates=100, n_kept=50'


def rule(score=VOTER, draw='{kind="slates", slate_size=4}'):
    return f"curation={{{RULE}, score={score}, draw={draw}}}"


def chain(owner, public):
    return f"curation={{kind='chain', owner={{{owner}}}, public={{{public}}}}}"


CURATION = {
    "top fraction above 1": (
        rule(draw='{kind="top-fraction", fraction=1.5}'),
        ["curation.draw.fraction", "(0, 1]", "1.5"],
    ),
    "top fraction too small": (
        rule(draw='{kind="top-fraction", fraction=0.1}'),
        ["curation.draw.fraction", "10", "n_kept = 50"],
    ),
    "too few for disjoint slates": (
        rule(draw='{kind="disjoint-slates", slate_size=4}'),
        ["curation.draw.slate_size", "200", "100"],
    ),
    "negative acceptance": (
        rule(draw='{kind="rejection"}'),
        ["curation.draw", "at least 0", "-"],
    ),
    "zero temperature": (
        rule(draw='{kind="softmax", temperature=0.0}'),
        ["curation.draw.temperature", "positive", "0.0"],
    ),
    "misspelt score": (
        rule(score='{kind="random-votr"}'),
        ["curation.score.kind", "'random-voter'"],
    ),
    "no inner score": (
        rule(score='{kind="novelty"}'),
        ["curation.score.inner", "missing"],
    ),
    "a wrong share inside": (
        rule(score=f'{{kind="careless-voters", share=2.0, inner={VOTER}}}'),
        ["curation.score.share", "between 0 and 1", "2.0"],
    ),
    "a weight too many inside": (
        rule(score=f'{{kind="novelty", inner={VOTER.replace("1.0", "0.5, 0.5")}}}'),
        ["curation.score.inner.voter_weights", "2 weights", "1 rewards"],
    ),
    "stages disagree": (
        chain(
            f"{STAGE}, n_candidates=100, n_kept=50",
            f"{STAGE}, n_candidates=40, n_kept=20",
        ),
        ["curation.public.n_candidates", "40", "50"],
    ),
}

REGIMES = {
    "a window longer than the run": (
        'regime={kind="sliding-window", window=99}',
        ["regime.window", "99", "rounds"],
    ),
    "an empty window": (
        'regime={kind="sliding-window", window=0}',
        ["regime.window", "at least 1"],
    ),
    "no sampling bias": (
        f'regime={{kind="sampling-bias", sampling_bias=0.0, {REPLACE}}}',
        ["regime.sampling_bias", "(0, 1]", "0.0"],
    ),
    "an anchor of another shape": (
        'regime={kind="external-anchor", anchor={kind="gaussian", dim=5}}',
        ["regime.anchor", "(5,)"],
    ),
    "more real samples than there are": (
        'regime={kind="fixed-real", n_real=100000}',
        ["regime.n_real", "100000"],
    ),
    "a verifier that rejects everything": (
        f'regime={{kind="verifier-filter", {REPLACE}, threshold=1e9, '
        'verifier={kind="distance", target=[0.0, 0.0]}}',
        ["nothing left to train on", "round 1", "seed 0"],
    ),
    "a verifier that accepts nothing good": (
        f'regime={{kind="verifier-filter", {REPLACE}, phi=0.0, '
        'verifier={kind="distance", target=[0.0, 0.0]}}',
        ["regime.phi", "(0, 1]"],
    ),
}

MODELS = {
    "more components than points": (
        'model={kind="gaussian-mixture", components=100000}',
        ["model.components", "100000"],
    ),
    "no components": (
        'model={kind="gaussian-mixture", components=0}',
        ["model.components", "at least 1"],
    ),
    "no covariance floor": (
        'model={kind="gaussian-mixture", floor=0.0}',
        ["model.floor", "positive"],
    ),
    "no bandwidth": (
        'model={kind="kernel-density", bandwidth=0.0}',
        ["model.bandwidth", "positive"],
    ),
    "a negative bandwidth": (
        'model={kind="kernel-density", bandwidth=-1.0}',
        ["model.bandwidth", "positive"],
    ),
    "letters asked of vectors": ('model={kind="categorical"}', ["model.kind"]),
    "sequences asked of vectors": ('model={kind="n-gram"}', ["model"]),
}


@pytest.mark.parametrize(
    ("given", "says"),
    (CURATION | REGIMES | MODELS).values(),
    ids=CURATION | REGIMES | MODELS,
)
def test_what_cannot_be_is_refused(refused, given, says):
    refused("run", "vectors.toml", "--set", given, says=says)


def test_a_density_is_asked_only_of_models_that_have_one(refused):
    score = f'{{kind="power-novelty", inner={VOTER}}}'
    refused(
        "run",
        "flow.toml",
        "--set",
        rule(score=score),
        says=["curation.score", "FlowMatching", "gaussian-mixture"],
    )
