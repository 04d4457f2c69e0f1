#!/usr/bin/env bash
# Writes a comment under the pull request that it is about.
#
#   comment.sh FOLDER    with comment.md and number; REPOSITORY, HEAD_SHA and GH_TOKEN are set
#
# Both files come from a run that strangers can influence, and are data here: the number must be that
# of a pull request whose head is the commit that was judged, and mentions are taken out.
set -euo pipefail
folder=$1
number=$(head -c 20 "$folder/number")

[[ $number =~ ^[0-9]{1,9}$ ]] || { echo "error: $folder/number is no number" >&2; exit 1; }
head=$(gh api "repos/$REPOSITORY/pulls/$number" --jq .head.sha)
[ "$head" = "$HEAD_SHA" ] || { echo "error: pull request $number is not at the commit that was judged" >&2; exit 1; }

# iconv leaves out what is no character, as where the text is cut, and ends with 1 if it did.
{ head -c 60000 "$folder/comment.md" | iconv -c -f utf-8 -t utf-8 2> /dev/null || true; } |
    sed 's/@/(at)/g' > "$folder/body.md"
[ "$(wc -c < "$folder/comment.md")" -le 60000 ] ||
    printf '\n\nThe rest is left out; the artifact of the run has the whole comment.\n' >> "$folder/body.md"
gh api "repos/$REPOSITORY/issues/$number/comments" --field "body=@$folder/body.md" --silent
