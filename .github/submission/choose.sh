#!/usr/bin/env bash
# Says what is submitted, as outputs of a workflow's step: `submission=`, and of a package the line
# to install as `requirement=`.
#
#   choose.sh CHECKOUT [FILE]
#
# CHECKOUT is the merge of a pull request with its target; FILE, where it is given, is the submission.
set -euo pipefail
checkout=$1 file=${2:-}

refuse() {
    exec bash "$(dirname "$0")/refuse.sh" "$1"
}

if [ -n "$file" ]; then
    [[ $file =~ ^[A-Za-z0-9._/+-]+\.py$ && $file != *..* ]] || refuse "$file is no path of a .py file in letters, digits and ._/+-, without .."
    [ -f "$checkout/$file" ] && [ ! -L "$checkout/$file" ] || refuse "there is no file $file"
    echo "submission=$checkout/$file"
    exit
fi

git -C "$checkout" rev-parse --quiet --verify HEAD^1 > /dev/null ||
    refuse "the checkout holds no commit before the last one; fetch two of them (fetch-depth: 2)"
mapfile -t changed < <(git -C "$checkout" diff --name-only --no-renames HEAD^1 HEAD)
if [ "${#changed[@]}" -ne 1 ]; then
    names=$(printf ', %s' "${changed[@]:0:5}")
    [ "${#changed[@]}" -le 5 ] || names+=", ..."
    refuse "a submission changes one file, submissions/NAME.py or submissions/packages.txt, and this pull request changes ${#changed[@]} (${names#, }); split it into one for each"
fi
path=${changed[0]}
[ -e "$checkout/$path" ] || [ -L "$checkout/$path" ] ||
    refuse "$path is removed, which leaves nothing to score; whoever maintains the repository merges this without a verdict"
[ -f "$checkout/$path" ] && [ ! -L "$checkout/$path" ] || refuse "$path is a link or folder; add a plain file"

if [[ $path =~ ^submissions/[A-Za-z0-9][A-Za-z0-9_]*\.py$ ]]; then
    echo "submission=$checkout/$path"
elif [ "$path" = submissions/packages.txt ]; then
    mapfile -t added < <(git -C "$checkout" diff --unified=0 HEAD^1 HEAD -- "$path" | sed -n 's/^+\([^+].*\)$/\1/p')
    [ "${#added[@]}" -eq 1 ] || refuse "one line is added to $path at a time, not ${#added[@]}"
    line=${added[0]}
    [[ $line =~ ^([A-Za-z0-9][A-Za-z0-9._-]*)==[A-Za-z0-9][A-Za-z0-9.+!_-]*\ --hash=sha256:[0-9a-f]{64}$ ]] ||
        refuse "a line of $path is: NAME==VERSION --hash=sha256:DIGEST"
    echo "submission=${BASH_REMATCH[1]}"
    echo "requirement=$line"
else
    refuse "$path is neither submissions/NAME.py nor submissions/packages.txt"
fi
