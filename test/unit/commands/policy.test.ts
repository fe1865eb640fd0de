import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../../commands/registry.ts';
import { renderSlack } from '../../../src/chat/slack/slack-render.ts';
import { renderTelegram } from '../../../src/chat/telegram/telegram-render.ts';
import { refusal } from '../../../src/dispatch/answers.ts';
import { dispatch } from '../../../src/dispatch/dispatch.ts';
import type { Configuration } from '../../../src/domain/configuration.ts';
import type { Message, Part } from '../../../src/domain/message.ts';
import { entry, type JournalBench } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';
import { expectGolden as expectOnSlack } from '../../golden/slack/golden.ts';
import { expectGolden as expectOnTelegram } from '../../golden/telegram/golden.ts';
import { underPolicy } from '../domain/policy-stage.ts';
import { contextOf } from '../workflow/context.ts';

const POLICY = `
  - { risk: read, role: guest, service: blog, allow: [guest] }
  - { risk: read, allow: [operator, approver] }
  - { frozen: true, allow: [lead], approvals: 1, from: [approver], reason: required }
  - { environment: staging, allow: [operator] }
  - { components: { min: 3 }, allow: [lead], approvals: 2, from: [approver], why: big changes are for leads }
  - { risk: change, hours: { days: [mon, tue, wed, thu], from: "22:00", to: "06:00" }, allow: [operator] }
  - { risk: change, channel: incidents, allow: [operator] }
  - { risk: change, allow: [operator], approvals: 1, from: [approver], expires: 20m, remind: 5m, escalate: { after: 10m, from: [lead] }, on_expiry: denied }
  - { risk: destructive, allow: [operator], approvals: 2, from: [approver], reason: required }
break_glass: { roles: [lead], review_from: [approver] }
`;

/** A Thursday, 14:00 in Berlin. */
const THURSDAY = Date.UTC(2026, 10, 19, 13);

let bench: JournalBench;

beforeAll(async () => {
  bench = await sqliteBench();
});
afterAll(() => bench.remove());

async function ask(configuration: Configuration, line: string, who = 'ana'): Promise<Message> {
  const person = configuration.people.find(({ key }) => key === who);
  if (person === undefined) throw new Error(`there is no ${who}`);
  const context = { ...contextOf({ journal: bench.journal, configuration }, person), commands };
  const here = { ...context, now: () => THURSDAY };
  const dispatched = await dispatch(here, line, () => Promise.reject(new Error('nothing is planned')));
  if (dispatched.kind !== 'succeeded') return refusal(dispatched, line).message;
  if (dispatched.value.kind !== 'answer') throw new Error('nothing was answered');
  return dispatched.value.answer.message;
}

function partText(part: Part): string {
  if (part.kind === 'fields') return part.fields.map(({ label, value }) => `${label}: ${value}`).join('\n');
  if (part.kind === 'list')
    return part.items
      .map(({ text, detail }) => `- ${text}${detail === undefined ? '' : ` (${detail})`}`)
      .join('\n');
  return part.kind === 'table' ? '' : part.text;
}

const textOf = ({ title, state, parts }: Message): string =>
  [`${title} [${state}]`, ...parts.map(partText)].join('\n');

describe('policy explain', () => {
  it('shows the rule that decides, why not the ones above, who may approve, the clocks and what would help', async () => {
    const message = await ask(await underPolicy(POLICY), 'policy explain restart shop/web@production');
    expect(textOf(message)).toBe(`Policy: restart shop/web@production [1 approval needed]
Ana may, by policy rule 8, after 1 approval by somebody with the role approver.
{ risk: change, allow: [operator], approvals: 1, from: [approver], expires: 20m, remind: 5m, escalate: { after: 10m, from: [lead] }, on_expiry: denied }
May approve now: Ben, Cem
after 10m also Lea
To approve: within 20m, asked again every 5m; then it is denied
To start: within 15m of the last approval
The rules above do not match:
- rule 1 (risk: change, not read)
- rule 2 (risk: change, not read)
- rule 3 (frozen: free, not frozen)
- rule 4 (environment: production, not staging)
- rule 5 (components: 1, not at least 3)
- rule 6 (hours: Thu 14:00, not mon–thu 22:00–06:00 Europe/Berlin)
- rule 7 (channel: operations, not incidents)
What would change the answer:
- From 22:00 on (Europe/Berlin): no approval (rule 6)
- Asked in incidents: no approval (rule 7)
- With --break-glass --reason "why" by Lea: at once; everybody is told, and approver signs a review
Ana (operator) · asked in operations · as of 14:00 Europe/Berlin · touches 1 component on 1 host`);
    await expectOnSlack('policy-explain-waiting', renderSlack(message));
    await expectOnTelegram('policy-explain-waiting', renderTelegram(message, { data: [] }));
  });

  it('says no in the words of the rule, and what a smaller plan or another person would get', async () => {
    const message = await ask(await underPolicy(POLICY), 'policy explain restart shop@production');
    const text = textOf(message);
    expect(text).toContain(
      '[denied]\nAna may not: policy rule 5 allows it to lead only: big changes are for leads.',
    );
    expect(text).toContain('- With at most 2 components: 1 approval by approver (rule 8)');
    expect(text).toContain('- By somebody with the role lead (Lea): 2 approvals by approver (rule 5)');
    await expectOnSlack('policy-explain-denied', renderSlack(message));
    await expectOnTelegram('policy-explain-denied', renderTelegram(message, { data: [] }));
  });

  it('names the freeze and the lock in the way, as of the time at which it is to start', async () => {
    const configuration = await underPolicy(POLICY);
    const lock = {
      key: 'shop/web@production',
      holder: 'person:ben',
      holderName: 'Ben',
      reason: 'moving',
      at: THURSDAY,
    };
    await bench.journal.locks.take([lock], entry('lock taken'));
    const line = 'policy explain restart shop/web@production --at "2026-11-21 12:00"';
    const text = textOf(await ask(configuration, line));
    expect(text).toContain('[frozen]');
    expect(text).toMatch(
      /In the way: shop\/web@production is frozen until Mon .*\(weekend: nobody is there\)/,
    );
    expect(text).toContain('shop/web@production is locked by Ben: moving (unlock shop/web@production)');
    expect(text).toContain('- When no freeze holds: 1 approval by approver (rule 8)');
    expect(text).toContain('as of Sat 12:00 Europe/Berlin');
    const lead = textOf(await ask(configuration, `${line} --as lea`));
    expect(lead).toContain('[wants a reason]');
    expect(lead).toContain('- With --reason "why": 1 approval by approver (rule 3)');
    const given = textOf(await ask(configuration, `${line} --as lea --reason "it burns"`));
    expect(given).toContain('[1 approval needed]');
    expect(given).toContain('Reason: demanded, and given');
    await bench.journal.locks.release([lock.key], lock.holder, entry('lock released'));
  });

  it('tells of the part that decides where parts are answered otherwise', async () => {
    const line = 'policy explain restart shop/web@staging blog/web@production';
    expect(textOf(await ask(await underPolicy(POLICY), line))).toContain(
      'the part that decides: blog/web@production',
    );
  });

  it('explains what only looks, for oneself and as somebody else, and what judges by itself', async () => {
    const configuration = await underPolicy(POLICY);
    expect(textOf(await ask(configuration, 'policy explain logs shop/web@production'))).toContain(
      '[allowed]\nAna may, by policy rule 2; nobody has to approve.',
    );
    expect(textOf(await ask(configuration, 'policy explain status shop --as gus'))).toContain(
      'Gus may not: policy rule 2 allows it to operator, approver only.',
    );
    expect(textOf(await ask(configuration, 'policy explain --as Gus --at 23:00 status blog'))).toContain(
      '[allowed]',
    );
    expect(textOf(await ask(configuration, 'policy explain approve C-1'))).toContain(
      'Policy is not asked about approve',
    );
  });

  it.each([
    ['--as without a person', 'restart shop/web@production --as', '--as wants a value: --as PERSON'],
    ['--as with a flag behind it', '--as ben status shop --at --dry-run', '--at wants a value: --at TIME'],
    ['--as with nothing behind the sign', 'status shop --as=', '--as wants a value: --as PERSON'],
    ['--as twice', 'status shop --as ben --as lea', '--as stands there twice'],
    ['--as before and behind the line', '--as ben status shop --as lea', '--as stands there twice'],
    ['--at before and behind what looks', '--at 23:00 status shop --at 22:00', '--at stands there twice'],
    [
      '--at before and behind a change',
      '--at 23:00 restart shop/web@production --at 22:00',
      '--at stands there twice',
    ],
  ])('refuses %s, and says what to write', async (_, line, refused) => {
    const text = textOf(await ask(await underPolicy(POLICY), `policy explain ${line}`));
    expect(text).toContain(refused);
    expect(text).toMatch(/Write(?:: policy explain)? --a[st] (?:PERSON|TIME)/);
  });

  it('does not tell of what one may not look at, and takes a mistake in the line as the line itself would', async () => {
    const configuration = await underPolicy(POLICY);
    const asked = async (line: string, who?: string) => textOf(await ask(configuration, line, who));
    expect(await asked('policy explain status shop', 'gus')).toContain('DENIED_POLICY');
    expect(await asked('policy explain status blog', 'gus')).toContain('[allowed]');
    expect(await asked('policy explain restrat shop/web')).toContain('There is no "restrat"');
    expect(await asked('policy explain restart shop/web --as nobody')).toContain('There is nobody "nobody"');
    expect(await asked('policy explain restart shop/web')).toContain('shop/web@production');
    expect(await asked('policy explain')).toContain('LINE is missing');
    expect(await asked('policy restart shop/web')).toContain('Type policy explain LINE');
  });
});
