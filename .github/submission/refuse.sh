#!/usr/bin/env bash
# Refuses a pull request before anything of it runs, and ends with 1.
#
#   refuse.sh REASON    with NUMBER, that of the pull request
#
# The reason goes to the log, to the summary of the step, and into comment/ for the workflow that comments.
set -euo pipefail

echo "error: $1" >&2
mkdir -p comment
# Names of files and packages are others' text: no character of them opens a link or an element.
plain=$(printf '%s' "$1" | sed 's/[][<>`*_|\\]/\\&/g')
printf '# submission: refused\n\n* %s.\n' "$plain" > comment/comment.md
printf '%s\n' "${NUMBER:-}" > comment/number
[ -z "${GITHUB_STEP_SUMMARY:-}" ] || cat comment/comment.md >> "$GITHUB_STEP_SUMMARY"
exit 1
