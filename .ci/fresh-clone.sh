# Sourced by run, newest and oldest: a fresh clone of what is committed, in a folder that is
# removed at the end, with caches of its own.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

git clone --quiet "$root" "$work/trailbell"
# Test data next to the repository, if there is any, is linked next to the clone.
if [ -d "$root/../shared" ]; then ln -s "$root/../shared" "$work/shared"; fi
cd "$work/trailbell"
export XDG_CACHE_HOME="$work/cache" PIP_DISABLE_PIP_VERSION_CHECK=1

# What must hold in addition to the tests, in the environment in .venv.
checks() {
    export PATH="$work/trailbell/.venv/bin:$PATH"
    set -x
    ruff check .
    ruff format --check .
    python .ci/words.py
    mypy
    python build.py check
    python build.py docs --check
    cfn-lint dist/*.json dist/*.yaml
    cfn-lint
    # All rules, experimental and informational ones too. A slow test checks all Regions.
    cfn-lint --include-checks I --include-experimental -- dist/*.yaml
}

# The documentation as a site, in an environment of its own. A link that leads nowhere fails.
site() {
    python3 -m venv .site
    .site/bin/pip install -q -r requirements/site.txt
    # Not -q: with it, MkDocs does not count warnings, and strict passes.
    NO_MKDOCS_2_WARNING=1 .site/bin/mkdocs build -f .ci/mkdocs.yml -d "$work/site"
}

# What other tools find in the templates, in an environment of their own.
judge() {
    python3 -m venv .judges
    .judges/bin/pip install -q -r requirements/judges.txt
    PYTHONPATH=. .judges/bin/python -W ignore .ci/judges.py
}
