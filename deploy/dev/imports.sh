#!/usr/bin/env bash
# Every module of the package imports, alone and with warnings as errors; the import arrows hold. What WeasyPrint says of
# a machine without HarfBuzz's subset library is no fault of the code (PDFs come out larger).
set -euo pipefail
cd "$(dirname "$0")/../.."
.venv/bin/python -W error -W "ignore:HarfBuzz-Subset:DeprecationWarning" - <<'PY'
import importlib
import pkgutil

import gateway

names = [found.name for found in pkgutil.walk_packages(gateway.__path__, "gateway.")]
for name in names:
    if not name.endswith("__main__") and ".migrations" not in name:
        importlib.import_module(name)
print(f"{len(names)} modules import")
PY
.venv/bin/python -m pytest -q tests/unit/test_architecture.py
