/**
 * The two constant scripts that carry a program to a target, for `/bin/sh` as POSIX has it (tried under dash, bash,
 * mksh and busybox). Everything that varies comes as lines on stdin, so nothing of a call ever meets a login shell.
 * They travel as one line in single quotes: no `'`, no `\`, and a `!` only before a space or `=`, or csh would read
 * them. So each line below ends where the next may follow after a space; lines beginning with `#` stay here.
 */
const shell = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .join(' ');

/** What stands between the kept head and tail of an output that was cut on the target. */
export const GAP = '[... the middle was left out ...]';

const DECODE = `
  # =text stands for itself; +base64 is for what is not one line of plain ASCII. The dot keeps trailing newlines.
  decode() {
    case $1 in
      =*) v=\${1#=} ;;
      *) v=$(printf %s "\${1#?}" | base64 -d && echo .) ;
         case $v in *.) v=\${v%.} ;; *) echo "$mark encoding" ; exit 0 ;; esac ;;
    esac ;
  } ;`;

const READ_ARGUMENTS = `
  # The rest of the lines; the last must be a dot, or the input was cut off in between.
  set -- ;
  while IFS= read -r line && [ "$line" != . ] ; do decode "$line" ; set -- "$@" "$v" ; done ;
  [ "$line" = . ] || exit 125 ;`;

const PLAIN_WORDS = `
  # The same words from every sudo and systemctl, whatever language the account has.
  export LC_MESSAGES=C LANGUAGE= ;`;

/** Input: mark, folder, arguments, dot. Prints `MARK run PID` (and the mark on stderr), then becomes the program. */
const READ = shell(`
  ${DECODE}
  IFS= read -r mark && IFS= read -r line || exit 125 ;
  decode "$line" ; dir=$v ;
  ${READ_ARGUMENTS}
  ${PLAIN_WORDS}
  if [ -n "$dir" ] ; then cd -- "$dir" 2>/dev/null || { echo "$mark folder" ; exit 0 ; } ; fi ;
  echo "$mark run $$" ; echo "$mark" >&2 ;
  exec "$@" </dev/null`);

/**
 * Input: as {@link READ}, and then what the program reads. `read` takes no byte beyond its line from a pipe, so that what
 * follows the dot is still there. Prints the same, then becomes the program.
 */
const TRANSFER = READ.replace(/ <.dev.null$/, '');

const CLOCKS = `
  # When process $1 started, in ticks since boot: a reused PID is told from the first. Without /proc it cannot be.
  started() {
    at=- ;
    if [ -r /proc/self/stat ] ; then
      s= ; read -r s 2>/dev/null <"/proc/$1/stat" ; set -- \${s##*)} ;
      [ $# -ge 20 ] && [ "$1" != Z ] || return 1 ;
      shift 19 ; at=$1 ;
    else kill -0 "$1" 2>/dev/null ; fi ;
  } ;
  # Which boot this is, and the seconds since.
  now() {
    boot=- ; read -r boot 2>/dev/null </proc/sys/kernel/random/boot_id ;
    up=0 ; read -r up s 2>/dev/null </proc/uptime ;
  } ;`;

/** Runs detached: $1 receipt folder, $2 bytes kept of each output, $3 working folder, then the program. */
const WORKER = shell(`
  ${CLOCKS}
  d=$1 ; cap=$2 ; dir=$3 ; shift 3 ;
  ${PLAIN_WORDS}
  # Begins to sum up output $1, which then comes through descriptor $2.
  sum() {
    mkfifo $1.pipe 2>/dev/null || return 0 ;
    { sha256sum || shasum -a 256 ; } 2>/dev/null <$1.pipe >$1.sum 3>&- 4>&- &
    sums="$sums "$! ; eval "exec $2>$1.pipe" ;
  } ;
  # Once more than $2 bytes of output $1 are new: sums them up (descriptor $3), keeps the first and the last half cap of
  # all aside, and gives the space back. A hole loses nothing of what is appended meanwhile. Where there is none, the
  # output is emptied, which may: then there is no sum. Nor is there of a flood that no sum could keep up with.
  squeeze() {
    seen=$((seen$3)) ; size=$(($(wc -c <$1))) ; from=$((size - cap / 2)) ;
    [ $((size - seen)) -gt "$2" ] || return 0 ;
    [ -e $1.head ] || { head -c $((cap / 2)) $1 >$1.head ; sum $1 $3 ; } ;
    [ $((size - seen)) -lt 1500000000 ] || rm -f $1.pipe ;
    if [ -p $1.pipe ] ; then tail -c +$((seen + 1)) $1 | head -c $((size - seen)) >&$3 ; fi ;
    [ $from -gt $seen ] || from=$seen ;
    { cat $1.tail 2>/dev/null ; tail -c +$((from + 1)) $1 | head -c $((size - from)) ; } | tail -c $((cap / 2)) >$1.next ;
    mv -f $1.next $1.tail ;
    if fallocate -p -o 0 -l $size $1 2>/dev/null ; then eval "seen$3=$size" ;
    elif [ $size -gt $((cap * 2)) ] ; then printf "" >$1 ; eval "seen$3=0" ; rm -f $1.pipe ;
    else eval "seen$3=$size" ; fi ;
  } ;
  # One short line with a dot at its end, written at once: a reader takes no half of it.
  finish() { now ; echo "$1 $up ." >"$d/rc" ; } ;
  # Plain files and no pipes, so that a daemon the program leaves behind holds nobody up.
  printf "" >>"$d/out" && printf "" >>"$d/err" || exit ;
  started $$ ; now ;
  # Only who creates this file may run: a reconciliation that came first has put a link there.
  set -C ;
  echo "$$ $at $boot $up ." 2>/dev/null >"$d/pid" || { [ -h "$d/pid" ] || [ -s "$d/pid" ] || rm -f "$d/pid" ; exit ; } ;
  set +C ;
  if [ -n "$dir" ] ; then cd -- "$dir" 2>/dev/null || { finish folder ; exit ; } ; fi ;
  {
    cd "$d" ; stop= ; sums= ; seen3=0 ; seen4=0 ; trap stop=1 TERM ;
    while [ -z "$stop" ] ; do
      sleep 1 3>&- 4>&- & wait $! ;
      [ -n "$stop" ] || { squeeze out $((cap * 2)) 3 ; squeeze err $((cap * 2)) 4 ; } ;
    done ;
    if [ -e out.head ] ; then squeeze out -1 3 ; else squeeze out "$cap" 3 ; fi ;
    if [ -e err.head ] ; then squeeze err -1 4 ; else squeeze err "$cap" 4 ; fi ;
    exec 3>&- 4>&- ; [ -z "$sums" ] || wait $sums ;
    for o in out err ; do
      [ -p $o.pipe ] || rm -f $o.sum ; rm -f $o.pipe ;
      if [ -e $o.head ] ; then printf "" >$o ; fi ;
    done ;
  } & w=$! ;
  "$@" </dev/null >>"$d/out" 2>>"$d/err" ;
  code=$? ;
  kill $w 2>/dev/null ;
  for o in out err ; do
    if [ -e "$d/$o.head" ] || { [ -s "$d/$o" ] && [ $(wc -c <"$d/$o") -gt "$cap" ] ; } ; then wait $w ; fi ;
  done ;
  # On a full disk the outcome matters more than the output.
  finish $code || { rm -f "$d/out"* "$d/err"* ; finish $code ; } ;
  find "\${d%/*}" -mindepth 1 -maxdepth 1 -type d -mtime +7 -exec rm -rf {} + 2>/dev/null &`);

/**
 * Input: mark, `start` or `ask`, receipt, folder of receipts, bytes kept of each output, seconds to wait, working
 * folder, arguments, dot. Prints `MARK here PID`, then `MARK STATE …` and, of an ended one, what it printed.
 * `start` claims the receipt by `mkdir` and waits for the end, whoever claimed it first; `ask` looks once and, where
 * nothing has begun, makes sure that nothing will: a start still under way must not come after the answer "no".
 */
const RECEIPT = shell(`
  ${CLOCKS}
  ${DECODE}
  look() {
    state=void ; code=- ; end=0 ; dot= ; p= ; began=0 ;
    if [ -h "$d/pid" ] ; then return ; fi ;
    read -r p at0 boot0 began s 2>/dev/null <"$d/pid" ;
    read -r code end dot 2>/dev/null <"$d/rc" ;
    if [ "$dot" = . ] ; then state=ended ; return ; fi ;
    if [ -z "$p" ] ; then state=unclaimed ; return ; fi ;
    now ;
    if [ "$boot" != "$boot0" ] ; then state=rebooted ;
    elif started "$p" && [ "$at" = "$at0" ] ; then state=running ;
    else state=lost ; fi ;
  } ;
  # A link, because that can be made on a full disk too.
  forbid() { ln -s void "$d/pid" 2>/dev/null ; } ;
  show() {
    if [ -e "$d/$1.head" ] ; then
      cat "$d/$1.head" ; echo ; echo "${GAP}" ; cat "$d/$1.tail" ;
    elif [ -s "$d/$1" ] ; then cat "$d/$1" ; fi ;
  } ;
  # The sum of the whole of an output of which only the ends were kept.
  summed() {
    if [ -e "$d/$1.head" ] ; then s= ; read -r s line 2>/dev/null <"$d/$1.sum" ; echo "\${s:-unknown}" ; else echo whole ; fi ;
  } ;
  claim() { mkdir -m 700 "$d" 2>/dev/null ; } ;
  worker=$1 ;
  IFS= read -r mark && IFS= read -r mode && IFS= read -r receipt && IFS= read -r line || exit 125 ;
  decode "$line" ; base=\${v:-$HOME/.botswain/receipts} ; d=$base/$receipt ;
  IFS= read -r cap && IFS= read -r seconds && IFS= read -r line || exit 125 ;
  decode "$line" ; dir=$v ;
  ${READ_ARGUMENTS}
  echo "$mark here $$" ; echo "$mark" >&2 ;
  if claim || { mkdir -p -m 700 "$base" 2>/dev/null && claim ; } ; then
    if [ $mode = start ] ; then
      # In a child of a shell without job control, setsid need not fork: wait sees the end at once. Where it is missing,
      # nohup: without a terminal sshd sends no other signal.
      s=nohup ; command -v setsid >/dev/null 2>&1 && s=setsid ;
      $s /bin/sh -c "$worker" botswain "$d" "$cap" "$dir" "$@" </dev/null >/dev/null 2>&1 &
      wait ; mode=ended ;
    else fresh=fresh ; fi ;
  elif [ ! -d "$d" ] ; then echo "$mark cannot $(id -un) $base" ; exit 0 ; fi ;
  look ; tries=$((seconds * 10)) ;
  while [ $mode = start ] && [ $tries -gt 0 ] ; do
    case $state in running | unclaimed) ;; *) break ;; esac ;
    sleep 0.1 2>/dev/null || sleep 1 ;
    tries=$((tries - 1)) ; look ;
  done ;
  if [ $mode = ask ] && [ $state = unclaimed ] ; then forbid ; look ; fi ;
  # Whom we started and saw end without a claim will not begin any more.
  if [ $mode = ended ] && [ $state = unclaimed ] ; then forbid ; state=void ; fi ;
  # It may have ended between two looks: then there is an rc now.
  if [ $state = lost ] || [ $state = unclaimed ] ; then sleep 0.1 2>/dev/null ; look ; fi ;
  cut=whole ; if [ -e "$d/out.head" ] || [ -e "$d/err.head" ] ; then cut=cut ; fi ;
  echo "$mark $state $code $began $end $cut \${fresh:-old} $(summed out) $(summed err)" ;
  if [ $state = ended ] ; then show out ; show err >&2 ; fi`);

/** Which script: one that becomes the program, one that does and lets it read on, or one that runs it under a receipt. */
export type Script = 'read' | 'transfer' | 'receipt';

const ARGV: Readonly<Record<Script, readonly string[]>> = {
  read: ['-c', READ],
  transfer: ['-c', TRANSFER],
  receipt: ['-c', RECEIPT, 'botswain', WORKER],
};

/** Arguments for `/bin/sh`, to be given as they are. */
export const scriptArguments = (script: Script): readonly string[] => ARGV[script];

const shellLine = (argv: readonly string[]): string =>
  `exec /bin/sh ${argv.map((argument) => `'${argument}'`).join(' ')}`;

/** The same as one constant line for any login shell (sh, bash, dash, zsh, fish, tcsh). */
export const scriptLine: Readonly<Record<Script, string>> = {
  read: shellLine(ARGV.read),
  transfer: shellLine(ARGV.transfer),
  receipt: shellLine(ARGV.receipt),
};
