import { TEMPLATE_FACTS } from '../src/domain/status-template.ts';
import type { PolicyContext } from './policy-draft.ts';
import { lostWords, type Written } from './policy-names.ts';
import type { Finding } from './problem.ts';
import { type Entry, entry, text } from './read.ts';
import { lostName } from './references.ts';

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const page = (botswain: Entry): Entry => entry(botswain.status_page);

const componentsOf = (botswain: Entry): readonly Written[] =>
  Object.entries(entry(page(botswain).components)).map(([name, value]) => ({
    path: ['status_page', 'components', name],
    entry: entry(value),
  }));

const templatesOf = (botswain: Entry): readonly Written[] =>
  listOf(page(botswain).templates).map((value, index) => ({
    path: ['status_page', 'templates', index],
    entry: entry(value),
  }));

function factFindings({ path, entry: template }: Written): readonly Finding[] {
  return ['title', 'body'].flatMap((key) => {
    const named = (text(template[key]) ?? '').matchAll(/\{\{\s*(\w+)\s*\??\s*\}\}/g);
    return [...named].flatMap(([, fact = '']): readonly Finding[] => {
      if (TEMPLATE_FACTS.includes(fact)) return [];
      const { guess, remedy } = lostName(fact, TEMPLATE_FACTS, 'take it out');
      return [
        { path: [...path, key], at: 'value', message: `nothing is known as {{${fact}}}${guess}`, remedy },
      ];
    });
  });
}

/** Ids over there of components that there are none of here would never be used. */
function mappingFindings(botswain: Entry, names: readonly string[]): readonly Finding[] {
  return Object.entries(entry(page(botswain).backends)).flatMap(([backend, settings]) =>
    Object.keys(entry(entry(settings).components)).flatMap((name): readonly Finding[] => {
      if (names.includes(name)) return [];
      const { guess, remedy } = lostName(name, names, `take ${name} out`);
      const path = ['status_page', 'backends', backend, 'components', name];
      return [{ path, at: 'key', message: `the page has no component "${name}"${guess}`, remedy }];
    }),
  );
}

/** What is wrong with `status_page` and does not show in its shape. */
export function statusPageFindings(
  botswain: Entry,
  { services, environments }: Pick<PolicyContext, 'services' | 'environments'>,
): readonly Finding[] {
  const components = componentsOf(botswain);
  const names = components.map(({ path }) => String(path[2]));
  return [
    ...components.flatMap((component) => [
      ...lostWords(component, { key: 'service', names: services }),
      ...lostWords(component, { key: 'environment', names: environments }),
    ]),
    ...templatesOf(botswain).flatMap((template) => [
      ...lostWords(template, { key: 'component', names }),
      ...factFindings(template),
    ]),
    ...mappingFindings(botswain, names),
  ];
}
