import { type Context, defineRead } from '../src/dispatch/command.ts';
import { gravest, VERDICT_TONES } from '../src/domain/fleet-view.ts';
import type { ListItem } from '../src/domain/message.ts';
import { succeeded } from '../src/domain/outcome.ts';
import { type Subject, subjectText } from '../src/domain/subject.ts';
import type { Finding } from '../src/domain/verdict.ts';

const item = (name: string, finding: Finding): ListItem => ({
  text: name,
  tone: VERDICT_TONES[finding.verdict],
  detail: finding.summary,
});

interface Looked {
  readonly name: string;
  readonly finding: Finding;
}

async function lookAt(context: Context, subject: Subject): Promise<readonly Looked[]> {
  const components = subject.components.filter(
    (placed) => context.fleet.component(placed).actions.length > 0,
  );
  const checks = subject.service.checks.filter(
    (check) => subject.whole || subject.components.some((placed) => placed.ref.component === check.component),
  );
  return Promise.all([
    ...components.map(async (placed) => ({
      name: placed.ref.component,
      finding: await context.lastSeen.lookAtComponent(placed),
    })),
    ...checks.map(async (check) => ({
      name: check.name,
      finding: await context.lastSeen.lookAtCheck(check),
    })),
  ]);
}

/** Looks now, at everything the subject has. */
export const check = defineRead({
  name: 'check',
  summary: 'look now at a service or component',
  examples: ['check karmabot', 'check karmabot/nginx'],
  subjects: 'several',
  arguments: {},
  answer: async (context, _args, subjects) => {
    const looked = await Promise.all(
      subjects.map(async (subject) => ({ subject, looks: await lookAt(context, subject) })),
    );
    const verdict = gravest(looked.flatMap(({ looks }) => looks.map(({ finding }) => finding.verdict)));
    return succeeded({
      audience: 'conversation',
      message: {
        title: `Checked ${looked.map(({ subject }) => subjectText(subject)).join(', ')}`.slice(0, 150),
        tone: VERDICT_TONES[verdict],
        parts: looked.flatMap(({ subject, looks }) => [
          ...(looked.length > 1 ? [{ kind: 'text' as const, text: subjectText(subject) }] : []),
          { kind: 'list' as const, items: looks.map(({ name, finding }) => item(name, finding)) },
        ]),
        actions: [],
      },
    });
  },
});
