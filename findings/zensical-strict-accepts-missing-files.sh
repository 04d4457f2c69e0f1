#!/usr/bin/env bash
# zensical 0.0.73, mkdocs 1.6.1
#
# `zensical build --strict` reports "No issues found" and ends with 0 for a site with an image that
# does not exist, an entry of nav without a page, a page that is missing from nav and an absolute
# link, although `validation` of the same mkdocs.yml asks for warnings of all four; and it ignores
# `hooks` without a message. mkdocs warns of each and ends with 1. One would expect a strict build to
# fail on a picture that nobody will see.
#
# 0.0.73 is the last version whose requirements are on the package index: 0.1.1 requires
# zensical-ui==0.0.42, which pip does not find.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  zensical==0.0.73 mkdocs==1.6.1

cd "$folder"
mkdir docs
cat >mkdocs.yml <<'YAML'
site_name: example
strict: true
validation:
  nav: { omitted_files: warn, not_found: warn }
  links: { not_found: warn, absolute_links: warn }
nav:
  - Start: index.md
  - Nothing: nothing.md
YAML
printf '# Start\n\n![picture](missing.png) [absolute](/elsewhere/)\n' >docs/index.md
printf '# Orphan\n' >docs/orphan.md

if "$folder/venv/bin/mkdocs" build --strict 2>mkdocs.log; then
  echo "mkdocs accepts the site as well" && exit 1
fi
echo "mkdocs: $(grep -c WARNING mkdocs.log) warnings, and the build fails"
printf 'hooks: [hook.py]\n' >>mkdocs.yml
printf 'raise SystemExit("the hook was run")\n' >hook.py
"$folder/venv/bin/zensical" build --strict --clean
echo "zensical accepts the site"
