#!/usr/bin/env bash
# usage: deploy/dev/venv.sh PYTHON LOCKFILE -- make or complete .venv from a lock file, every package checked by its hash.
# Also puts this folder on the venv's path and a `congthu` command into it, so that no build step is needed.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${1:-} lock=$2
say() { printf 'congthu: %s\n' "$*" >&2; }

[[ -n $python ]] || { say "Python 3.11 is needed: install python3 and python3-venv, or run make PYTHON=/path/to/python3.11"; exit 2; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { say "$python is older than Python 3.11: run make PYTHON=/path/to/python3.11"; exit 2; }

# Debian's Python had a fault in its regular expressions until 3.11.2-6+deb12u9, and the program refuses to run on it
# (gateway/interpreter.py).
faulty() { ! "$python" -c 'import re, sys; sys.exit(re.match("(?:ab?c|-)*+", "abcabd").end() != 3)'; }
if faulty; then
  run=()
  [[ $(id -u) -eq 0 ]] || run=(sudo -n)
  if command -v apt-get >/dev/null && "${run[@]}" true 2>/dev/null; then
    mapfile -t old < <(dpkg-query -W -f '${source:Package} ${db:Status-Status} ${Package}\n' | awk '$1 == "python3.11" && $2 == "installed" { print $3 }')
    say "upgrading ${old[*]:-nothing}: this Python matches regular expressions wrongly (CPython issue 106052)"
    "${run[@]}" apt-get update -qq
    ((${#old[@]})) && "${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends --only-upgrade "${old[@]}" >/dev/null
  fi
  if faulty; then
    say "$python matches regular expressions wrongly (CPython issue 106052): as root, apt-get update && apt-get install --only-upgrade python3.11, or run make PYTHON=/path/to/python3.11 (3.11.5 or later)"
    exit 2
  fi
fi

if [[ ! -x .venv/bin/python ]] || ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    run=()
    [[ $(id -u) -eq 0 ]] || run=(sudo -n)
    if command -v apt-get >/dev/null && "${run[@]}" true 2>/dev/null; then
      "${run[@]}" apt-get update -qq
      "${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
    else
      say "$python cannot make a virtual environment: as root, apt-get install python3-venv"
      exit 2
    fi
  fi
  say "making .venv with $("$python" -V)"
  rm -rf .venv
  "$python" -m venv .venv
fi

say "installing $lock"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$lock"

site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
pwd > "$site/congthu-checkout.pth"
cat > .venv/bin/congthu <<'SH'
#!/bin/sh
exec "$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)/python" -P -m gateway "$@"
SH
chmod +x .venv/bin/congthu
