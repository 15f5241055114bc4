#!/usr/bin/env bash
# Two gateways behind HAProxy on this machine, for a try: they share PostgreSQL (journal, directory) and Redis (limits),
# and deliver into one Maildir folder; Prometheus scrapes them. Everything runs as the user who calls it (PostgreSQL as
# postgres where that is root), in one folder, on loopback.
#
#   cluster.sh up                     start, say what to try, stay until Ctrl-C, stop everything
#   cluster.sh status                 what runs
#   cluster.sh send COUNT [FROM]      send that many messages to outside, one recipient each; count the replies
#   cluster.sh kill|stop|start PART   gw1, gw2, redis, postgres, haproxy, prometheus; kill is SIGKILL, as a power cut
#   cluster.sh down                   stop what an `up` that was killed left behind
#
# Settings, from the environment: CLUSTER_DATA (the folder; kept from one time to the next), CLUSTER_PORT (the first of
# twelve ports), CLUSTER_EXTRA (a file of TOML that is added to both nodes' configuration).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
data=${CLUSTER_DATA:-/tmp/congthu-cluster-$(id -u)}
port=${CLUSTER_PORT:-2525}
host=127.0.0.1
congthu=$root/.venv/bin/congthu
parts=(postgres redis gw1 gw2 haproxy prometheus)
PATH=$PATH:/usr/sbin:/sbin

# The ports, counted from the first: inbound and outbound of HAProxy, its status page, Redis, Prometheus, the nodes' own.
inbound=$port outbound=$((port + 1)) status=$((port + 2)) redis=$((port + 3)) prometheus=$((port + 4))
declare -A smtp_in=([gw1]=$((port + 6)) [gw2]=$((port + 9))) smtp_out=([gw1]=$((port + 7)) [gw2]=$((port + 10)))
declare -A http=([gw1]=$((port + 8)) [gw2]=$((port + 11)))

say() { printf 'cluster: %s\n' "$*" >&2; }
fail() { say "$*"; exit 2; }

# --- processes: each part is a session of its own, so that SIGKILL takes the whole of it -------------------------------

# A process is known by its id and when it began: an id alone may be somebody else's by now.
began() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }
state() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 1; }

# alive PART: sets `pid`. The dead that nobody has waited for do not count.
alive() {
  local since
  [[ -r $data/run/$1 ]] && read -r pid since <"$data/run/$1" &&
    [[ -n $since && $(began "$pid") == "$since" && $(state "$pid") != Z ]]
}

spawn() {
  local part=$1
  shift
  setsid "$@" </dev/null >>"$data/log/$part" 2>&1 &
  echo "$! $(began $!)" >"$data/run/$part"
  disown
}

# until_true PART SECONDS COMMAND…: wait; the log's end where the part dies or the time is over.
until_true() {
  local part=$1 left=$(($2 * 5))
  shift 2
  until "$@" >/dev/null 2>&1; do
    if ! alive "$part" || ((left-- == 0)); then
      tail -n 20 "$data/log/$part" >&2
      fail "$part does not start; its log is $data/log/$part"
    fi
    sleep 0.2
  done
}

# stop PART [SIGNAL]: ask it to end; SIGKILL for the whole session after 40 seconds, or at once. Never waits for the dead.
stop() {
  local left=400
  alive "$1" || return 0
  if [[ ${2:-TERM} != KILL ]]; then
    kill "-${2:-TERM}" "$pid" 2>/dev/null || true
    while alive "$1" && ((left-- > 0)); do sleep 0.1; done
  fi
  kill -KILL -- "-$pid" 2>/dev/null || true
  while alive "$1"; do sleep 0.05; done
  rm -f "$data/run/$1"
}

# --- the parts ---------------------------------------------------------------------------------------------------------

as_postgres=()
[[ $(id -u) -ne 0 ]] || as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups --)
pg_bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
pg() { (cd / && "${as_postgres[@]}" "${pg_bin:+$pg_bin/}$1" "${@:2}"); }
sql() { pg psql -qAt -h "$data/postgres" -U postgres -d "${2:-postgres}" -c "$1"; }

start_postgres() {
  local folder=$data/postgres
  if [[ ! -d $folder/data ]]; then
    mkdir -p -m 0700 "$folder"
    [[ $(id -u) -ne 0 ]] || chown postgres: "$folder"
    pg initdb -D "$folder/data" -U postgres -A trust -E UTF8 --no-sync >"$data/log/initdb" 2>&1 ||
      { cat "$data/log/initdb" >&2; fail "initdb failed (as root, the folder must be one that the user postgres can reach)"; }
  fi
  # After SIGKILL PostgreSQL mends what it wrote. A dead server that nobody has waited for yet looks alive to it.
  local lock
  for lock in "$folder/data/postmaster.pid" "$folder/.s.PGSQL.5432.lock"; do
    [[ ! -e $lock || $(state "$(head -n 1 "$lock")") != Z ]] || rm -f "$lock"
  done
  spawn postgres "${as_postgres[@]}" "${pg_bin:+$pg_bin/}postgres" -D "$folder/data" -c listen_addresses= \
    -c "unix_socket_directories=$folder" -c logging_collector=off
  until_true postgres 60 sql "SELECT 1"
  [[ -n $(sql "SELECT 1 FROM pg_database WHERE datname = 'congthu'") ]] || sql "CREATE DATABASE congthu"
}

start_redis() {
  [[ -s $data/redis.password ]] || (umask 077 && od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$data/redis.password")
  mkdir -p -m 0700 "$data/redis"
  # Counters are written to disk every second and never thrown out for want of memory: an account forgotten is a limit
  # forgotten. Where memory ends, Redis says so, and the rule's `unavailable` holds.
  (umask 077 && cat >"$data/redis.conf" <<END
bind $host
port $redis
requirepass $(<"$data/redis.password")
dir $data/redis
appendonly yes
appendfsync everysec
maxmemory 256mb
maxmemory-policy noeviction
save ""
END
  )
  spawn redis redis-server "$data/redis.conf"
  until_true redis 30 env REDISCLI_AUTH="$(<"$data/redis.password")" redis-cli -h $host -p "$redis" -e ping
}

# Both nodes have the same but for their names, folders and ports.
configure() {
  local node=$1
  mkdir -p "$data/$node"
  (umask 077 && cat >"$data/$node/config.toml" <<END
[gateway]
hostname = "$node.demo.example"
node = "$node"
data_dir = "$data/$node"
domains = ["tphcm.gov.vn"]
regulation = "tphcm-q4-03-2013"
pass_key = "$data/pass.key"
shutdown_timeout = "5s"

[store]
url = "postgresql://postgres@/congthu?host=$data/postgres"
shared = "redis://:$(<"$data/redis.password")@$host:$redis/0"

[[listener]]
name = "inbound"
bind = "$host:${smtp_in[$node]}"
direction = "inbound"
upstream = "embedded"
proxy_protocol = ["$host"]

[[listener]]
name = "outbound"
bind = "$host:${smtp_out[$node]}"
direction = "outbound"
upstream = "embedded"
proxy_protocol = ["$host"]

[[limit_override]]
address = "thuchidinh@tphcm.gov.vn"
reason = "A low limit, to see what it does on both nodes together"
expires = 2099-12-31
recipients = ["20/day"]

[upstream.embedded]
maildir = "$data/mail"

[http]
bind = "$host:${http[$node]}"
END
  )
  [[ -z ${CLUSTER_EXTRA:-} ]] || cat "$CLUSTER_EXTRA" >>"$data/$node/config.toml"
}

ready() { [[ $(curl -s -o "$data/run/.answer" -w '%{http_code}' --max-time 2 "$1") == 200 ]]; }

start_node() {
  configure "$1"
  spawn "$1" "$congthu" run --config "$data/$1/config.toml"
  until_true "$1" 60 ready "http://$host:${http[$1]}/readyz"
}

start_haproxy() {
  spawn haproxy env BIND=$host INBOUND="$inbound" OUTBOUND="$outbound" STATUS="$status" GW1=$host GW2=$host \
    GW1_INBOUND="${smtp_in[gw1]}" GW1_OUTBOUND="${smtp_out[gw1]}" GW1_HTTP="${http[gw1]}" \
    GW2_INBOUND="${smtp_in[gw2]}" GW2_OUTBOUND="${smtp_out[gw2]}" GW2_HTTP="${http[gw2]}" \
    haproxy -db -f "$here/haproxy.cfg"
  until_true haproxy 30 ready "http://$host:$status/metrics"
}

start_prometheus() {
  cat >"$data/prometheus.yml" <<END
global: { scrape_interval: 5s, evaluation_interval: 5s }
rule_files: ["$root/deploy/prometheus/alerts.yml"]
scrape_configs:
  - job_name: congthu
    static_configs: [{ targets: ["$host:${http[gw1]}", "$host:${http[gw2]}"] }]
  - job_name: haproxy
    static_configs: [{ targets: ["$host:$status"] }]
END
  spawn prometheus prometheus --config.file="$data/prometheus.yml" --storage.tsdb.path="$data/prometheus" \
    --web.listen-address="$host:$prometheus" --storage.tsdb.retention.time=2d
  until_true prometheus 60 ready "http://$host:$prometheus/-/ready"
}

start() {
  alive "$1" && { say "$1 runs"; return 0; }
  case $1 in
    postgres | redis | haproxy | prometheus) "start_$1" ;;
    gw1 | gw2) start_node "$1" ;;
  esac
}

# --- commands ----------------------------------------------------------------------------------------------------------

need() {
  local missing=()
  [[ -x $congthu ]] || fail "there is no $congthu: run make demo once, or make services test"
  for pair in redis-server:redis-server redis-cli:redis-tools haproxy:haproxy prometheus:prometheus curl:curl setsid:util-linux; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}")
  done
  [[ -n $pg_bin ]] || command -v initdb >/dev/null || missing+=(postgresql)
  ((!${#missing[@]})) || fail "install first: apt-get install --no-install-recommends ${missing[*]}"
}

down() {
  local at
  for ((at = ${#parts[@]} - 1; at >= 0; at--)); do
    # INT is PostgreSQL's fast way: it does not wait for its clients.
    stop "${parts[at]}" "$([[ ${parts[at]} == postgres ]] && echo INT || echo TERM)"
  done
}

up() {
  need
  ((${#data} <= 80)) || fail "the folder's name is too long for a Unix socket in it: set CLUSTER_DATA"
  mkdir -p -m 0711 "$data"
  [[ -O $data && ! -L $data ]] || fail "$data is somebody else's: set CLUSTER_DATA"
  mkdir -p "$data/log" "$data/run" "$data/mail"
  for part in "${parts[@]}"; do ! alive "$part" || fail "$part runs already, process $pid (cluster.sh down)"; done
  local sleeper=
  trap 'say "stopping"; trap "" INT TERM; [[ -z $sleeper ]] || kill $sleeper || true; down; say "stopped; the data stay in $data"' EXIT
  trap 'exit 0' INT TERM
  for part in "${parts[@]}"; do say "starting $part" && start "$part"; done
  welcome
  while :; do
    sleep 3600 &
    sleeper=$!
    wait "$sleeper" || true
  done
}

welcome() {
  local me=deploy/cluster/cluster.sh
  cat <<END

Cổng Thư, two nodes behind HAProxy: mail from outside on $host:$inbound, mail to outside on $host:$outbound.

  HAProxy     http://$host:$status/
  Prometheus  http://$host:$prometheus/alerts   (deploy/grafana/dashboard.json shows its figures in Grafana)
  nodes       http://$host:${http[gw1]}/readyz and http://$host:${http[gw2]}/readyz

Everything is in $data, the mail in mail/, the logs in log/. Ctrl-C stops it. In another terminal, try:

  ${CLUSTER_DATA:+export CLUSTER_DATA=$data }${CLUSTER_PORT:+export CLUSTER_PORT=$port}
  .venv/bin/congthu demo --send good --port $inbound   over one of the nodes into $data/mail
  .venv/bin/congthu demo --send big --port $inbound    refused by one, on record for both:
  .venv/bin/congthu decisions list --config $data/gw2/config.toml

  $me send 30                           all pass, over both nodes
  $me send 30 thuchidinh@tphcm.gov.vn   20 pass, whichever node they meet: the limit is one
  $me kill gw1                          a node dies; send again: HAProxy leaves it out
  $me start gw1                         and takes it in again
  $me stop redis                        nothing can be counted: mail passes, as configured
  $me stop postgres                     nothing can be recorded: what would be refused waits (451)

END
  say "ready"
}

send() {
  "$root/.venv/bin/python" - "$host" "$outbound" "$1" "${2:-vanthu@tphcm.gov.vn}" <<'END'
import smtplib
import sys
from collections import Counter

host, port, count, sender = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
replies = Counter()
for number in range(count):
    text = f"From: <{sender}>\nTo: <nguoinhan{number}@noikhac.example>\nSubject: thu {number}\n\nXin chao\n"
    try:
        with smtplib.SMTP(host, port, timeout=60) as client:
            client.sendmail(sender, [f"nguoinhan{number}@noikhac.example"], text)
        replies["250 accepted"] += 1
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        replies[f"{code} {words.decode(errors='replace').splitlines()[0]}"] += 1
    except smtplib.SMTPResponseException as error:
        replies[f"{error.smtp_code} {error.smtp_error.decode(errors='replace').splitlines()[0]}"] += 1
    except OSError as error:
        replies[f"no reply: {error}"] += 1
for reply, times in replies.most_common():
    print(f"{times:6} {reply}")
END
}

case ${1:-} in
  up) up ;;
  down) down ;;
  send) send "${2:?how many?}" "${3:-}" ;;
  status) for part in "${parts[@]}"; do if alive "$part"; then echo "$part $pid"; else echo "$part -"; fi; done ;;
  kill | stop | start)
    [[ " ${parts[*]} " == *" ${2:-} "* ]] || fail "which part? ${parts[*]}"
    case $1 in
      start) start "$2" ;;
      kill) stop "$2" KILL ;;
      stop) stop "$2" "$([[ $2 == postgres ]] && echo INT || echo TERM)" ;;
    esac
    ;;
  *) sed -n '2,14s/^# \{0,1\}//p' "$0" && exit 2 ;;
esac
