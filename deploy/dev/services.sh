#!/usr/bin/env bash
# Installs the Debian packages that the tests and benchmarks talk to. They are never started, enabled or configured here:
# each test runs its own instance in a folder of its own. Without the rights to install, says what to install and goes on
# (the tests that need it are skipped; with CI=true they fail).
set -euo pipefail
packages=(postfix postfix-pcre haproxy swaks libnet-ssleay-perl libauthen-sasl-perl msmtp sslscan dovecot-core dovecot-imapd dovecot-pop3d dovecot-sqlite postgresql systemd bubblewrap clamav-daemon rspamd slapd ldap-utils opendkim opendkim-tools libmime-tools-perl sharutils libconvert-binhex-perl libreoffice-nogui libreoffice-l10n-vi libreoffice-l10n-fr libreoffice-l10n-tr recode prometheus redis-server curl chromium libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation2)

say() { printf 'congthu: %s\n' "$*" >&2; }
installed() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null || true) == installed ]]; }

if ! command -v dpkg-query >/dev/null; then
  say "not a Debian system: install postfix, haproxy, swaks, msmtp, sslscan, dovecot, postgresql, clamav, rspamd, slapd, opendkim and libreoffice yourself for all tests to run"
  exit 0
fi
missing=()
for package in "${packages[@]}"; do installed "$package" || missing+=("$package"); done
((${#missing[@]})) || exit 0

run=()
[[ $(id -u) -eq 0 ]] || run=(sudo -n)
if ! "${run[@]}" true 2>/dev/null; then
  say "tests that need these will be skipped; as root: apt-get install --no-install-recommends ${missing[*]}"
  exit 0
fi

# policy-rc.d that answers 101 keeps the packages' scripts from starting anything; what was there before comes back.
policy=/usr/sbin/policy-rc.d
saved=
restore() {
  if [[ -n $saved ]]; then "${run[@]}" mv -f "$saved" "$policy"; else "${run[@]}" rm -f "$policy"; fi
}
if [[ -e $policy ]]; then
  saved=$policy.congthu-saved
  "${run[@]}" mv -f "$policy" "$saved"
fi
trap restore EXIT
printf '#!/bin/sh\nexit 101\n' | "${run[@]}" tee "$policy" >/dev/null
"${run[@]}" chmod 755 "$policy"

say "installing ${missing[*]}"
printf 'postfix postfix/main_mailer_type select No configuration\n' | "${run[@]}" debconf-set-selections
"${run[@]}" apt-get update -qq
"${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
