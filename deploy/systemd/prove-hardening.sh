#!/usr/bin/env bash
# Runs a command as congthu.service would, where PID 1 is not systemd: read-only system, one writable folder, no
# capability but CAP_NET_BIND_SERVICE, no new privileges, the unit's seccomp filter, write-or-execute memory only.
#
# usage: prove-hardening.sh DATA_DIR COMMAND…      needs root, bwrap (bubblewrap), setpriv, libseccomp2, systemd-analyze
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
data=$1
shift
for tool in bwrap setpriv systemd-analyze; do
  command -v "$tool" >/dev/null || { echo "prove-hardening: install $tool" >&2; exit 2; }
done
# bwrap keeps the capabilities that are named, setpriv empties the bounding set and forbids new privileges.
exec bwrap --ro-bind / / --dev /dev --proc /proc --tmpfs /tmp --bind "$data" "$data" --chdir "$data" \
  --ro-bind "$here" "$here" --unshare-ipc --unshare-uts --unshare-pid --unshare-cgroup-try --die-with-parent \
  --cap-drop ALL --cap-add CAP_NET_BIND_SERVICE --cap-add CAP_SETPCAP \
  -- setpriv --no-new-privs --bounding-set -all,+net_bind_service --inh-caps -all,+net_bind_service \
  --ambient-caps -all,+net_bind_service \
  -- "${PROVE_PYTHON:-/usr/bin/python3}" "$here/confine.py" "$here/congthu.service" "$@"
