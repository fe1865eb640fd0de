import { failed, type Outcome, succeeded } from './outcome.ts';

/** What happens to a component once the file has changed. */
export interface Afterwards {
  readonly component: string;
  readonly action: 'restart' | 'recreate';
}

/** The file that holds a service's environment variables in one environment, a `NAME=value` a line. */
export interface PlacedEnvFile {
  /** On the component's target. */
  readonly path: string;
  /** Name of the component whose target and lock count. */
  readonly component: string;
  readonly sudo: boolean;
  readonly user?: string;
  /** Names that must be there, each with what it is for. */
  readonly required: Readonly<Record<string, string>>;
  readonly afterwards: readonly Afterwards[];
}

/** A variable as the file has it; its value never leaves the target. */
export interface Variable {
  readonly name: string;
  readonly isEmpty: boolean;
}

/** What a name of a variable looks like (POSIX.1-2017 §8.1, and lower case as people write it). */
export const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** Prints `NAME set` or `NAME empty` a line; only names pass, so no value ever leaves the target. */
export const LIST_NAMES = [
  's/^[[:space:]]*export[[:space:]][[:space:]]*//',
  // `t` remembers that substitution, too; a jump to the next line makes it forget.
  'tnames',
  ':names',
  's/^[[:space:]]*\\([A-Za-z_][A-Za-z0-9_]*\\)=[[:space:]]*$/\\1 empty/p',
  't',
  's/^[[:space:]]*\\([A-Za-z_][A-Za-z0-9_]*\\)=["\']["\'][[:space:]]*$/\\1 empty/p',
  't',
  's/^[[:space:]]*\\([A-Za-z_][A-Za-z0-9_]*\\)=.*$/\\1 set/p',
] as const;

/** Reads what {@link LIST_NAMES} printed; a name that stands twice counts as it stands last. */
export function readNames(printed: string): readonly Variable[] {
  const found = new Map<string, Variable>();
  for (const line of printed.split('\n')) {
    const [name = '', state] = line.split(' ');
    if (!VARIABLE_NAME.test(name)) continue;
    found.delete(name);
    found.set(name, { name, isEmpty: state === 'empty' });
  }
  return [...found.values()];
}

/** Longest value, in characters. */
const LONGEST_VALUE = 8192;
/** Read as it stands by docker-compose, `docker run --env-file`, systemd and shells alike. */
const PLAIN_VALUE = /^[A-Za-z0-9_%+./:=@^~,?&!*()[\]{}|<>;-]*$/;

/**
 * A value as it is written behind the `=`: plain where every reader takes it alike, else in single quotes, in which nothing
 * is special to docker-compose, systemd and shells. Never says the value.
 */
export function writtenValue(value: string): Outcome<string> {
  const refuse = (why: string): Outcome<never> =>
    failed('INPUT_INVALID_VALUE', `that value ${why}; nothing was written`, 'Give another one.');
  if (value === '') return refuse('is empty');
  if (value.length > LONGEST_VALUE) return refuse(`has more than ${LONGEST_VALUE} characters`);
  if (/\p{Cc}/u.test(value)) return refuse('holds a line break or another control character');
  if (PLAIN_VALUE.test(value)) return succeeded(value);
  if (value.includes("'")) return refuse("holds a ', beside which no quoting is read alike everywhere");
  return succeeded(`'${value}'`);
}

/**
 * Alters one variable in a file, or puts back the file as it was before the last change. `$1` set, unset or back; `$2` the
 * file; `$3` the name; `$4` a receipt, which stands in the file with what it altered, so that one look tells whether it
 * happened. The value comes on stdin. Written beside and moved, with owner and mode kept; the file before stays beside it.
 */
export const ALTER_VARIABLE = `set -eu
umask 077
mode=$1 file=$2 key=$3 receipt=$4
new=$file.botswain-new before=$file.botswain-before
[ -f "$file" ] || { echo "there is no file $file" >&2; exit 66; }
value=
if [ "$mode" = set ]; then value=$(cat; echo .); value=\${value%.}; fi
source=$file
if [ "$mode" = back ]; then
  [ -f "$before" ] || { echo "nothing was changed before that could be put back" >&2; exit 67; }
  source=$before
fi
trap 'rm -f "$new"' EXIT
rm -f "$new"
cp -p -- "$file" "$new"
{
  placed=
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      "# botswain: "*) continue ;;
      "$key="* | "export $key="*)
        if [ "$mode" = back ]; then printf '%s\\n' "$line"
        elif [ "$mode" = set ] && [ -z "$placed" ]; then printf '%s=%s\\n' "$key" "$value"; placed=1; fi ;;
      *) printf '%s\\n' "$line" ;;
    esac
  done <"$source"
  if [ "$mode" = set ] && [ -z "$placed" ]; then printf '%s=%s\\n' "$key" "$value"; fi
  printf '# botswain: %s\\n' "$receipt"
} >"$new"
cp -p -- "$file" "$before.new"
mv -f -- "$new" "$file"
mv -f -- "$before.new" "$before"
trap - EXIT`;
