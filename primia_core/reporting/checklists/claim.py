"""CLAIM: what a report of AI in medical imaging owes its readers.

Source: Tejani et al., "Checklist for Artificial Intelligence in Medical Imaging (CLAIM): 2024 Update", Radiology: AI
2024;6(4):e240300. All 44 items, in our own words.
"""

from typing import Final

from primia_core.reporting.checklists import shared
from primia_core.reporting.checklists.item import (
    Answer,
    Answering,
    Item,
    authors,
    by_authors,
    in_part,
    not_applicable,
    reported,
)
from primia_core.reporting.checklists.known import Known
from primia_core.reporting.wording import interval, listed, plural

SOURCE: Final = "Tejani et al., CLAIM 2024 Update, Radiology: Artificial Intelligence 2024;6(4):e240300"


def _identified(known: Known) -> Answer:
    how = "federated deep learning" if known.federated else "deep learning"
    return in_part(
        f"The technology is {how} on grey images. The study's title or abstract is to say so.",
        *known.see("model-identity"),
    )


def _goal(known: Known) -> Answer:
    task = known.model.task
    if task is None:
        return authors("Say whether a model is made, tested, or shown to be feasible, and for which task.")
    return in_part(
        f"A classifier for the task “{task}”. The goal of the study itself is for the authors.", *known.see("model-use")
    )


def _deidentified(known: Known) -> Answer:
    return in_part(
        "Images and identities stay at the sites; patients are keyed pseudonyms there, and nothing with a name "
        "leaves. De-identification within a site is for the authors.",
        *known.see("lineage-job"),
    )


def _reference(known: Known) -> Answer:
    return authors(
        f"Say how it was established which image is {listed(known.model.classes)}; the platform has the labels, not "
        "their origin."
    )


def _variability(known: Known) -> Answer:
    found = known.dossier.comparison
    if found is None or not found.pairs:
        return authors("Give agreement within and between those who set the labels.")
    first = found.pairs[0]
    return in_part(
        f"Agreement between raters who read the cases is given for {plural(len(found.pairs), 'pair')}, e.g. kappa "
        f"{first.kappa:.3f} of {first.first} and {first.second}. Of those who set the labels it is for the authors.",
        *known.see("raters-pairs"),
    )


def _ensembling(known: Known) -> Answer:
    how = "Updates of sites are averaged into one model" if known.federated else "One model"
    return reported(f"None: {how[0].lower()}{how[1:]}, which answers alone.", *known.see("model-identity"))


def _robustness(known: Known) -> Answer:
    audited = known.see("audit-1")
    text = "Intervals by patient and subgroups show some of it; no perturbation of images was examined."
    if audited:
        text = "What an attacker can reconstruct from updates was audited. " + text
    return in_part(text, *known.see("*-subgroups", "*-sites"), *audited)


def _internal(known: Known) -> Answer:
    found = known.main
    if found is None:
        return in_part(
            "Counts of validation and test are on record." if known.evaluated else "No evaluation is on record.",
            *known.see("*"),
        )
    return reported(f"On the {found.split} split, kept apart by patient: {plural(found.n, 'image')}.", *known.see("*"))


def _included(known: Known) -> Answer:
    found = known.main
    if found is None:
        return authors("Give the numbers of patients and images included and excluded, with reasons.")
    of = "" if found.patients is None else f" of {plural(found.patients, 'patient')}"
    return in_part(
        f"Evaluated: {plural(found.n, 'image')}{of}. Numbers of excluded ones, with reasons, are for the authors.",
        *known.see("*"),
    )


def _demographics(known: Known) -> Answer:
    found = known.main
    if found is None or not found.subgroups:
        return authors("Describe the patients of each part of the data.")
    return in_part(
        "Of the evaluated images, by recorded attribute. Of the training part they stay at the sites.",
        *known.see("*-subgroups"),
    )


def _estimates(known: Known) -> Answer:
    found = known.main
    if found is None:
        return shared.performance(known)
    worst = min(found.per_class, key=lambda one: one.sensitivity.value or 0.0)
    return reported(
        "Sensitivity, specificity and predictive values of each class; the lowest sensitivity is that of "
        f"{worst.name}, {interval(worst.sensitivity)}.",
        *known.see("*-classes"),
    )


def _failures(known: Known) -> Answer:
    if not known.evaluated:
        return authors("Describe what the model gets wrong.")
    return in_part(
        "The confusion matrix shows which classes are taken for which. Images that were wrong stay at the sites; "
        "looking at them is for the authors.",
        *known.see("*-classes"),
    )


def _item(number: str, group: str, title: str, answer: Answering) -> Item:
    return Item(f"claim.{number}", group, title, answer)


CLAIM: Final = (
    _item("1", "Title and abstract", "Identified as a study of AI, with its technology", _identified),
    _item("2", "Title and abstract", "Structured summary", by_authors("Write a structured abstract.")),
    _item("3", "Introduction", "Background and intended role", shared.intended_use),
    _item(
        "4",
        "Introduction",
        "Aims, objectives and hypotheses",
        by_authors("State them, as they were before the data was seen."),
    ),
    _item(
        "5",
        "Methods: design",
        "Prospective or retrospective",
        by_authors("Say which. Images were stored at the sites before training."),
    ),
    _item("6", "Methods: design", "Goal of the study", _goal),
    _item("7", "Methods: data", "Sources of data", shared.sources),
    _item(
        "8",
        "Methods: data",
        "Inclusion and exclusion",
        by_authors("Say which patients and images were eligible at each site."),
    ),
    _item("9", "Methods: data", "Preprocessing", shared.preprocessing),
    _item(
        "10",
        "Methods: data",
        "Selection of parts of images",
        lambda known: reported("Whole images, one at a time; no region was cut out.", *known.see("model-input")),
    ),
    _item("11", "Methods: data", "De-identification", _deidentified),
    _item("12", "Methods: data", "Missing data", shared.missing),
    _item("13", "Methods: data", "Acquisition", by_authors("Give devices, projections and settings at each site.")),
    _item("14", "Methods: reference standard", "How it was obtained", _reference),
    _item("15", "Methods: reference standard", "Why this one", by_authors("Say why, and what its errors are.")),
    _item(
        "16",
        "Methods: reference standard",
        "Source of annotations",
        by_authors("Say who set the labels, with which training and experience."),
    ),
    _item(
        "17",
        "Methods: reference standard",
        "Annotation of the test set",
        by_authors("Say how test labels were set, and by how many readers."),
    ),
    _item("18", "Methods: reference standard", "Variability between and within raters", _variability),
    _item("19", "Methods: partitions", "How data was assigned", shared.partition),
    _item("20", "Methods: partitions", "Level at which parts are disjoint", shared.disjoint),
    _item("21", "Methods: testing data", "Intended sample size", shared.sizes),
    _item("22", "Methods: model", "The model in detail", shared.model),
    _item("23", "Methods: model", "Software", shared.software),
    _item("24", "Methods: model", "Weights at the start", shared.initialisation),
    _item("25", "Methods: training", "Training in detail", shared.training),
    _item("26", "Methods: training", "Choice of the final model", shared.selection),
    _item("27", "Methods: training", "Ensembles", _ensembling),
    _item("28", "Methods: evaluation", "Measures", shared.measures),
    _item("29", "Methods: evaluation", "Significance and uncertainty", shared.uncertainty),
    _item("30", "Methods: evaluation", "Robustness", _robustness),
    _item(
        "31", "Methods: evaluation", "Explainability", lambda _: not_applicable("No method of explanation was used.")
    ),
    _item("32", "Methods: evaluation", "On internal data", _internal),
    _item("33", "Methods: evaluation", "On external data", shared.external),
    _item(
        "34",
        "Methods: evaluation",
        "Registration of a trial",
        by_authors("Give register and number, or say that it was no trial."),
    ),
    _item("35", "Results: data", "Included and excluded", _included),
    _item("36", "Results: data", "Demographic and clinical characteristics", _demographics),
    _item("37", "Results: performance", "Performance with uncertainty", shared.performance),
    _item("38", "Results: performance", "Diagnostic performance and its precision", _estimates),
    _item("39", "Results: performance", "Analysis of failures", _failures),
    _item("40", "Discussion", "Limitations", shared.limitations),
    _item("41", "Discussion", "Implications for practice", by_authors("Say what follows for care, and what does not.")),
    _item(
        "42",
        "Other",
        "Full protocol",
        by_authors("Say where the protocol is. The signed plan is in this report, where it was kept."),
    ),
    _item("43", "Other", "Availability of software, model and data", shared.sharing),
    _item("44", "Other", "Funding", by_authors("Name the funders, their part, and the authors' independence.")),
)
