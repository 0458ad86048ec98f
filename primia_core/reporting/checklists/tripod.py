"""TRIPOD+AI: what a report of a prediction model owes its readers.

Source: Collins et al., "TRIPOD+AI statement", BMJ 2024;385:e078378. All 27 items with their parts, in our own words.
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
from primia_core.reporting.wording import count, listed, plural

SOURCE: Final = "Collins et al., TRIPOD+AI, BMJ 2024;385:e078378"


def _outcome(known: Known) -> Answer:
    return in_part(
        f"The class of an image: {listed(known.model.classes)}, at the time of the image. How each was established is "
        "for the authors.",
        *known.see("model-input"),
    )


def _predictors(known: Known) -> Answer:
    return reported("The pixels of one grey image, and nothing else of the patient.", *known.see("model-input"))


def _output(known: Known) -> Answer:
    return reported(
        f"A probability for each of {listed(known.model.classes)}; the label is the largest one. No other threshold "
        "was tuned; decision curves show others.",
        *known.see("model-input", "*-decision"),
    )


def _calculated(known: Known) -> Answer:
    if known.main is None:
        return in_part("By the network in evaluation mode, from verified weights.", *known.see("model-identity"))
    exact = (
        ""
        if known.main.quantised_bins is None
        else f", sorted into {known.main.quantised_bins} bins before they were added under secure aggregation"
    )
    return reported(
        f"By the network in evaluation mode from weights with the recorded hash{exact}.", *known.see("*-methods")
    )


def _differences(known: Known) -> Answer:
    split = known.main.split if known.main else "test"
    return in_part(
        f"Trained on the training split and evaluated on the {split} split, by patient, under the same definitions. "
        "Differences in patients, setting or time are for the authors.",
        *known.see("*"),
    )


def _flow(known: Known) -> Answer:
    found = known.main
    if found is None:
        return authors("Draw the flow of patients from eligible to analysed.")
    of = "" if found.patients is None else f" of {plural(found.patients, 'patient')}"
    classes = listed([f"{count(one.n)} {one.name}" for one in found.per_class])
    return in_part(
        f"Evaluated: {plural(found.n, 'image')}{of}: {classes}. Exclusions before import are for the authors.",
        *known.see("*-classes"),
    )


def _characteristics(known: Known) -> Answer:
    found = known.main
    if found is None or not found.subgroups:
        return authors("Describe the patients of each source: age, sex, comorbidity, severity.")
    return in_part(
        "Numbers of images by recorded attribute. Other characteristics are for the authors.", *known.see("*-subgroups")
    )


def _analysed(known: Known) -> Answer:
    found = known.main
    if found is None:
        return authors("Give the numbers of patients and of each class in every analysis.")
    return in_part(
        f"Evaluation: {plural(found.n, 'image')}, by class. Numbers of training images stay at the sites.",
        *known.see("*-classes"),
    )


def _specification(known: Known) -> Answer:
    digest = known.model.state_hash or known.model.file_sha256
    if digest is None:
        return in_part("The architecture is described; say where the weights can be had.", *known.see("model-identity"))
    return reported(
        "Architecture, preprocessing, classes and the hash of the weights: with the file these give every prediction "
        "again.",
        *known.see("model-identity", "model-input"),
    )


def _poor_input(known: Known) -> Answer:
    return in_part(
        "An image that cannot be decoded is refused with a reason. The model itself does not notice an image of "
        "another kind; say how that is prevented in care.",
        *known.see("model-limits"),
    )


def _interpretation(known: Known) -> Answer:
    return authors("Interpret the figures against the aims, earlier studies and fairness; a program must not.")


def _updated(known: Known) -> Answer:
    return shared.updating(known)


def _treatments(known: Known) -> Answer:
    return not_applicable(
        "The class is read from the same image, at one time; no treatment lies between. Authors: say so if otherwise."
    )


def _item(number: str, group: str, title: str, answer: Answering) -> Item:
    return Item(f"tripod.{number}", group, title, answer)


TRIPOD: Final = (
    _item("1", "Title", "Title names model, population and outcome", shared.title),
    _item("2", "Abstract", "Structured abstract", by_authors("Write it by TRIPOD+AI for Abstracts.")),
    _item(
        "3a",
        "Introduction",
        "Clinical background and existing models",
        by_authors("Explain the clinical question and the models that exist."),
    ),
    _item("3b", "Introduction", "Target population, purpose and users", shared.intended_use),
    _item(
        "3c",
        "Introduction",
        "Known inequalities between groups",
        by_authors("Name known inequalities in the care in question."),
    ),
    _item(
        "4",
        "Introduction",
        "Objectives",
        by_authors("State the objectives, and whether they are development, evaluation or both."),
    ),
    _item("5a", "Methods: data", "Sources of data", shared.sources),
    _item("5b", "Methods: data", "Dates of data", shared.dates),
    _item("6a", "Methods: participants", "Setting and centres", shared.setting),
    _item(
        "6b",
        "Methods: participants",
        "Eligibility",
        by_authors("Say which patients and images were eligible at each site."),
    ),
    _item("6c", "Methods: participants", "Treatments received", _treatments),
    _item("7", "Methods: preparation", "Preparation and quality checks", shared.preprocessing),
    _item("8a", "Methods: outcome", "Definition of the outcome", _outcome),
    _item(
        "8b",
        "Methods: outcome",
        "Assessors of the outcome",
        by_authors("Give number, training and experience of those who set the labels."),
    ),
    _item(
        "8c",
        "Methods: outcome",
        "Blinding of the assessment",
        by_authors("Say what those who set the labels knew, the model's answer included."),
    ),
    _item("9a", "Methods: predictors", "Choice of predictors", _predictors),
    _item(
        "9b",
        "Methods: predictors",
        "Definition and measurement of predictors",
        by_authors("Describe devices and acquisition; the images' own description stays at the sites."),
    ),
    _item(
        "9c",
        "Methods: predictors",
        "Assessors of predictors",
        lambda _: not_applicable("No person measures the predictors; they are pixels."),
    ),
    _item("10", "Methods: sample size", "Sample size", shared.sizes),
    _item("11", "Methods: missing data", "Missing data", shared.missing),
    _item("12a", "Methods: analysis", "How data was used and split", shared.partition),
    _item("12b", "Methods: analysis", "How predictors were handled", shared.preprocessing),
    _item("12c", "Methods: analysis", "Type of model, building and internal validation", shared.training),
    _item("12d", "Methods: analysis", "Heterogeneity between clusters", shared.heterogeneity),
    _item("12e", "Methods: analysis", "Measures and plots of performance", shared.measures),
    _item("12f", "Methods: analysis", "Updating of the model", _updated),
    _item("12g", "Methods: analysis", "How predictions were calculated", _calculated),
    _item("13", "Methods: imbalance", "Class imbalance", shared.imbalance),
    _item("14", "Methods: fairness", "Fairness", shared.subgroups),
    _item("15", "Methods: output", "Output and thresholds", _output),
    _item("16", "Methods: training and evaluation", "Differences between training and evaluation", _differences),
    _item(
        "17",
        "Methods: ethics",
        "Ethical approval",
        by_authors("Name the committees, and how consent was given or waived at each site."),
    ),
    _item("18a", "Open science", "Funding", by_authors("Name the funders and their part.")),
    _item("18b", "Open science", "Conflicts of interest", by_authors("Declare them, for all authors.")),
    _item(
        "18c",
        "Open science",
        "Protocol",
        by_authors("Say where the protocol is, or that there is none. The signed plan is not a study protocol."),
    ),
    _item(
        "18d",
        "Open science",
        "Registration",
        by_authors("Give the register and number, or say that it was not registered."),
    ),
    _item(
        "18e",
        "Open science",
        "Sharing of data",
        by_authors("Say whether images can be had. The platform never held them."),
    ),
    _item("18f", "Open science", "Sharing of code", shared.sharing),
    _item(
        "19",
        "Patient involvement",
        "Patients and the public",
        by_authors("Say how they took part, or that they did not."),
    ),
    _item("20a", "Results: participants", "Flow of participants", _flow),
    _item("20b", "Results: participants", "Characteristics", _characteristics),
    _item(
        "20c",
        "Results: participants",
        "Comparison with development data",
        by_authors("Compare the patients of evaluation with those of training."),
    ),
    _item("21", "Results: development", "Numbers in each analysis", _analysed),
    _item("22", "Results: specification", "The model in full", _specification),
    _item("23a", "Results: performance", "Performance with intervals", shared.performance),
    _item("23b", "Results: performance", "Heterogeneity of performance", shared.heterogeneity),
    _item("24", "Results: updating", "Results of updating", _updated),
    _item("25", "Discussion", "Interpretation", _interpretation),
    _item("26", "Discussion", "Limitations", shared.limitations),
    _item("27a", "Discussion: use in care", "Poor or missing input", _poor_input),
    _item(
        "27b",
        "Discussion: use in care",
        "What users have to do and know",
        by_authors("Say who handles the image and the answer, and what they must know."),
    ),
    _item(
        "27c",
        "Discussion: use in care",
        "Next steps",
        by_authors("Say what is to be studied next, and where else the model may apply."),
    ),
)
