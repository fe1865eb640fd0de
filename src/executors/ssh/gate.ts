import { createHash } from 'node:crypto';
import { GATE_REFUSES, inputLine } from '../receipt-carry.ts';
import { scriptArguments } from '../receipt-script.ts';
import { KILL_READ, KILL_TRANSFER, KILL_WAITING } from './ssh.ts';

/**
 * One word of an order as the gate compares it: a line of the input as it is, the name of a kind of word, or `~` and an
 * extended regular expression over printed ASCII that matches all of it.
 */
export type GateWord = string;

/** One order the gate lets pass: its folder and words as {@link callLines} writes them, but for those that vary. */
export interface GateRule {
  readonly way: 'read' | 'start' | 'transfer';
  readonly words: readonly GateWord[];
  /** For whoever reads the script. */
  readonly why: string;
}

/** What a gate is made of. */
export interface GatePlan {
  /** For people: `production/karmabot-server`. */
  readonly target: string;
  /** Folder of the receipts as the settings have it; empty for the default one. */
  readonly receipts: string;
  readonly rules: readonly GateRule[];
  /** Lines by which a stream to the Docker engine is opened; each gives the whole engine away. */
  readonly streams: readonly string[];
  /** Lines of comment for the head: how it is installed. */
  readonly head: readonly string[];
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

const comment = (line: string): string => `# ${line.replace(/\p{Cc}/gu, ' ')}`.trimEnd();

/** Ends what nobody waits for any more: only what a gate of this account became itself, as Linux's /proc tells. */
const ownRule = (script: string, kind: 'reading' | 'waiting'): GateRule => ({
  way: 'read',
  words: ['=', ...['/bin/sh', '-c', script, 'sh'].map(inputLine), kind],
  why: 'what nobody waits for any more is ended',
});

const ownRules: readonly GateRule[] = [
  ownRule(KILL_READ, 'reading'),
  ownRule(KILL_TRANSFER, 'reading'),
  ownRule(KILL_WAITING, 'waiting'),
];

const ruleLines = ({ way, words, why }: GateRule): readonly string[] => [
  comment(why),
  `allow ${way} ${words.map((word) => (/^[a-z]+$/.test(word) ? word : quoted(word))).join(' ')}`,
];

const streamLines = (streams: readonly string[]): readonly string[] =>
  streams.length === 0
    ? []
    : [
        '# The only command lines that are looked at; they lead to the whole engine, which is as much as root.',
        `case \${SSH_ORIGINAL_COMMAND-} in`,
        ...streams.map((line) => `  ${quoted(line)}) ${line} ;;`),
        'esac',
      ];

const ALNUM = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

const READ_ORDER = `
nl='
'
mark=
refuse() {
  id "\${mark#botswain-}" && echo "$mark ${GATE_REFUSES} $1"
  echo "botswain-gate: refused: $1" >&2
  exit 126
}
# Letters and digits one by one: ranges mean other things in other languages.
id() { case $1 in *[!0123456789abcdef-]*) return 1 ;; esac ; [ \${#1} = 36 ] ; }
is_number() { case $1 in '' | *[!0123456789]*) return 1 ;; esac ; [ \${#1} -le 9 ] ; }
is_since() { case $1 in @[0123456789]*) ;; *) return 1 ;; esac ; case \${1#@} in *[!0123456789.]*) return 1 ;; esac ; }
is_image() { case $1 in [!${ALNUM}]* | *[!${ALNUM}._/:@-]* | '') return 1 ;; esac ; [ \${#1} -le 255 ] ; }
# What a gate became says so from its start on, with its own number: nothing that it started does, and no other program.
became() {
  is_number "$1" && [ "$1" -gt 1 ] && [ -r "/proc/$1/environ" ] || return 1
  tr '\\000' '\\n' 2>/dev/null <"/proc/$1/environ" | grep -qx "BOTSWAIN_BECAME=$2 $1"
}
is_reading() { became "$1" read ; }
is_waiting() { became "$1" start || became "$1" ask ; }
# Whether a word, decoded, is all like an expression; a line end stands for itself, which no grep would see.
is_like() {
  case $1 in
    =*) v=\${1#=} ;;
    *) v=$(printf %s "\${1#?}" | base64 -d 2>/dev/null && echo .) || return 1 ; case $v in *.) v=\${v%.} ;; *) return 1 ;; esac ;;
  esac
  case $v in *"$rs"*) return 1 ;; esac
  { printf %s "$v" | tr '\\n' '\\036' ; echo ; } |
    LC_ALL=C grep -q -x -E -e "$(printf %s "$2" | tr '\\n' '\\036')" 2>/dev/null
}
rs=$(printf '\\036')
is_time() { case $1 in [0123456789]*) ;; *) return 1 ;; esac ; case $1 in *[!0123456789TZ:.-]*) return 1 ;; esac ; }

# The order, as Botswain writes it: three scripts are known here: which is meant shows in its second line, and in the list.
IFS= read -r mark && IFS= read -r second || refuse 'no order came'
case $mark in botswain-*) id "\${mark#botswain-}" || { mark= ; refuse 'no order came' ; } ;; *) mark= ; refuse 'no order came' ;; esac
order=$mark$nl$second$nl
case $second in
  start | ask)
    way=$second
    IFS= read -r receipt && IFS= read -r base && IFS= read -r cap && IFS= read -r seconds &&
      IFS= read -r folder || refuse 'the order is cut off'
    id "$receipt" || refuse 'the receipt has no name of ours'
    [ "$base" = "$receipts" ] || refuse 'the receipts are kept in another folder'
    is_number "$cap" && is_number "$seconds" || refuse 'a number is none'
    order=$order$receipt$nl$base$nl$cap$nl$seconds$nl$folder$nl ;;
  *) way=read folder=$second ;;
esac
words=$folder$nl count=0
while IFS= read -r line && [ "$line" != . ] ; do
  words=$words$line$nl order=$order$line$nl count=$((count + 1))
  [ $count -le 1000 ] || refuse 'the order is too long'
done
[ "$line" = . ] || refuse 'the order is cut off'

permitted=
# Compares the order with one line of the list, word by word; nothing of it is ever read by a shell.
allow() {
  [ -z "$permitted" ] || return 0
  case $1 in "$way") ;; transfer) [ "$way" = read ] || return 0 ;; *) return 0 ;; esac
  as=$1
  shift
  rest=$words
  for want do
    have=\${rest%%"$nl"*}
    case $want in
      number | since | time | image | reading | waiting)
        case $have in =*) ;; *) return 0 ;; esac
        "is_$want" "\${have#=}" || return 0 ;;
      '~'*) is_like "$have" "\${want#?}" || return 0 ;;
      *) [ "$have" = "$want" ] || return 0 ;;
    esac
    rest=\${rest#*"$nl"}
  done
  [ -n "$rest" ] || permitted=$as
}
`.trim();

const RUN = `
[ -n "$permitted" ] || refuse 'this is not in its list'
export BOTSWAIN_BECAME="$way $$"
case $permitted in
  read) exec /bin/sh -c "$read_script" <<END
$order.
END
  ;;
  transfer) exec /bin/sh -c "$transfer_script" 3<&0 <<END
$order.
END
  ;;
  *) exec /bin/sh -c "$receipt_script" botswain "$worker_script" <<END
$order.
END
  ;;
esac
`.trim();

/**
 * The forced command for an account: a POSIX shell script that reads the order on stdin, as receipt-script.ts has it, and
 * carries out only what is in its list, word by word. It holds no secret.
 */
export function gateScript({ target, receipts, rules, streams, head }: GatePlan): string {
  const [, read = ''] = scriptArguments('read');
  const [, receipt = '', , worker = ''] = scriptArguments('receipt');
  const body = [
    'set -f',
    'unset IFS',
    `receipts=${quoted(inputLine(receipts))}`,
    `read_script=${quoted(read)}`,
    // What comes after the order is the program's.
    `transfer_script=${quoted(read.replace(/<.dev.null$/, '<&3 3<&-'))}`,
    `receipt_script=${quoted(receipt)}`,
    `worker_script=${quoted(worker)}`,
    '',
    ...streamLines(streams),
    READ_ORDER,
    '',
    comment('asking what became of a change; it runs nothing'),
    "allow ask '='",
    ...[...ownRules, ...rules].flatMap(ruleLines),
    '',
    RUN,
    '',
  ].join('\n');
  return [
    '#!/bin/sh',
    comment(`botswain-gate for ${target}: what Botswain may do here, and nothing else.`),
    ...head.map(comment),
    '',
    `export BOTSWAIN_GATE=${createHash('sha256').update(body).digest('hex').slice(0, 16)}`,
    body,
  ].join('\n');
}

/** What tells one gate from another, apart from its head; programs on the target have it as BOTSWAIN_GATE. */
export const gateMark = (script: string): string => /^export BOTSWAIN_GATE=(\w+)$/m.exec(script)?.[1] ?? '';
