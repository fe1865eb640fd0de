/** What the receipts of changes, the reads and their output bounds are made of; `src/executors/receipt-script.ts` uses them. */
export const NEEDED_PROGRAMS = [
  ...['base64', 'cat', 'date', 'dirname', 'find', 'head', 'id', 'ln'],
  ...['mkdir', 'mv', 'rm', 'sleep', 'tail', 'wc'],
] as const;

/**
 * Tells about a host, in POSIX sh: RECEIPTS PROGRAM…; alters nothing. One line of plain ASCII, because anything else would
 * already need the `base64` it looks for. Programs are looked for where sudo looks.
 */
export const HOST_SCRIPT = [
  'receipts=$1; shift; [ -n "$receipts" ] || receipts=$HOME/.botswain/receipts;',
  'echo "time=$(date +%s)"; echo "user=$(id -un)"; echo "uid=$(id -u)"; echo "receipts=$receipts";',
  `echo "from=\${SSH_CONNECTION%% *}"; echo "gate=$BOTSWAIN_GATE";`,
  'echo "sudo=$(sudo -V 2>/dev/null | head -n 1)";',
  'folder=$receipts;',
  'while [ ! -e "$folder" ]; do folder=$(dirname "$folder"); done;',
  'if [ -d "$folder" ] && [ -w "$folder" ]; then echo writable=yes; fi;',
  'IFS=:;',
  'for program in "$@"; do',
  'for place in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin $PATH; do',
  'if [ -x "$place/$program" ]; then echo "program.$program=$place/$program"; break; fi;',
  'done; done',
].join(' ');
