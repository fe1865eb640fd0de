import type { RestoreProgram, StreamedProgram } from '../domain/backup-call.ts';
import { script } from './program-settings.ts';

/** What ends a script early; it then leaves through its EXIT trap, which nothing interrupts. */
const cleanedBy = (remove: string): string => `
umask 077
trap 'trap "" HUP INT PIPE TERM; ${remove}' EXIT
trap 'exit 1' HUP INT PIPE TERM`;

/**
 * Begins a script whose $1 is a folder: goes into a new one within, which nobody else can look into and which is gone
 * however the script ends; what a SIGKILL left there of the same kind and account, the next one removes. Shifts $1 away.
 */
export const inTemp = (kind: string): string => `
work=
${cleanedBy('[ -z "$work" ] || rm -rf -- "$work"')}
for left in "$1"/botswain-${kind}.*; do
  pid=\${left##*/botswain-${kind}.}
  [ ! -O "$left" ] || kill -0 "\${pid%%.*}" 2>/dev/null || rm -rf -- "$left"
done
work=$(mktemp -d "$1/botswain-${kind}.$$.XXXXXX") || exit 1
cd "$work" || exit 1
copy=copy
shift`;

/** Ends a script that {@link inTemp} began: sends the copy, which has no name any more while that lasts. */
export const SEND = `
[ -s "$copy" ] || { echo "the copy is empty" >&2; exit 1; }
exec 3<"$copy"
rm -rf -- "$work"
cat <&3`;

/** $1 file, $2 tag: puts a checked copy beside it, with its owner and mode, or with the owner of its folder. */
const load = ({ whole, beside }: FileRestore): string => `
copy=$1.restore-$2
[ ! -e "$copy" ] || { echo "$copy is there already" >&2; exit 1; }
${cleanedBy(['', ...beside].map((end) => `rm -f -- "$copy${end}"`).join('; '))}
cat >"$copy" || exit 1
${whole}
if [ -e "$1" ]; then
  chmod "$(stat -c %a -- "$1")" "$copy" && chown "$(stat -c %u:%g -- "$1")" "$copy" || exit 1
elif [ "$(id -u)" = 0 ]; then chown "$(stat -c %u:%g -- "$(dirname -- "$1")")" "$copy" || exit 1; fi
sync
trap - EXIT`;

/** $1 file, $2 tag: the copy takes its place; what is there is kept with what belongs to it, or is there again. */
const swap = ({ beside }: FileRestore): string => `
trap '' HUP INT PIPE TERM
[ -e "$1.restore-$2" ] || { echo "there is no $1.restore-$2" >&2; exit 1; }
[ ! -e "$1.before-$2" ] || { echo "$1.before-$2 is there already" >&2; exit 1; }
ends='${beside.join(' ')}'
back() {
  for end in "" $ends; do [ ! -e "$1.before-$2$end" ] || mv -- "$1.before-$2$end" "$1$end"; done
  exit 1
}
for end in $ends ""; do
  if [ -e "$1$end" ]; then mv -- "$1$end" "$1.before-$2$end" || back "$1" "$2"; fi
done
mv -- "$1.restore-$2" "$1" || back "$1" "$2"
sync
if [ -e "$1.before-$2" ]; then echo "what was there: $1.before-$2"; fi`;

/** How one file is put back. */
export interface FileRestore {
  readonly kind: string;
  readonly file: string;
  /** Lines of a script that end it unless the file `$copy` is whole. */
  readonly whole: string;
  /** Ends of the names of files that belong to it: `-wal`. */
  readonly beside: readonly string[];
  readonly program: (...argv: readonly string[]) => StreamedProgram;
}

/** The programs that put a checked copy beside a file, then in its place. */
export function restoreFile(of: FileRestore): readonly RestoreProgram[] {
  const program = (text: string, name: string) =>
    of.program(...script(text, `${of.kind}-${name}`, of.file, '{change}'));
  return [
    { title: 'load beside and check', program: program(load(of), 'load'), takesArtifact: true },
    { title: 'swap', program: program(swap(of), 'swap'), takesArtifact: false, replaces: true },
  ];
}
