"""Names of figures as words: what is spelt otherwise is the same, what has a word too many is not."""

import pytest

from primia_core.evaluation.vectors.figures import FIGURES
from primia_core.evaluation.vectors.lexicon import Entity, Lexicon
from primia_core.evaluation.vectors.table import Asked, table
from primia_core.evaluation.vectors.vocabulary import vocabulary

WORDS = Lexicon(vocabulary())


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["auc_ovr_macro", "ROC-AUC OvR macro", "rocAucOneVsRestMacroAverage"], {"auc", "ovr", "macro"}),
        (["sensitivity", "recall_score", "TPR", "truePositiveRate"], {"sensitivity"}),
        (["ppv", "precision", "positive_predictive_value"], {"ppv"}),
        (["f1", "F1Score", "f1-score"], {"f1"}),
        (["mcc", "matthews_corrcoef", "MatthewsCorrelationCoefficient"], {"mcc"}),
        (["chi2_cc_p", "χ²_corrected_p_value", "chi_squared continuity corrected p"], {"chi2", "cc", "p"}),
        (["midp", "mid_p", "mid-p value"], {"midp"}),
        (["kappa_quadratic", "cohen's kappa (quadratic weights)", "quadraticWeightedKappa"], {"kappa", "quadratic"}),
        (["welch_t_test.p_value", "ttest_welch.p"], {"welch", "p"}),
        (["epsilon_rdp_opacus", "eps (Rényi, Opacus)"], {"epsilon", "rdp", "opacus"}),
    ],
)
def test_one_figure_has_one_set_of_words_however_it_is_spelt(names: list[str], words: set[str]) -> None:
    for name in names:
        assert WORDS.read(name.split(".")).words == words, name


def test_nesting_is_as_good_as_a_long_name() -> None:
    assert WORDS.read(["AUC", "ovr", "macro"]).words == WORDS.read(["auc_ovr_macro"]).words


def test_numbers_are_kept_apart_from_words() -> None:
    for name in ("accuracy_wilson95", "accuracy_wilson_95", "accuracy Wilson 95%"):
        reading = WORDS.read([name])
        assert (reading.words, reading.numbers) == ({"accuracy", "wilson"}, (95.0,))
    assert WORDS.read(["mse_in_z_units_mu.5_sd.25"]).numbers == (0.5, 0.25)
    assert WORDS.read(["delta_1e-5"]).numbers == (1e-5,)


def test_a_word_that_nobody_knows_stays() -> None:
    assert WORDS.read(["accuracy_of_training"]).words == {"accuracy", "training"}
    assert WORDS.read(["accuracy<"]).words == {"accuracy", "<"}


def test_the_longest_name_of_a_rater_is_meant_and_two_make_a_pair() -> None:
    phrases = {("expert",): Entity("rater", "expert"), ("expert", "2"): Entity("rater", "expert 2")}
    lexicon = Lexicon({**vocabulary(), **phrases, ("b",): Entity("rater", "b")})
    assert lexicon.read(["kappa_expert_2_vs_expert"]).raters == ("expert 2", "expert")
    count = lexicon.read(["expert|b", "mcnemar", "b"])
    assert (count.raters, count.words) == (("expert", "b"), {"mcnemar", "b"})


def test_no_set_of_words_means_two_figures() -> None:
    with pytest.raises(ValueError, match=r"\['auc', 'macro'\] means two figures"):
        table({"auc [macro]": lambda who, _: 1, "auc macro [ovr]": lambda who, _: 2})


def test_a_name_gives_only_numbers_that_its_figure_takes() -> None:
    interval, error = FIGURES[frozenset({"accuracy", "wilson"})], FIGURES[frozenset({"ece", "equalwidth", "l1"})]
    assert interval.claim([95.0]) == ({"level": 95.0}, ())
    assert interval.claim([2.0]) == ({}, (2.0,))
    assert error.claim([1.0, 10.0]) == ({"bins": 10.0}, (1.0,))
    assert Asked(numbers={"level": 90}).level == Asked(numbers={"level": 0.9}).level == 0.9
