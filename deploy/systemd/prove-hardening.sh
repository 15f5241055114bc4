#!/usr/bin/env bash
# Runs a command as congthu.service would, where PID 1 is not systemd: an unprivileged user, a read-only system, one
# writable folder, no capability but CAP_NET_BIND_SERVICE, no new privileges, the unit's seccomp filter, memory that is
# writable or executable.
#
# usage: prove-hardening.sh DATA_DIR COMMAND…   DATA_DIR is given to that user
# Needs root, bwrap (bubblewrap), setpriv, libseccomp2, systemd-analyze.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
data=$1
shift
for tool in bwrap setpriv systemd-analyze; do
  command -v "$tool" >/dev/null || { echo "prove-hardening: install $tool" >&2; exit 2; }
done
nobody=65534
chown -R "$nobody:$nobody" "$data"
# ProtectHome and PrivateTmp hide /root, /home and /tmp; a checkout, a virtual environment or an interpreter that lives
# there comes back alone.
command=$(realpath -s "$(command -v "$1")")
shown=("$(cd "$here/../.." && pwd)" "$(dirname "$(dirname "$command")")" "$(dirname "$(dirname "$(readlink -f "$command")")")")
# bwrap would make the folders above a mount in an empty one readable by root only.
above=()
for path in "${shown[@]}" "$data"; do
  while path=$(dirname "$path"); [[ $path != / ]]; do
    case $path in /root/* | /home/* | /tmp/*) above=(--perms 0755 --dir "$path" "${above[@]}") ;; esac
  done
done
binds=()
for path in "${shown[@]}"; do
  case $path in /root/* | /home/* | /tmp/*) binds+=(--ro-bind "$path" "$path") ;; esac
done
# bwrap makes the mounts and keeps what setpriv needs; setpriv becomes the user and empties the bounding set.
exec bwrap --ro-bind / / --dev /dev --proc /proc --perms 1777 --tmpfs /tmp --tmpfs /root --tmpfs /home "${above[@]}" \
  "${binds[@]}" --bind "$data" "$data" --chdir "$data" \
  --unshare-ipc --unshare-uts --unshare-pid --unshare-cgroup-try --die-with-parent \
  --cap-drop ALL --cap-add CAP_NET_BIND_SERVICE --cap-add CAP_SETPCAP --cap-add CAP_SETUID --cap-add CAP_SETGID \
  --cap-add CAP_DAC_OVERRIDE \
  -- setpriv --reuid="$nobody" --regid="$nobody" --clear-groups --no-new-privs --bounding-set -all,+net_bind_service \
  --inh-caps -all,+net_bind_service --ambient-caps -all,+net_bind_service \
  -- /usr/bin/python3 "$here/confine.py" "$here/congthu.service" "$@"
