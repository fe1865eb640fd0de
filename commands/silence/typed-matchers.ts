import type { Configuration } from '../../src/domain/configuration.ts';
import { matcherText, matchesNothingSaid, parseMatchers } from '../../src/domain/matcher.ts';
import { failed, type Outcome, succeeded } from '../../src/domain/outcome.ts';
import type { Matcher } from '../../src/domain/silence.ts';

const COMPARISON = /^([\p{L}_][\p{L}\p{N}_.:/-]*)(=~|!~|!=|=)([\s\S]*)$/u;
/** After a comma another comparison begins; a comma inside of a value is followed by anything else. */
const NEXT = /,\s*(?=[\p{L}_][\p{L}\p{N}_.:/-]*(?:=~|!~|!=|=))/u;

const isOperator = (text: string | undefined): text is Matcher['operator'] =>
  text === '=' || text === '!=' || text === '=~' || text === '!~';

/** A line that was split into words has lost its quotes, so each value gets them again. */
function quotedAgain(piece: string): string {
  const [, name = '', operator, value = ''] = COMPARISON.exec(piece) ?? [];
  return isOperator(operator) ? matcherText({ name, operator, value }) : piece;
}

/** `karmabot` and `karmabot@production` stand for what is of that service. */
function ofService({ services }: Pick<Configuration, 'services'>, word: string): string {
  const [name = '', environment] = word.split('@');
  if (!services.some((service) => service.name === name)) return word;
  return `service="${name}"${environment === undefined ? '' : `, environment="${environment}"`}`;
}

/** Reads matchers from the words of a line, as Alertmanager shows them, or the names of services; never ones that match everything. */
export function typedMatchers(
  configuration: Pick<Configuration, 'services'>,
  words: readonly string[],
): Outcome<readonly Matcher[]> {
  const pieces = words
    .flatMap((word) => word.replace(/^\{/, '').replace(/\}$/, '').replace(/,$/, '').split(NEXT))
    .filter((piece) => piece !== '')
    .map((piece) => (COMPARISON.test(piece) ? quotedAgain(piece) : ofService(configuration, piece)));
  const matchers = parseMatchers(pieces.join(', '));
  if (matchers.kind !== 'succeeded') return matchers;
  return matchesNothingSaid(matchers.value)
    ? failed(
        'INPUT_INVALID_VALUE',
        'that would silence nearly every alert, those nobody has thought of included',
        'Name what it is about: service=karmabot, or alertname=X.',
      )
    : succeeded(matchers.value);
}
