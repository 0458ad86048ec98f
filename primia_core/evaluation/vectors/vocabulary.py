"""The words for figures, each with the other ways in which files say it. To teach a spelling is to add it here.

A line is a word, a colon, and phrases that mean it, parted by commas. After `-` stand phrases that say nothing.
"""

from typing import Final

from primia_core.evaluation.vectors.lexicon import Meaning, Tokens

SPELLINGS: Final = """
-: expected, metrics, metric, figures, figure, results, result, values, score, coefficient, coef, statistics, summary
-: in, of, the, for, at, and, by, from, with, pairs, pair, pairwise, comparison, comparisons, vs, versus, overall
-: truth, vs truth, reference, raters, rater, readers, models, model, cohen, cohens, cohen s, matthews, test, tests
-: class, classes, groups, group, rows, row, binary, task
point: value, estimate, point estimate
low: lower, lo, lower bound, lcl, lower limit
high: upper, hi, upper bound, ucl, upper limit
ci: confidence interval, interval, conf int, confint
each: per class, by class, each class, classwise, class wise, one each, per label
macro: macro average, macro averaged, macro avg, unweighted mean
weighted: weighted average, weighted averaged, weighted avg, support weighted
micro: micro average, micro averaged, micro avg
n: n cases, cases, n samples, n images, size, count, number
confusion: confusion matrix, cm, confusion counts
tp: true positives, true positive, n tp
fp: false positives, false positive, n fp
tn: true negatives, true negative, n tn
fn: false negatives, false negative, n fn
support: class counts, n per class, counts per class, class sizes
prevalence: base rate
correct: n correct, hits, n right, number correct
errors: n errors, n wrong, misclassified
accuracy: acc, accuracy score, proportion correct, fraction correct, top1, top 1 accuracy
error: error rate, misclassification rate
balanced: balanced accuracy, bal acc, balanced acc, balanced accuracy score, bacc
sensitivity: recall, tpr, sens, true positive rate, hit rate, recall score, sensitivities
specificity: tnr, spec, true negative rate, selectivity, specificities
ppv: precision, positive predictive value, precision score
npv: negative predictive value
fpr: false positive rate, fall out, fallout, false alarm rate
fnr: false negative rate, miss rate
fdr: false discovery rate
falseomission: false omission rate
f1: f1 score, f score, dice
fbeta: f beta, fbeta score
jaccard: iou, jaccard index, critical success index
youden: youden j, youdens j, youden index, informedness, bookmaker informedness, youden s j
markedness: delta p
lrpositive: lr positive, lr plus, lr pos, positive likelihood ratio, lrp, plr, lr +
lrnegative: lr negative, lr minus, lr neg, negative likelihood ratio, lrn, nlr
dor: diagnostic odds ratio
mcc: matthews corrcoef, matthews correlation coefficient, matthews correlation, phi
kappa: cohen kappa, cohens kappa, cohen s kappa, κ, cohen kappa score
none: unweighted, plain, nominal
linear: linear weighted, linearly weighted, weighted linear, linear weights
quadratic: quadratic weighted, quadratically weighted, weighted quadratic, quadratic weights, qwk
agreement: percent agreement, observed agreement, raw agreement, proportion agreement
wilson: wilson score
clopperpearson: clopper pearson, clopper, cp, exact binomial, clopperpearson
agresticoull: agresti coull
jeffreys: jeffreys prior
wald: normal approximation, normal approx
auc: roc auc, auroc, area, area under curve, roc auc score, auc roc, area under the roc curve, aucs
hardlabel: hard label, hard labels, hard, hardlabels, on hard labels, hard label auc
softmax: soft, probabilistic, probability, probabilities
ovr: one vs rest, one versus rest, one vs all, ova, one versus all
ovo: one vs one, one versus one, hand till
ap: average precision, average precision score, auprc, pr auc, auc pr
gini: gini coefficient, somers d
logloss: log loss, cross entropy, nll, negative log likelihood, cross entropy loss
brier: brier score, brier score loss, brier loss
sum: summed, sum over classes, original
half: halved, scaled by half
multiclass: multi class
skill: skill score, bss
ece: expected calibration error, calibration error
mce: maximum calibration error, max calibration error
bins: bin, n bins
equalwidth: equal width, uniform, equal width bins
l1: absolute, norm l1
l2: squared, norm l2, rms
toplabel: top label, top label confidence
reliability: reliability curve, calibration curve, reliability diagram
netbenefit: net benefit, decision curve, dca, net benefit model, nb
treatall: treat all, all, everybody, treat everybody
treatnone: treat none, nobody
topk: top k accuracy, top k
var: variance, auc var, auc variance
se: standard error, std err, stderr, std error
sd: standard deviation, std, stdev, std dev
cov: covariance, cov matrix, covariance matrix, cov ab, s matrix, cov a b, covariance a b
corr: correlation, corr ab, r
delong: delongs, delong s, de long, delong test
difference: diff, delta, auc diff a b, a minus b, mean difference, a less b, auc difference, diff a b, difference a b
z: z score, z stat, z statistic, z value
p: p value, pvalue, pval, p val, p two sided, p 2sided, p two tailed, two sided p, probability value
log10p: log10 p, log10 p value, log10 pvalue, log10p value, log 10 p
stat: statistic, test statistic
mcnemar: mc nemar, mcnemars, mcnemar s
table: contingency, contingency table, 2x2
exact: exact binomial p, binomial, exact test
midp: mid p, mid p value, midp value, mid pvalue, exact midp, exact mid p
chi2: chi squared, chi square, χ2, chisq, chisquare, asymptotic, uncorrected, x2
cc: corrected, continuity corrected, continuity correction, edwards, yates, with correction
oddsratio: odds ratio, or
noninferior: non inferior, noninferiority, non inferiority, is noninferior
newcombe: newcombe paired, newcombe 10, hybrid score, newcombe hybrid score
same: same predictions, identical predictions, itself, self, same rater
holm: holm adjusted, holm bonferroni, p holm adjusted, holms, adjusted holm
bonferroni: bonferroni adjusted
bh: benjamini hochberg, fdr bh
anova: f oneway, one way anova, oneway anova, anova oneway, one way analysis of variance, oneway
student: ttest, t test, t tests, ttests, ttest ind, students, student s, independent, students t test, student s t test
student: student ttest, student t test, ttest student, t test student, pooled, pooled t test, equal var, equal variance
welch: welchs, welch s, unequal var, unequal variance, welch t test, ttest welch, t test welch, welch ttest
welch: welch s t test, ttest ind welch, unpooled
paired: ttest rel, paired t test, dependent, ttest paired, t test paired, paired ttest, related
tukey: tukey hsd, tukeys hsd, tukey s hsd
f: f statistic, f stat, f value
t: t statistic, t stat, t value
u: u statistic, u stat
w: w statistic, w stat
h: h statistic, h stat
df: dof, degrees of freedom, ddf
dfbetween: df between, df1, dfn, df num, df numerator, dof between, df b
dfwithin: df within, df2, dfd, df den, df denominator, dof within, df error, df residual, df w
ssbetween: ss between, ssb, sum sq between
sswithin: ss within, ssw, sse, ss error, sum sq within
sstotal: ss total, sst
msbetween: ms between, msb
mswithin: ms within, msw, mse within
etasquared: eta squared, eta2, eta sq, η2
omegasquared: omega squared, omega2, omega sq
kruskal: kruskal wallis
mannwhitney: mann whitney, mannwhitneyu, mann whitney u, mwu, wilcoxon rank sum, ranksum
wilcoxon: wilcoxon signed rank, signed rank
levene: brown forsythe
bartlett: bartletts
shapiro: shapiro wilk
cohend: cohen d, cohens d, cohen s d, effect size d
hedgesg: hedges g, hedgesg
mean: average, means, group means, group mean
median: medians
mse: mean squared error
rmse: root mean squared error
mae: mean absolute error, l1 error
psnr: psnr db, peak signal to noise ratio
ssim: structural similarity, ssim index
gaussian: gaussian window, wang, wang2004, gaussian weights
uniformwindow: skimage default, skimage, uniform window, uniform 7, win 7, win7
zunits: in z units, z units, normalised units, in normalised units
mu: mean pixel
fid: frechet distance, frechet inception distance, frechet
kid: kernel inception distance, kernel distance
mmd: mmd2, mmd squared
unbiased: u statistic estimate
biased: v statistic
ddof: dof correction
epsilon: eps, ε, epsilon spent
rdp: renyi, rényi, rdp accountant, renyi dp, moments accountant
pld: privacy loss distribution, pld accountant, privacy loss distributions
prv: prv accountant, privacy random variables
opacus: by opacus
dpaccounting: dp accounting, dpacc, dp acc, google, google dp
record: of record
order: rdp order, best alpha, optimal order, best order, optimal alpha, alpha, renyi order
meandistance: mean distance sq, mean distance squared, squared mean distance, mean diff sq
"""


def vocabulary() -> dict[Tokens, Meaning]:
    """Return what every phrase means."""
    return {tuple(phrase.split()): meaning for phrase, meaning in _spelt()}


def _spelt() -> list[tuple[str, Meaning]]:
    found: list[tuple[str, Meaning]] = []
    for line in SPELLINGS.strip().splitlines():
        word, _, phrases = line.partition(":")
        meaning = () if word == "-" else (word,)
        found += [(phrase.strip(), meaning) for phrase in phrases.split(",")]
        if word != "-":
            found.append((word, meaning))
    return found
