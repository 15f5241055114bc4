#!/usr/bin/env bash
# Every test. Without arguments in two halves beside each other that take about as long: much of the time of those that
# start services is waiting. With arguments (-k name, a path): what pytest makes of them.
set -uo pipefail
cd "$(dirname "$0")/../.."
python=.venv/bin/python
(($#)) && exec "$python" -m pytest "$@"

log=$(mktemp)
half=
cleanup() {
  [[ -n $half ]] && kill "$half" 2>/dev/null
  rm -f "$log"
}
trap cleanup EXIT
first=(tests/unit tests/smtp tests/corpus tests/differential tests/evasion tests/findings tests/fuzz)
"$python" -m pytest -o cache_dir=.pytest_cache/first "${first[@]}" >"$log" 2>&1 &
half=$!
others=()
for path in tests/*/; do
  path=${path%/}
  case " ${first[*]} tests/support tests/data tests/__pycache__ " in *" $path "*) ;; *) others+=("$path") ;; esac
done
"$python" -m pytest "${others[@]}"
code=$?
printf '\ncongthu: the other half, which ran beside these\n'
wait "$half"
unit=$?
half=
cat "$log"
((code == 0 && unit == 0))
