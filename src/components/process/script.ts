/**
 * Controls one plain process on a host without an init, in POSIX sh. It is constant: everything that differs comes as
 * arguments: ACTION PIDFILE LOG GRACE_SECONDS PROGRAM [ARGUMENT…]; the working directory is the call's.
 * It signals the whole process group, as systemd does; what the program leaves behind is killed when it has ended.
 * The pidfile holds `PID START EPOCH_MS`: START is when the kernel started that pid, so a reused pid is not taken for ours.
 */
export const PROCESS_SCRIPT = `# Botswain's constant script for one plain process: ACTION PIDFILE LOG GRACE PROGRAM [ARGUMENT...]
action=$1 pidfile=$2 log=$3 grace=$4
shift 4
born() {
  if [ -r "/proc/$1/stat" ]; then
    state=$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) || return 1
    case $state in Z*|X*|'') return 1 ;; esac
    printf '%s' "$state" | cut -d ' ' -f 20
  else ps -o lstart= -p "$1" 2>/dev/null | tr -d ' :' | grep .; fi
}
clock() { now=$(date +%s%3N); case $now in *[!0-9]*) now=$(date +%s)000 ;; esac; echo "$now"; }
load() { pid= start= since=; { read -r pid start since < "$pidfile"; } 2>/dev/null || [ -n "$pid" ]; }
alive() { load && [ -n "$pid" ] && [ "$(born "$pid")" = "$start" ]; }
signal() { kill -s "$1" -- "-$pid" 2>/dev/null || kill -s "$1" "$pid" 2>/dev/null; }
nap() { sleep 0.1 2>/dev/null || sleep 1; }
stop() {
  if ! alive; then rm -f "$pidfile"; echo 'was not running'; return 0; fi
  old=$pid; signal TERM; deadline=$(( $(date +%s) + grace ))
  while alive; do
    if [ "$(date +%s)" -ge "$deadline" ]; then signal KILL; echo "did not end within $grace s and was killed"; break; fi
    nap
  done
  tries=0; while alive && [ $tries -lt 50 ]; do nap; tries=$((tries + 1)); done
  if alive; then echo "process $pid cannot be ended" >&2; return 1; fi
  kill -s KILL -- "-$old" 2>/dev/null
  rm -f "$pidfile"; echo "stopped, was PID $old"
}
start() {
  if alive; then echo "already running, PID $pid"; return 0; fi
  rm -f "$pidfile"
  command -v setsid >/dev/null 2>&1 && detach=setsid || detach=nohup
  "$detach" sh -c 'f=$1; shift; echo $$ > "$f.new"; exec "$@"' start "$pidfile" "$@" >> "$log" 2>&1 < /dev/null &
  tries=0; while [ ! -s "$pidfile.new" ] && [ $tries -lt 50 ]; do nap; tries=$((tries + 1)); done
  read -r pid < "$pidfile.new" || { echo 'it could not be started' >&2; return 1; }
  rm -f "$pidfile.new"
  echo "$pid $(born "$pid") $(clock)" > "$pidfile"
  nap; nap; nap
  if alive; then echo "started, PID $pid"; return 0; fi
  { echo 'it ended at once; the last lines of its log:'; tail -n 5 "$log"; } >&2
  return 1
}
status() {
  if alive; then
    echo "state=running"; echo "pid=$pid"; echo "start=$start"; echo "since=$since"
    [ -r "/proc/$pid/status" ] && sed -n 's/^VmRSS:[^0-9]*\\([0-9]*\\) kB/rss=\\1/p' "/proc/$pid/status"
  elif load; then echo "state=gone"; echo "pid=$pid"
  else echo "state=stopped"; fi
  revision=$(git rev-parse HEAD 2>/dev/null) && echo "revision=$revision"
  return 0
}
case $action in
  start) start "$@" ;;
  stop) stop ;;
  restart) stop && start "$@" ;;
  status) status ;;
  *) echo "unknown action $action" >&2; exit 2 ;;
esac
`;
