import { createHash } from 'node:crypto';
import { backupText } from './backup-call-text.ts';
import type { ArgvCall, Call, HttpCall } from './call.ts';
import { formatDuration } from './duration.ts';

const PLAIN = /^[\w@%+=:,./-]+$/;

/** Longest word shown whole, in characters. */
const LONGEST = 120;

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** A constant script is named by its hash: nobody reads forty lines of shell on a phone, but it cannot change unseen. */
function shown(word: string): string {
  if (word.includes('\n'))
    return `[script ${createHash('sha256').update(word, 'utf8').digest('hex').slice(0, 8)}]`;
  if (PLAIN.test(word)) return word;
  return quoted(word.length > LONGEST ? `${word.slice(0, LONGEST)}…` : word);
}

/** Longest content of a request shown, in characters. */
const LONGEST_CONTENT = 400;

const contentOf = ({ body = '' }: HttpCall): readonly string[] =>
  body === '' ? [] : [body.length > LONGEST_CONTENT ? `${body.slice(0, LONGEST_CONTENT)}…` : body];

/** A call the way people read it; for the eye only, never given to a shell. */
export function callText(call: Call): string {
  if (call.kind === 'docker') return `docker ${call.operation} ${call.container}`;
  if (call.kind === 'http') return [call.method, call.url, ...contentOf(call)].join(' ');
  if (call.kind === 'person') return call.text;
  if (call.kind === 'wait') return `wait ${formatDuration(call.ms)}`;
  if (call.kind === 'check') return `wait until ${call.checks.join(', ')} pass`;
  if (call.kind === 'variable') return `write ${call.name} into ${call.path}`;
  if (call.kind === 'backup' || call.kind === 'verify backup' || call.kind === 'restore')
    return backupText(call, (program) => programText(program));
  return programText(call);
}

/** A program the way people read it. */
function programText(call: Omit<ArgvCall, 'kind'>): string {
  const place = call.cwd === undefined ? '' : ` (in ${call.cwd})`;
  const sudo = call.user === undefined ? 'sudo ' : `sudo -u ${call.user} `;
  return `${call.sudo === true || call.user !== undefined ? sudo : ''}${call.argv.map(shown).join(' ')}${place}`;
}
