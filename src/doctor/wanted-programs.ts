import type { ComponentKind } from '../components/component.ts';
import type { Target } from '../domain/fleet.ts';
import { deploySudo } from './deploy-sudo.ts';
import { programsOf, sudoNeeds } from './sudo-needs.ts';
import { type CallSources, callsOn, type TargetCall } from './target-calls.ts';

/** Words of `env NAME=value … PROGRAM` before the program itself. */
const ASIDE = /^(?:env|[A-Z_]+=.*)$/;

/** The program a call is about; undefined where it is named by a path. */
export function programOf({ words }: Pick<TargetCall, 'words'>): string | undefined {
  const name = words.find((word) => typeof word !== 'string' || !ASIDE.test(word));
  return typeof name === 'string' && name !== '' && !name.includes('/') ? name : undefined;
}

/** Programs that constant scripts start, by a word that shows which script it is. */
const INSIDE: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^sqlite3 /m, ['sqlite3']],
  [/redis-check-rdb/, ['redis-check-rdb']],
  [/createdb /, ['createdb']],
  [/psql -X/, ['psql']],
  [/^(?:if )?tar /m, ['tar']],
];

/** The programs that a call cannot do without. */
export function programsIn(call: Pick<TargetCall, 'words'>): readonly string[] {
  const name = programOf(call);
  const script = name === 'sh' && typeof call.words[2] === 'string' ? call.words[2] : '';
  const inside = INSIDE.flatMap(([pattern, names]) => (pattern.test(script) ? names : []));
  return [...(name === undefined ? [] : [name]), ...inside];
}

/** The programs whose places on a host are of interest: what sudo runs there, and what is to be there at all. */
export async function wantedPrograms(
  sources: CallSources & { readonly components: readonly ComponentKind[] },
  target: Target,
): Promise<readonly string[]> {
  const needs = sudoNeeds({ configuration: sources.configuration, kinds: sources.components }, target);
  const inside = sources.configuration.services.flatMap((service) => deploySudo(service, target));
  const calls = [...(await callsOn(sources, target)), ...inside];
  return [...new Set([...programsOf(needs), 'env', 'git', 'sh', ...calls.flatMap(programsIn)])];
}
