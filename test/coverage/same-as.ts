import type { Called } from './program.ts';

/** Another call that does what a runbook's command does. */
export interface SameAs {
  readonly program: string;
  readonly verb?: string;
  /** What stands in a call's text instead. */
  readonly as: RegExp;
  readonly why: string;
}

/** Said once for all rows; what holds for one row only is its own `instead`. */
export const SAME_AS: readonly SameAs[] = [
  {
    program: 'systemctl',
    verb: 'status',
    as: /\bsystemctl\b.* show /,
    why: '`show` says what `status` says, for programs to read',
  },
  {
    program: 'docker-compose',
    verb: 'ps',
    as: /\bdocker inspect\b/,
    why: '`inspect` of its containers says what `ps` says, with health and times',
  },
  {
    program: 'docker-compose',
    verb: 'logs',
    as: /\bdocker logs\b/,
    why: 'its services are read one by one, each with its times',
  },
  {
    program: 'git',
    verb: 'pull',
    as: /\bgit\b.* fetch /,
    why: 'a fetch, and then forward only: what `pull` does where nobody edited anything',
  },
  {
    program: 'curl',
    as: /^http /,
    why: 'an HTTP request that Botswain makes itself, with what the answer must be like',
  },
  {
    program: 'grep',
    as: /\b(?:tail|journalctl|docker logs)\b/,
    why: 'the lines are read and then searched by Botswain, so that no pattern reaches a shell',
  },
  {
    program: 'openssl',
    as: /^tls /,
    why: 'a handshake that Botswain makes itself, with what it must be told of the certificate',
  },
];

/** Whether a call's text holds what a row calls, or what is the same as it. */
export function calls(text: string, { program, verb }: Called): boolean {
  const word = (wanted: string): boolean => {
    const escaped = wanted.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`(?:^|[\\s/"'\`(;=])${escaped}(?:$|[\\s"'\`);:,.])`).test(text);
  };
  if (word(program) && (verb === undefined || word(verb))) return true;
  return SAME_AS.some(
    (same) =>
      same.program === program && (same.verb === undefined || same.verb === verb) && same.as.test(text),
  );
}
