import type { Call } from './call.ts';

const PLAIN = /^[\w@%+=:,./-]+$/;

const shown = (word: string): string => (PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** Longest word shown whole; a script given as an argument is cut. */
const LONGEST = 120;

const cut = (word: string): string => (word.length > LONGEST ? `${word.slice(0, LONGEST)}…` : word);

/** A call the way people read it; for the eye only, never given to a shell. */
export function callText(call: Call): string {
  if (call.kind === 'docker') return `docker ${call.operation} ${call.container}`;
  if (call.kind === 'http') return `${call.method} ${call.url}`;
  const command = call.argv.map((word) => shown(cut(word))).join(' ');
  const place = call.cwd === undefined ? '' : ` (in ${call.cwd})`;
  return `${call.sudo === true ? 'sudo ' : ''}${command}${place}`;
}
