import type { Started } from '../app.ts';
import type { DemoLine } from '../demo/demo.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { Person } from '../domain/person.ts';

/** Everybody who can do something gets a link, in the demo the operator and the approver; nobody can be the calendar. */
function linked({ people, services }: Configuration): readonly Person[] {
  const calendars = services.flatMap(({ schedules }) => schedules.map(({ as }) => as));
  const isSomebody = ({ key, slack, telegram }: Person): boolean =>
    !calendars.includes(key) || slack !== undefined || telegram !== undefined;
  return people.filter((person) => person.roles.length > 0 && isSomebody(person)).slice(0, 5);
}

/** What is printed once the bot is up: where it answers, sign-in links, and in the demo three lines to try. */
export async function banner(
  configuration: Configuration,
  started: Started,
  demoLines: readonly DemoLine[] | undefined,
): Promise<string> {
  const links = await Promise.all(
    linked(configuration).map(async (person, index) => {
      const link = await started.signInLink(person.key);
      // Cookies are kept per host name, so that one browser can be two people.
      const shown =
        demoLines === undefined || index % 2 === 0 ? link : link.replace('//127.0.0.1:', '//localhost:');
      return `  ${person.name} (${person.roles.join(', ')})\n    ${shown}`;
    }),
  );
  const lines =
    demoLines === undefined
      ? []
      : ['', 'Try:', ...demoLines.map(({ line, shows }) => `  ${line.padEnd(32)} ${shows}`)];
  return [
    '',
    demoLines === undefined
      ? 'Botswain is up.'
      : 'Botswain is up, with a demo fleet of its own. Nothing of yours is touched.',
    `  console ${started.consoleUrl}`,
    `  health  ${started.publicUrl}/healthz`,
    '',
    'Sign in (each link belongs to the first browser that opens it):',
    ...links,
    ...lines,
    '',
  ].join('\n');
}
