#!/usr/bin/env bash
# Every test. Without arguments in three parts beside each other that take about as long: those that start services
# mostly wait, and leave two cores room for those that compute. With arguments (-k name, a path): what pytest makes of
# them.
set -uo pipefail
cd "$(dirname "$0")/../.."
python=.venv/bin/python
(($#)) && exec "$python" -m pytest "$@"

services=(tests/services)
# Of the unit tests, those that start processes run with the others.
moved=(tests/unit/inspection tests/unit/cli tests/unit/console tests/unit/journal)
units=(tests/unit tests/corpus tests/differential tests/evasion tests/findings tests/fuzz)
others=("${moved[@]}")
for path in tests/*/; do
  path=${path%/}
  case " ${units[*]} ${services[*]} tests/support tests/data tests/__pycache__ " in *" $path "*) ;; *) others+=("$path") ;; esac
done

logs=$(mktemp -d)
running=()
cleanup() {
  ((${#running[@]})) && kill "${running[@]}" 2>/dev/null
  rm -rf "$logs"
}
trap cleanup EXIT
"$python" -m pytest -o cache_dir=.pytest_cache/units "${units[@]}" "${moved[@]/#/--ignore=}" >"$logs/units" 2>&1 &
running+=($!)
"$python" -m pytest -o cache_dir=.pytest_cache/services "${services[@]}" >"$logs/services" 2>&1 &
running+=($!)
"$python" -m pytest "${others[@]}"
code=$?
for part in services units; do
  number=$([[ $part == units ]] && echo 0 || echo 1)
  wait "${running[number]}" || code=1
  printf '\ncongthu: the %s, which ran beside these\n' "$part"
  cat "$logs/$part"
done
running=()
exit "$code"
