"""Sets of expected values about drawn cases, computed by scikit-learn, scipy, statsmodels and from definitions."""

from itertools import combinations
from typing import Any

import numpy as np
from scipy import stats
from sklearn import metrics
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

Set = dict[str, Any]
CLASSES = ("normal", "bacterial", "viral")
Z = stats.norm.ppf(0.975)


def plain(value: Any) -> Any:
    """Return a value as JSON would hold it."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def delong(positive: np.ndarray, first: np.ndarray, second: np.ndarray) -> dict[str, Any]:
    """Compare two areas from all pairs of a positive and a negative case."""
    wins = []
    for score in (first, second):
        sick, well = score[positive][:, None], score[~positive][None]
        wins.append((sick > well) + 0.5 * (sick == well))
    m, n = wins[0].shape
    shared = np.cov([w.mean(1) for w in wins]) / m + np.cov([w.mean(0) for w in wins]) / n
    apart = wins[0].mean() - wins[1].mean()
    variance = shared[0, 0] + shared[1, 1] - 2 * shared[0, 1]
    return {
        "auc_a": wins[0].mean(), "auc_b": wins[1].mean(), "var_a": shared[0, 0], "var_b": shared[1, 1],
        "cov": shared[0, 1], "auc_diff": apart, "se_diff": variance**0.5, "z": apart / variance**0.5,
        "p": 2 * stats.norm.sf(abs(apart) / variance**0.5),
        "ci95_diff": [apart - Z * variance**0.5, apart + Z * variance**0.5],
    }  # fmt: skip


def binary() -> Set:
    """Draw a task of two classes that two models answer with one probability a case."""
    generator = np.random.default_rng(1)
    y = generator.integers(0, 2, 40)
    a, b = (np.clip(generator.normal(0.3 + 0.4 * y, 0.3), 0.01, 0.99).round(3) for _ in range(2))
    said, other = (a >= 0.5).astype(int), (b >= 0.5).astype(int)
    (tn, fp), (fn, tp) = metrics.confusion_matrix(y, said).tolist()
    cuts = [0.1, 0.3]
    benefit = [((a >= t) & (y == 1)).mean() - ((a >= t) & (y == 0)).mean() * t / (1 - t) for t in cuts]
    return plain({
        "y_true": y, "prob_a": a, "prob_b": b, "pred_a": said, "pred_b": other, "thresholds": cuts,
        "expected_a": {
            "confusion": [[tn, fp], [fn, tp]], "tp": tp, "fp": fp,
            "sensitivity": tp / (tp + fn), "specificity": [tp / (tp + fn), tn / (tn + fp)],
            "ppv": tp / (tp + fp), "npv": tn / (tn + fn), "f1": metrics.f1_score(y, said),
            "f1_macro": metrics.f1_score(y, said, average="macro"), "mcc": metrics.matthews_corrcoef(y, said),
            "sensitivity_wilson95": list(proportion_confint(tp, tp + fn, method="wilson")),
            "specificity_clopper_pearson95": list(proportion_confint(tn, tn + fp, method="beta")),
            "accuracy_wilson90": list(proportion_confint(tp + tn, 40, 0.1, method="wilson")),
            "youden_j": tp / (tp + fn) - fp / (fp + tn), "lr_plus": (tp / (tp + fn)) / (fp / (fp + tn)),
            "auc": metrics.roc_auc_score(y, a), "average_precision": metrics.average_precision_score(y, a),
            "auc_hardlabel": metrics.roc_auc_score(y, said),
            "brier": metrics.brier_score_loss(y, a), "brier_multiclass_sum": 2 * metrics.brier_score_loss(y, a),
            "log_loss": metrics.log_loss(y, a), "net_benefit": benefit, "net_benefit_0.3": benefit[1],
        },
        "expected_b": {"accuracy": metrics.accuracy_score(y, other), "roc_auc": metrics.roc_auc_score(y, b)},
        "mcnemar": tested(y, said, other), "kappa_a_b": metrics.cohen_kappa_score(said, other),
        "delong": delong(y == 1, a, b),
    })  # fmt: skip


def tested(y: np.ndarray, a: np.ndarray, b: np.ndarray) -> dict[str, Any]:
    """Return McNemar's tests."""
    one, other = a == y, b == y
    table = [[(one & other).sum(), (one & ~other).sum()], [(~one & other).sum(), (~one & ~other).sum()]]
    exact, plainly, corrected = (
        mcnemar(table, exact=True), mcnemar(table, exact=False, correction=False), mcnemar(table, exact=False)
    )  # fmt: skip
    few, all_ = min(table[0][1], table[1][0]), table[0][1] + table[1][0]
    return {
        "table": plain(table), "b": table[0][1], "c": table[1][0], "exact_p": exact.pvalue,
        "midp": exact.pvalue - stats.binom.pmf(few, all_, 0.5), "chi2_cc_stat": corrected.statistic,
        "chi2_cc_p": corrected.pvalue, "chi2_stat": plainly.statistic, "chi2_p": plainly.pvalue,
    }  # fmt: skip


def three_classes() -> Set:
    """Draw a task of three classes with probabilities of six decimals, and DeLong's figures of each class."""
    generator = np.random.default_rng(2)
    y = generator.integers(0, 3, 60)
    a, b = (softly(generator, y) for _ in range(2))
    said = a.argmax(1)
    return plain({
        "class_names": list(CLASSES), "y_true": [CLASSES[k] for k in y], "prob": a, "prob_b": b,
        "expected": {
            **{
                f"auc_{how}_{average}": metrics.roc_auc_score(y, a, multi_class=how, average=average)
                for how in ("ovr", "ovo") for average in ("macro", "weighted")
            },
            "auc_per_class_ovr": [metrics.roc_auc_score(y == k, a[:, k]) for k in range(3)],
            "log_loss": -np.log(a[np.arange(60), y]).mean(), "ece_10_equalwidth_l1": calibration(y, a, bins=10),
            "per_class": {
                name: {"recall": share, "precision": precision}
                for name, share, precision in zip(
                    CLASSES, metrics.recall_score(y, said, average=None),
                    metrics.precision_score(y, said, average=None), strict=True,
                )
            },
            "macro": {"precision": metrics.precision_score(y, said, average="macro")},
        },
        "delong_per_class": per_class(y, a, b),
    })  # fmt: skip


def per_class(y: np.ndarray, a: np.ndarray, b: np.ndarray) -> list[dict[str, Any]]:
    """Return DeLong's figures of each class against the others."""
    return [delong(y == k, a[:, k], b[:, k]) for k in range(3)]


def softly(generator: np.random.Generator, y: np.ndarray) -> np.ndarray:
    """Draw rows that sum to 1 but for what six decimals leave out."""
    raw = np.exp(generator.normal(size=(len(y), 3)) + 1.3 * np.eye(3)[y])
    return np.asarray((raw / raw.sum(1, keepdims=True)).round(6))


def calibration(y: np.ndarray, prob: np.ndarray, *, bins: int) -> float:
    """Return the expected calibration error from its definition, in bins (low, high]."""
    sure, right = prob.max(1), prob.argmax(1) == y
    here = [(sure > k / bins) & (sure <= (k + 1) / bins) for k in range(bins)]
    return float(sum(h.mean() * abs(sure[h].mean() - right[h].mean()) for h in here if h.any()))


def groups() -> Set:
    """Draw three groups of errors of attacks, tested as the paper did, and with other tests."""
    generator = np.random.default_rng(3)
    given = {name: generator.normal(mean, 0.5, 9).round(3) for name, mean in (("raw", 1), ("update", 1.2), ("sum", 2))}
    pairs = {f"{a}|{b}": (given[a], given[b]) for a, b in combinations(given, 2)}
    student, welch, paired = (
        {name: test(*pair) for name, pair in pairs.items()}
        for test in (stats.ttest_ind, lambda a, b: stats.ttest_ind(a, b, equal_var=False), stats.ttest_rel)
    )
    whole = stats.f_oneway(*given.values())
    holm = dict(zip(pairs, multipletests([found.pvalue for found in welch.values()], method="holm")[1], strict=True))
    return plain({
        "groups": given, "anova": {"F": whole.statistic, "p": whole.pvalue, "df_between": 2, "df_within": 24},
        "t_tests": {
            name: {
                "student": {"t": student[name].statistic, "p": student[name].pvalue},
                "welch": {"t": welch[name].statistic, "p": welch[name].pvalue, "df": welch[name].df},
                "holm": {"welch_p": holm[name]},
                "paired": {"t": paired[name].statistic, "p": paired[name].pvalue},
            }
            for name in pairs
        },
        "kruskal": {"H": stats.kruskal(*given.values()).statistic},
        "means": {name: values.mean() for name, values in given.items()},
    })  # fmt: skip


def readers() -> Set:
    """Draw readers who answer with names of classes that no file introduces, and every pair of them."""
    generator = np.random.default_rng(4)
    y = generator.integers(0, 2, 50)
    said = {name: np.where(generator.random(50) < 0.75, y, 1 - y) for name in ("dr_one", "dr_two", "net")}
    names = np.array(["benign", "malignant"])
    pairs = {f"{a}|{b}": (said[a], said[b]) for a, b in combinations(said, 2)}
    exact = {name: tested(y, *pair)["exact_p"] for name, pair in pairs.items()}
    return plain({
        "y_true": names[y], "raters": {name: names[labels] for name, labels in said.items()},
        "expected": {
            name: {
                "accuracy": {"value": metrics.accuracy_score(y, labels)}, "kappa": metrics.cohen_kappa_score(y, labels),
                "sensitivity": {"malignant": metrics.recall_score(y, labels)},
            }
            for name, labels in said.items()
        },
        "pairs": {
            name: {"mcnemar": tested(y, *pair), "kappa": metrics.cohen_kappa_score(*pair)}
            for name, pair in pairs.items()
        },
        "holm": dict(zip(exact, multipletests(list(exact.values()), method="holm")[1], strict=True)),
    })  # fmt: skip


def training() -> Set:
    """Return rows of private trainings, by the accountants themselves."""
    from dp_accounting import GaussianDpEvent, PoissonSampledDpEvent, SelfComposedDpEvent
    from dp_accounting.pld import privacy_loss_distribution
    from dp_accounting.rdp import RdpAccountant
    from opacus.accountants import RDPAccountant

    noise, rate, steps, delta = 1.2, 0.05, 80, 1e-5
    renyi, opacus = RdpAccountant(), RDPAccountant()
    renyi.compose(SelfComposedDpEvent(PoissonSampledDpEvent(rate, GaussianDpEvent(noise)), steps))
    opacus.history = [(noise, rate, steps)]
    loss = privacy_loss_distribution.from_gaussian_mechanism(noise, sampling_prob=rate)
    costs = {
        "eps_rdp_dp_accounting": renyi.get_epsilon(delta), "eps_rdp_opacus": opacus.get_epsilon(delta),
        "eps_pld": loss.self_compose(steps).get_epsilon_for_delta(delta),
    }  # fmt: skip
    return plain({
        "delta": delta,
        "rows": [
            {"noise_multiplier": noise, "sample_rate": rate, "steps": steps, **costs},
            {"sigma": noise, "n": 400, "batch_size": 20, "epochs": 4, "epsilon": {"pld": costs["eps_pld"]}},
        ],
    })  # fmt: skip


SETS = {f.__name__: f for f in (binary, three_classes, groups, readers, training)}
