"""The web process stays light: it never loads the training stack."""

import subprocess
import sys

HEAVY = ("torch", "torchvision", "syft", "scipy", "sklearn", "pydicom")


def test_web_process_imports_no_training_stack():
    script = (
        "import sys, django; django.setup(); import backend.config.asgi, backend.config.urls;"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert answer.stdout.strip() == "[]"
