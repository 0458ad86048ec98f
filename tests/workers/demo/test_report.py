"""What the demonstration says of its second act."""

from io import StringIO

from rich.console import Console

from workers.demo.report import print_diagnosis

REPORT = {
    "wall_seconds": 212.4,
    "diagnosis": {
        "picture": {"source": "kermany", "class": "viral"},
        "calibrated_on": "32 validation images of Aalborg (public X-rays)",
        "probabilities": {"normal": 0.02, "bacterial": 0.3, "viral": 0.68},
        "plain_probabilities": {"normal": 0.021, "bacterial": 0.299, "viral": 0.68},
        "seconds": {"seal": 0.05, "send": 0.04, "wait": 0.7, "collect": 0.03, "open": 0.01},
        "total_seconds": 0.83,
    },
}


def test_the_encrypted_answer_stands_beside_the_plain_one_with_times() -> None:
    out = StringIO()
    print_diagnosis(REPORT, Console(file=out, width=120))
    told = out.getvalue()
    for line in ("0.0200", "0.0210", "0.83 s from file to result", "wait 0.70", "class viral", "not a diagnosis"):
        assert line in told
    assert "212 s" in told
