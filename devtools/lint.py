"""`./dev lint`: ruff, its formatter, pylint-odoo and the OCA's checks, all from the venv."""

from . import host
from .base import ADDON, GLUE_ADDONS, PYTHON, ROOT, VENV, progress, run, say

OURS = ("order_management", "glue", "devtools", "integration", "bench", "core-tests")


def lint(fix=False):
    """Complaints of all tools; with ``fix`` first all that the tools can repair themselves."""
    host.setup()
    folders = [name for name in OURS if (ROOT / name).is_dir()]
    scripts = [*folders, "dev"]
    addons = [folder.relative_to(ROOT) for folder in (ADDON, *GLUE_ADDONS)]
    oca = (VENV / "bin" / "oca-checks-odoo-module", "--disable=prefer-readme-rst", *addons)
    if fix:
        run(PYTHON, "-m", "ruff", "check", "-q", "--fix-only", *scripts, cwd=ROOT)
        run(PYTHON, "-m", "ruff", "format", "-q", *scripts, cwd=ROOT)
        run(oca[0], "--fix", *oca[1:], cwd=ROOT, capture_output=True)
    checks = {
        "ruff": (PYTHON, "-m", "ruff", "check", "-q", "--output-format=concise", *scripts),
        "ruff format": (PYTHON, "-m", "ruff", "format", "-q", "--check", *scripts),
        "pylint-odoo": (PYTHON, "-m", "pylint", "--rcfile=.pylintrc", *addons),
        "OCA checks": oca,
    }
    bad = []
    for name, words in checks.items():
        done = run(*words, cwd=ROOT, capture_output=True, env={"PYTHONDONTWRITEBYTECODE": "1"})
        if done.returncode:
            bad.append(name)
            say(f"{name}:\n{(done.stdout + done.stderr).strip()}")
        progress(f"{name}: {'complaints' if done.returncode else 'clean'}")
    say(f"lint: {', '.join(bad)} complained" if bad else "lint: clean")
    return 1 if bad else 0
