"""Answers that both checklists ask for."""

from primia_core.reporting.checklists.item import Answer, authors, in_part, not_applicable, reported
from primia_core.reporting.checklists.known import Known
from primia_core.reporting.sections.card import architecture
from primia_core.reporting.wording import count, decimal, interval, listed, percent, plural


def title(known: Known) -> Answer:
    """Say what the study's title has to name."""
    return in_part(
        f"The report's title is “{known.dossier.title}”. The study's own title is to name the task, the kind of model "
        "(deep learning on radiographs) and whether it was developed, evaluated or both."
    )


def sources(known: Known) -> Answer:
    """Say where images are from."""
    if not known.sites:
        return authors("Name the sources of the images for training and for evaluation; none are on record here.")
    where = f"{plural(len(known.sites), 'site')}: {listed(known.sites)}"
    return in_part(
        f"{where}. Each cohort's version is on record. Why these sites, and whom they represent, is for the authors.",
        *known.see("lineage-sites", "*-methods"),
    )


def dates(known: Known) -> Answer:
    """Say when patients were seen."""
    return authors(
        "Give the first and last date of image acquisition at each site; the platform sees no dates of patients."
    )


def setting(known: Known) -> Answer:
    """Say where care takes place."""
    if not known.sites:
        return authors("Name the centres, their number and the kind of care.")
    return in_part(
        f"{plural(len(known.sites), 'centre')}. Kind of care and country of each are for the authors.",
        *known.see("lineage-sites"),
    )


def preprocessing(known: Known) -> Answer:
    """Say what was done to images."""
    side = known.model.image_size
    if side is None:
        return authors("Describe how images were decoded, resized and scaled.")
    scale = known.model.normalisation
    scaled = f", then scaled by mean {scale.mean:.4f} and standard deviation {scale.std:.4f}" if scale else ""
    return reported(
        f"Decoded to grey values from 0 to 1, made {side} × {side} pixels{scaled}; the same for every patient group. "
        "Unreadable images are quarantined with a reason at the site.",
        *known.see("model-input", "lineage-plan"),
    )


def missing(known: Known) -> Answer:
    """Say what happened to gaps."""
    found = known.main
    unknown = [one for one in found.subgroups if one.group == "unknown"] if found else []
    groups = " Missing age, sex or view form a group “unknown”." if unknown else ""
    return in_part(
        "The only input is the image, so there is nothing to impute; an unreadable image is left out and "
        f"counted.{groups} How many images lacked a label, and why, is for the authors.",
        *known.see("*-subgroups"),
    )


def partition(known: Known) -> Answer:
    """Say how data was split."""
    seed = known.model.split_seed
    how = f" with the seed {seed}" if seed is not None else ""
    training = "training, validation and test at each site" if known.federated else "training, validation and test"
    found = known.main
    size = f" The {found.split} split has {plural(found.n, 'image')}." if found else ""
    return reported(
        f"Into {training}, by patient: by a hash with every class in each part{how}, or as the cohort's own table "
        f"says; validation chose the model, test was used once it was chosen.{size}",
        *known.see("lineage-plan", "*"),
    )


def disjoint(known: Known) -> Answer:
    """Say at which level the parts are disjoint."""
    return reported(
        "Patients: all images of a patient are in one part. A patient known to two sites cannot be noticed.",
        *known.see("lineage-plan"),
    )


def model(known: Known) -> Answer:
    """Describe the network."""
    if not known.model.architecture:
        return authors("Describe the network, its inputs, outputs and number of parameters.")
    size = f", {count(known.model.parameters)} parameters" if known.model.parameters is not None else ""
    return reported(
        f"{architecture(known.model)}{size}. Input and output are described.",
        *known.see("model-identity", "model-input"),
    )


def initialisation(known: Known) -> Answer:
    """Say where weights began."""
    lineage = known.dossier.lineage
    if lineage is None or not lineage.initial_model:
        return authors("Say whether weights were random at the start or pretrained, and on what.")
    return in_part(
        f"The weights at the start have the hash {lineage.initial_model[:16]}…; whether they were random or "
        "pretrained on other images is for the authors.",
        *known.see("lineage-job"),
    )


def training(known: Known) -> Answer:
    """Say how it was trained."""
    lineage = known.dossier.lineage
    if lineage is None or not lineage.plan:
        known_as = f"Strategy {lineage.strategy}. " if lineage and lineage.strategy else ""
        return in_part(
            f"{known_as}Optimiser, rate, batch size, augmentation and length of training are not on record here.",
            *known.see("lineage-job"),
        )
    rounds, strategy = known.setting("strategy", "rounds"), known.setting("strategy", "name")
    private = "" if known.spent is None else f" Differentially private, {known.spent.mode}."
    secure = " under secure aggregation" if lineage.secure else ""
    return reported(
        f"{strategy} over at most {rounds} rounds{secure}; optimiser, rate, batch size, augmentation and stopping are "
        f"in the signed plan.{private}",
        *known.see("lineage-plan", "lineage-steps", "privacy"),
    )


def selection(known: Known) -> Answer:
    """Say how the final model was chosen."""
    lineage = known.dossier.lineage
    best = lineage.best_round if lineage else None
    if best is None:
        return in_part("By validation, never by the test split; which checkpoint was chosen is not on record here.")
    return reported(
        f"The model of round {best}: the best MCC on validation images of all sites together. The test split took no "
        "part.",
        *known.see("lineage-job"),
    )


def measures(known: Known) -> Answer:
    """Say which measures are used."""
    if known.main is None:
        return in_part(
            "Measures from counts only." if known.evaluated else "No evaluation is on record.", *known.see("*")
        )
    return reported(
        "Discrimination (accuracy, MCC, sensitivity, specificity, predictive values, ROC-AUC), calibration "
        "(reliability curve, calibration error, Brier score) and net benefit (decision curves), with plots.",
        *known.see("*-overall", "*-classes", "*-calibration", "*-decision", "raters"),
    )


def uncertainty(known: Known) -> Answer:
    """Say how uncertainty is told."""
    if known.main is None:
        return in_part(
            "Wilson's intervals and a bootstrap of the MCC, from counts."
            if known.evaluated
            else "No evaluation is on record.",
            *known.see("*"),
        )
    clustered = " and by a bootstrap of whole patients" if known.main.accuracy_by_patient is not None else ""
    return reported(
        f"95 % intervals: Wilson, Clopper and Pearson, DeLong, bootstrap by image{clustered}. Comparisons: McNemar "
        "with Holm's adjustment.",
        *known.see("*-overall", "*-methods", "raters-pairs"),
    )


def performance(known: Known) -> Answer:
    """Say how good it is."""
    found = known.main
    if found is None:
        if not known.evaluated:
            return authors("Evaluate the model; no figures are on record.")
        counted = known.dossier.counted[0]
        figure = interval(counted.figures(known.model.classes).accuracy)
        return in_part(
            f"Accuracy {figure} on the {counted.split} split, from counts alone.",
            *known.see("*"),
        )
    return reported(
        f"Accuracy {interval(found.accuracy)}, MCC {interval(found.mcc)}, ROC-AUC {decimal(found.auc_ovr_macro)} on "
        f"{plural(found.n, 'image')} of the {found.split} split.",
        *known.see("*-overall", "*-classes", "*-subgroups"),
    )


def heterogeneity(known: Known) -> Answer:
    """Say how figures differ between sites."""
    found = known.main
    if found is not None and found.sites:
        spread = [one.accuracy.value for one in found.sites if one.accuracy.value is not None]
        return reported(
            f"Accuracy by site runs from {percent(min(spread))} to {percent(max(spread))}.", *known.see("*-sites")
        )
    if known.federated:
        return in_part(
            "Several sites trained one model. Figures of single sites stay with the sites unless they allow "
            "otherwise, and were not released.",
            *known.see("lineage-sites"),
        )
    return authors("Say whether performance differs between centres; figures by site are not on record.")


def subgroups(known: Known) -> Answer:
    """Say what was done about fairness."""
    found = known.main
    if found is None or not found.subgroups:
        return authors(
            "Say how performance was compared between groups of patients; no figures by age, sex or view are on record."
        )
    attributes = sorted({one.attribute for one in found.subgroups})
    hidden = sum(one.suppressed for one in found.subgroups)
    small = f"; {plural(hidden, 'small group')} not shown" if hidden else ""
    return in_part(
        f"Accuracy and MCC by {listed(attributes)}{small}. No group was reweighted. Ethnicity and means are unknown "
        "to the platform.",
        *known.see("*-subgroups"),
    )


def sizes(known: Known) -> Answer:
    """Say whether there were enough images."""
    found = known.main
    if found is None:
        return authors("Justify the number of images of training and evaluation.")
    least = min(found.per_class, key=lambda one: one.n)
    return in_part(
        f"{plural(found.n, 'image')} evaluated, {count(least.n)} of them of the smallest class ({least.name}); the "
        "intervals show what that suffices for. No size was computed beforehand here: justify it.",
        *known.see("*-overall", "*-classes"),
    )


def software(known: Known) -> Answer:
    """Name the software."""
    return in_part(
        "PriMIA (Apache-2.0): PyTorch for models, scikit-learn, SciPy and statsmodels for figures. Versions and "
        "machines are in the platform's own records.",
        *known.see("provenance"),
    )


def sharing(known: Known) -> Answer:
    """Say what can be had."""
    digest = known.model.file_sha256 or known.model.state_hash
    weights = f" Weights are identified by the hash {digest[:16]}…." if digest else ""
    return in_part(
        f"The code is open (Apache-2.0).{weights} Whether weights and images can be had, from whom and on which "
        "terms, is for the authors.",
        *known.see("model-identity"),
    )


def intended_use(known: Known) -> Answer:
    """Say what the model is for."""
    if not known.model.intended_use:
        return authors("State the task, who is meant to use the model, and where in the care of a patient.")
    return in_part(
        f"On record: {known.model.intended_use}. Target population, users and place in the pathway are for the "
        "authors.",
        *known.see("model-use"),
    )


def limitations(known: Known) -> Answer:
    """Say what limits follow."""
    return in_part(
        "Limits that follow from the records are listed; those of design and sample are for the authors.",
        *known.see("model-limits"),
    )


def external(known: Known) -> Answer:
    """Say whether evaluation left home."""
    if known.main is None:
        return authors("Say whether the model was evaluated on images from elsewhere.")
    return in_part(
        f"The evaluation here is of the {known.main.split} split of "
        f"{known.main.made.replace('secure sum of ', '') if known.federated else 'one cohort'}. Say whether these "
        "centres also trained the model; if so, it is internal.",
        *known.see("*", "lineage-sites"),
    )


def imbalance(known: Known) -> Answer:
    """Say what was done about rare classes."""
    weights = known.setting("training", "class_weights")
    if weights is None and not (known.dossier.lineage and known.dossier.lineage.plan):
        return authors("Say whether classes were weighted or resampled, and whether probabilities were recalibrated.")
    how = (
        "Losses of classes were not weighted"
        if weights in (None, "none")
        else f"Losses were weighted by class ({weights})"
    )
    return reported(
        f"{how}; predictions were not recalibrated, and their calibration is shown.",
        *known.see("lineage-plan", "*-calibration"),
    )


def updating(known: Known) -> Answer:
    """Say whether the model was changed after evaluation."""
    return not_applicable(
        "The model was not changed or recalibrated after its evaluation; another version is another report."
    )
