"""What a job that evaluates or audits sends, and who would learn what from it."""

from typing import Any

from backend.apps.jobs.job_settings import JobSettings

Json = dict[str, Any]


def words_of(settings: JobSettings, *, sites: int) -> int:
    """Return the ring words that a site sends in the only step."""
    # The web process loads the science when somebody first asks for a preview, not when it starts.
    from primia_core.attacks.sums import AuditSums
    from primia_core.evaluation.sums import WIDE, SumShape
    from primia_core.imaging.people import GROUPS
    from primia_core.ring import LIMBS

    if settings.audit is not None:
        return LIMBS * sum(AuditSums.layout(settings.audit).values())
    evaluation = settings.evaluation
    assert evaluation is not None
    shape = SumShape(
        classes=len(settings.data.classes),
        bins=evaluation.score_bins,
        replicates=evaluation.replicates,
        groups={name: GROUPS[name] for name in evaluation.subgroups},
        sites=[str(site) for site in range(sites)] if evaluation.per_site else (),
    )
    return sum(length * (LIMBS if name in WIDE else 1) for name, length in shape.lengths.items())


def examined_visibility(settings: JobSettings) -> list[Json]:
    """Return who would learn what; ``sites`` are all of them, each about the others."""
    plain, evaluation = not settings.aggregation.secure, settings.evaluation
    per_site = evaluation is not None and evaluation.per_site
    rows = [
        ("Images, labels and patients of a site", False, False),
        ("One site's counts, as a sum's part", plain, False),
    ]
    if evaluation is None:
        return _told(
            *rows,
            ("Pictures of a site's images, and what attacks made of them", False, False),
            ("How well attacks did over all sites together", True, True),
        )
    rows.append(("Each site's own confusion matrix", per_site, per_site))
    if evaluation.subgroups:
        what = (
            f"Confusion matrices by {', '.join(evaluation.subgroups)}, of groups with {evaluation.smallest_cell} images"
        )
        rows.append((f"{what} at a site; a group that one site alone has is that site's", True, True))
    return _told(*rows, ("Figures of the model over all sites together", True, True))


def _told(*rows: tuple[str, bool, bool]) -> list[Json]:
    return [{"what": what, "coordinator": hub, "sites": sites} for what, hub, sites in rows]
