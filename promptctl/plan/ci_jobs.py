"""The jobs that CI systems run: what `init --ci` writes, and the steps that the project's own action is made of.

The steps are written down once, here. They are told everything by variables, so that nothing from outside becomes part
of a command, and `set -f` lets arguments be split at spaces without standing for files.
"""

from __future__ import annotations

import json
import re
from textwrap import indent

from promptctl import __version__
from promptctl.plan.yaml_text import scalar
from promptctl.report.markdown import MARK

GITHUB_FILE = ".github/workflows/promptctl.yml"
GITLAB_FILE = ".gitlab-ci.yml"

# By commit, because whoever can move a tag could run anything here.
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
SETUP_PYTHON = "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0"
PYTHON = "3.13"

_PIP = 'pip install --quiet --disable-pip-version-check "git-promptctl==$PROMPTCTL_VERSION"'
_ARGUMENTS = 'set -- -C "${PROMPTCTL_DIRECTORY:-.}" ${PROMPTCTL_BASE:+--base "$PROMPTCTL_BASE"} ${PROMPTCTL_ARGS:-}'

INSTALL = f"""\
set -euo pipefail
{_PIP}
"""

# A branch of its own gets what nothing else gets: a pure rollback passes, whatever else there is to say.
_LANE = """\
case "${%s:-}" in
  rollback/*) if promptctl check "$@" --lane rollback; then %sexit 0; fi ;;
esac
"""

CHECK = f"""\
set -euo pipefail
set -f
{_ARGUMENTS}
{_LANE % ("GITHUB_HEAD_REF", 'echo "result=passed" >> "$GITHUB_OUTPUT"; ')}\
code=0
promptctl check --format "${{PROMPTCTL_FORMAT:-github}}" "$@" || code=$?
case "$code" in
  0) result=passed ;;
  1) result=failed ;;
  *) result=undecided ;;
esac
echo "result=$result" >> "$GITHUB_OUTPUT"
exit "$code"
"""

ROLLBACK = f"""\
set -euo pipefail
set -f
{_ARGUMENTS}
promptctl check "$@" --lane rollback
"""
ROLLBACK_IF = "startsWith(github.ref, 'refs/heads/rollback/')"

COMMENT = f"""\
set -euo pipefail
set -f
{_ARGUMENTS}
page="$RUNNER_TEMP/promptctl-comment.md"
code=0
promptctl check "$@" --format markdown --output "$page" || code=$?
if [ "$code" -gt 1 ]; then
  echo "there is no answer to comment on; the step before this one says why"
  exit 0
fi
refused="::notice title=promptctl::Comments are out of reach here, as for a pull request from a fork; see the check"
comments="repos/$GITHUB_REPOSITORY/issues/$PROMPTCTL_PULL/comments"
mine='.user.login == "github-actions[bot]" and (.body // "" | startswith("{MARK}"))'
if ! found=$(gh api --paginate "$comments?per_page=100" --jq ".[] | select($mine) | .id"); then
  echo "$refused"
  exit 0
fi
found=$(printf '%s\\n' "$found" | sed -n 1p)
if [ -n "$found" ]; then
  set -- PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$found"
elif grep -q '^### ' "$page"; then
  set -- POST "$comments"
else
  echo "there is nothing to comment on"
  exit 0
fi
gh api --silent --method "$1" "$2" -F "body=@$page" || echo "$refused"
"""
COMMENT_IF = "!cancelled() && github.event_name == 'pull_request' && steps.check.outputs.result != ''"

# A job's own token may not write comments: https://docs.gitlab.com/ci/jobs/ci_job_token/. Fork pipelines have neither.
GITLAB_COMMENT = f"""\
if [ -n "${{PROMPTCTL_TOKEN:-}}" ] && [ -n "${{CI_MERGE_REQUEST_IID:-}}" ]; then
  promptctl check "$@" --format markdown --output promptctl-comment.md || true
  project="$CI_API_V4_URL/projects/$CI_MERGE_REQUEST_PROJECT_ID"
  notes="$project/merge_requests/$CI_MERGE_REQUEST_IID/notes"
  ask() {{ curl --silent --show-error --fail --header "PRIVATE-TOKEN: $PROMPTCTL_TOKEN" "$@"; }}
  mine='import json, sys; print(*(n["id"] for n in json.load(sys.stdin) if n["body"].startswith(sys.argv[1])))'
  if [ -s promptctl-comment.md ] && found=$(ask "$notes?sort=asc&per_page=100" | python -c "$mine" '{MARK}'); then
    done=
    for note in $found; do # somebody else may have written the mark: only our own can be changed
      if ask --output /dev/null --request PUT --data-urlencode body@promptctl-comment.md "$notes/$note"; then
        done=1
        break
      fi
    done
    if [ -z "$done" ] && grep -q '^### ' promptctl-comment.md; then
      ask --output /dev/null --data-urlencode body@promptctl-comment.md "$notes" || echo "the comment was refused"
    fi
  fi
fi
"""
GITLAB = f"""\
set -euo pipefail
set -f
{_PIP}
target="${{CI_MERGE_REQUEST_TARGET_BRANCH_NAME:-}}"
if [ -n "$target" ]; then
  git fetch --quiet origin "+refs/heads/$target:refs/remotes/origin/$target"
fi
{_ARGUMENTS}
{_LANE % ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "")}\
promptctl check "$@" --format gitlab --output promptctl-codequality.json || true # the last one decides
promptctl check "$@" --format junit --output promptctl-junit.xml || true
{GITLAB_COMMENT}\
promptctl check "$@"
"""
GITLAB_ROLLBACK = f"""\
set -euo pipefail
set -f
{_PIP}
git fetch --quiet origin "+refs/heads/$PROMPTCTL_PROTECTED:refs/remotes/origin/$PROMPTCTL_PROTECTED"
set -- -C "${{PROMPTCTL_DIRECTORY:-.}}" --base "origin/$PROMPTCTL_PROTECTED"
promptctl check "$@" --head HEAD --lane rollback
"""
GITLAB_ARTIFACTS = """\
artifacts:
  when: always
  reports:
    codequality: promptctl-codequality.json
    junit: promptctl-junit.xml
"""


_GITHUB_CHECKOUT = f"""\
- uses: {CHECKOUT}
  with:
    fetch-depth: 0
    filter: blob:none # older files come when they are asked for, by the credentials that this leaves
"""


def github_workflow(branches: tuple[str, ...], root: str) -> str:
    """A workflow for GitHub Actions. `root` is the project's folder: empty, or ending with a slash."""
    directory = f"PROMPTCTL_DIRECTORY: {scalar(root.rstrip('/'))}\n" if root else ""
    return f"""\
# Written by `promptctl init --ci github`. A check blocks nobody until the repository's rules require it.
name: promptctl
on:
  pull_request:
    types: [opened, synchronize, reopened, edited] # edited: a pull request may get another target
  merge_group:
  push:
    branches: [{", ".join(map(_github_pattern, branches))}, rollback/**]
permissions:
  contents: read
  pull-requests: write # for the comment
jobs:
  promptctl:
    if: ${{{{ !{ROLLBACK_IF} }}}}
    runs-on: ubuntu-latest
    timeout-minutes: 10
    env:
      PROMPTCTL_VERSION: {quoted(__version__)}
{indent(directory, " " * 6)}\
    steps:
{indent(_GITHUB_CHECKOUT, " " * 6)}\
{indent(github_steps(), " " * 6)}\
  promptctl-rollback: # a pure rollback waits for nothing else
    if: ${{{{ {ROLLBACK_IF} }}}}
    runs-on: ubuntu-latest
    timeout-minutes: 5
    env:
      PROMPTCTL_VERSION: {quoted(__version__)}
{indent(directory, " " * 6)}\
    steps:
{indent(_GITHUB_CHECKOUT, " " * 6)}\
{indent(_github_start(), " " * 6)}\
      - name: Fast lane
        shell: bash
        run: |
{indent(ROLLBACK, " " * 10)}"""


def github_steps(*, environment: str = "", comment_if: str = COMMENT_IF) -> str:
    """The steps behind the checkout, as the items of a list; each of them gets the lines of `environment`."""
    shared = indent(environment, " " * 4)
    own = f"  env:\n{shared}" if environment else ""
    return f"""\
{_github_start(own)}\
- name: Check
  id: check
  shell: bash
{own}\
  run: |
{indent(CHECK, " " * 4)}\
- name: Comment
  if: ${{{{ {comment_if} }}}}
  shell: bash
  env:
{shared}\
    GH_TOKEN: ${{{{ github.token }}}}
    PROMPTCTL_PULL: ${{{{ github.event.pull_request.number }}}}
  run: |
{indent(COMMENT, " " * 4)}"""


def _github_start(own: str = "") -> str:
    return f"""\
- uses: {SETUP_PYTHON}
  with:
    python-version: {quoted(PYTHON)}
- name: Install promptctl
  shell: bash
{own}\
  run: |
{indent(INSTALL, " " * 4)}"""


def gitlab_job(branches: tuple[str, ...], root: str) -> str:
    """A job for GitLab CI, as a key of `.gitlab-ci.yml`."""
    directory = f"PROMPTCTL_DIRECTORY: {scalar(root.rstrip('/'))}\n" if root else ""
    pushes = "".join(f"    - if: {_gitlab_condition(branch)}\n" for branch in branches)
    return f"""\
promptctl:
  image: python:{PYTHON}
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
{pushes}\
  variables:
    GIT_DEPTH: "0"
    PROMPTCTL_VERSION: {quoted(__version__)}
{indent(directory, " " * 4)}\
{indent(gitlab_steps(), " " * 2)}\
promptctl-rollback: # a pure rollback waits for nothing else
  image: python:{PYTHON}
  rules:
    - if: $CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH =~ /^rollback\\//
  variables:
    GIT_DEPTH: "0"
    PROMPTCTL_VERSION: {quoted(__version__)}
    PROMPTCTL_PROTECTED: {scalar(branches[0])}
{indent(directory, " " * 4)}\
  script:
  - |
{indent(GITLAB_ROLLBACK, " " * 4)}"""


def gitlab_steps() -> str:
    """What a job does, and what it leaves for GitLab to show."""
    return f"script:\n  - |\n{indent(GITLAB, ' ' * 4)}{GITLAB_ARTIFACTS}"


def has_gitlab_job(text: str) -> bool:
    """Whether a `.gitlab-ci.yml` has a job of ours, or includes one."""
    return re.search(r"^promptctl:|git-promptctl|/promptctl@", text, re.MULTILINE) is not None


def quoted(text: str) -> str:
    """Text in double quotes, as YAML and JSON agree on them."""
    return json.dumps(text, ensure_ascii=False)


def _github_pattern(branch: str) -> str:
    """A filter of branches that one branch passes; git allows no other special characters in a name."""
    return scalar(re.sub(r"([+!])", r"\\\1", branch))


def _gitlab_condition(branch: str) -> str:
    quote = "'" if '"' in branch else '"'
    condition = f'$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == {quote}{branch}{quote}'
    return condition if re.fullmatch(r"[\w./-]+", branch, re.ASCII) else quoted(condition)
