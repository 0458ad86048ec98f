"""What a person can do about a failed job, by the code of what went wrong."""

ADVICE = (
    ("jobs.no_answer", "Ask the site to start its agent (`primia site status` there), then start the job again."),
    ("jobs.too_few_sites", "Bring more sites back, or lower min_survivors in a new plan that the sites sign."),
    (
        "secagg.quantity",
        "The site has answered this for another group of sites, and answering again would give single sites away. "
        "Change the data or the seed, or run with the same sites as before.",
    ),
    ("secagg.too_few", "Bring more sites back; the job cannot add up over fewer."),
    ("secagg.", "A site or the hub did not follow the protocol. Compare fingerprints and versions before a new job."),
    ("federation.no_data", "The site needs images in every split; ask it to split its cohort again."),
    ("link.too_many_deliveries", "The agent dies over this task. Read its log at the site, then start the job again."),
    (
        "site.budget_reached",
        "The site has spent its privacy budget for this study. Only the site can raise it, in its site.toml.",
    ),
    ("site.", "Ask the site's administrator; the reason is in the agent's log."),
    ("training.", "Change the training settings in a new job; the reason says which."),
)
OTHERWISE = "Read the reason, mend it at the site or in the settings, and start the job again."


def advice_for(code: str, *, attempts: int = 1) -> str:
    """Return the next step for an error code."""
    advice = next((text for prefix, text in ADVICE if code.startswith(prefix)), OTHERWISE)
    return f"{advice} ({attempts} attempts were made.)" if attempts > 1 else advice
