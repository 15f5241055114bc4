#!/usr/bin/env bash
# Proves the Dockerfile on a machine without a container engine: its steps, in a debootstrap folder, then a message.
# usage: prove-steps.sh [WORK]    needs root, debootstrap, bubblewrap; the mirror is the one that apt here uses
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mkdir -p "${1:-/var/tmp/congthu-image}" && cd "${1:-/var/tmp/congthu-image}" && pwd)
for tool in debootstrap bwrap; do
  command -v "$tool" >/dev/null || { echo "prove-steps: install $tool" >&2; exit 2; }
done
format='$(CODENAME) $(COMPONENT) $(REPO_URI)'
mirror=$(apt-get indextargets --format "$format" 'Created-By: Packages' | awk '$1 == "bookworm" && $2 == "main" { print $3; exit }')
[[ -n $mirror ]] || { echo "prove-steps: apt here knows no bookworm mirror" >&2; exit 2; }

if [[ ! -e $work/base/.done ]]; then
  rm -rf "$work/base"
  debootstrap --variant=minbase bookworm "$work/base" "$mirror" >"$work/debootstrap.log"
  touch "$work/base/.done"
fi
rm -rf "$work/build" "$work/final"
python3 "$here/steps.py" "$here/../../Dockerfile" "$work/base" "$work"
du -sh "$work/final" "$work/final/opt/congthu" | sed "s#$work/##"
rm -rf "$work/build" "$work/final"
