import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../commands/registry.ts';
import { Scene, serviceOf } from './stage/scene.ts';

const ANA = 'U0ANA';
const BEN = 'U0BEN';
const VERA = 'U0VERA';

const policy = [
  { service: 'vault', allow: ['approver'] },
  { risk: 'read', allow: ['operator', 'viewer'] },
  { verb: 'restart', allow: ['operator'], approvals: 1, from: ['approver'] },
  { allow: ['operator'] },
];

/** The first words of the lines that `help` shows, and the verbs of the groups that it only names. */
const verbsIn = (help: string): readonly string[] =>
  [...help.matchAll(/^\*([a-z]+)\b(?: [a-z]+\*\s+·\s+)?(.*)$/gm)].flatMap(([, verb = '', names = '']) =>
    verb === 'help' ? names.split(', ') : [verb],
  );

describe('what can be asked', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open({
      components: async (yard) => ({ app: await yard.program('app'), web: await yard.program('web') }),
      services: async (yard) => ({ vault: serviceOf('vault', { box: await yard.program('box') }) }),
      botswain: { policy },
    });
    await scene.yard.start('app');
  });
  afterAll(() => scene?.close());

  it('help lists what the asker may run and nothing else, and explains one of them', async () => {
    const viewer = verbsIn(await scene.asks(VERA, 'help'));
    const looking = commands.flatMap(({ risk, name }) => (risk === 'read' ? [name] : []));
    expect(viewer.toSorted()).toEqual(looking.toSorted());
    expect(verbsIn(await scene.asks(ANA, 'help'))).toEqual(
      expect.arrayContaining(['restart', 'stop', 'lock']),
    );
    expect(await scene.asks(ANA, 'help restart')).toMatch(/restart SUBJECT… \[--recreate\]/);
    expect(await scene.asks(VERA, 'help restart')).toMatch(/no "restart" that you may run/);
  });

  it('whoami says who, with which roles and accounts', async () => {
    const answer = await scene.asks(BEN, 'whoami');
    expect(answer).toMatch(/You are Ben/);
    expect(answer).toMatch(/operator, approver[\s\S]*U0BEN[\s\S]*222[\s\S]*slack:U0BEN/);
  });

  it('status shows what the asker may see, from the last look, and check looks now', async () => {
    await scene.types(VERA, 'check shop/app');
    await scene.slack.expectMessage({
      channel: 'C0OPS',
      match: /Checked shop\/app@production[\s\S]*running since/,
    });
    await scene.types(VERA, 'status');
    const fleet = await scene.slack.expectMessage({ channel: 'C0OPS', match: /The fleet/ });
    expect(JSON.stringify(fleet.look)).toContain('shop@production');
    expect(JSON.stringify(fleet.look)).not.toContain('vault');
    expect(await scene.asks(VERA, 'status vault')).toMatch(/you may not run status on vault@production/i);
  });

  it('waiting names what waits for the asker, and its button shows the card with its buttons', async () => {
    const card = await scene.requests('restart shop/app --reason "new certificate"');
    expect(await scene.asks(ANA, 'waiting')).toMatch(/Nothing waits for you/);
    expect(await scene.asks(BEN, 'waiting')).toMatch(new RegExp(`${card.id}[\\s\\S]*awaiting approval`));
    const [shown] = scene.slack.ephemerals(BEN).slice(-1);
    if (shown === undefined) throw new Error('Ben was told nothing');
    await scene.slack.clickEphemeral({ ephemeral: shown, label: `Show ${card.id}` });
    const seen = await scene.slack.expectEphemeral(BEN, /Restart shop\/app in production/);
    await scene.slack.clickEphemeral({ ephemeral: seen, label: 'Approve' });
    await scene.shows(card, /\*succeeded\*/);
    expect(await scene.asks(BEN, 'waiting')).toMatch(/Nothing waits for you/);
    expect(await scene.asks(VERA, `show ${card.id.toLowerCase()}`)).toMatch(
      /succeeded[\s\S]*new certificate[\s\S]*approved by Ben/,
    );
    expect(await scene.asks(VERA, 'changes shop')).toMatch(
      new RegExp(`${card.id}[\\s\\S]*succeeded[\\s\\S]*Ana`),
    );
  });

  it('logs are bounded: head and tail in the message, all of it in a file', async () => {
    const lines = Array.from({ length: 300 }, (_, index) => `line ${index + 1} of the app`);
    await scene.yard.print('app', `${lines.join('\n')}\n`);
    await scene.types(VERA, 'logs shop/app');
    const message = await scene.slack.expectMessage({
      channel: 'C0OPS',
      match: /Logs of shop\/app@production/,
    });
    const text = JSON.stringify(message.look);
    expect(text).toMatch(/line 101 of the app.*175 lines, in the file.*line 300 of the app/);
    const content = await scene.slack.until(() => scene.slack.files()[0]?.content?.toString('utf8'));
    expect(content.split('\n')).toEqual(lines.slice(100));
  });

  it('a pattern of shell metacharacters is only ever a pattern', async () => {
    const trap = join(scene.yard.folder, 'trapped');
    const nasty = `"; touch ${trap} #`;
    await scene.yard.print('app', `error: ${nasty}\nerror: $(touch ${trap})\nerror: \`touch ${trap}\`\n`);
    const found: readonly (readonly [pattern: string, shows: string])[] = [
      [`'${nasty}'`, 'error: \\"; touch'],
      [String.raw`'\$\(touch'`, 'error: $(touch'],
      [`'\`touch'`, 'error: `touch'],
    ];
    for (const [pattern, shows] of found) {
      await scene.types(VERA, `logs shop/app --tail 7 --grep ${pattern}`);
      await scene.slack.until(() =>
        scene.slack
          .messages('C0OPS')
          .find(({ look }) => JSON.stringify(look).includes(shows.replaceAll('\\"', '\\"'))),
      );
    }
    await scene.types(VERA, 'logs shop/app --grep "no such line"');
    await scene.slack.expectMessage({ channel: 'C0OPS', match: /app: nothing found/ });
    expect(existsSync(trap)).toBe(false);
  });

  it('a log that cannot be read is said to be so, beside those that can', async () => {
    await scene.yard.forgetLog('web');
    await scene.types(VERA, 'logs shop --tail 3');
    const both = await scene.slack.expectMessage({ channel: 'C0OPS', match: /Logs of shop@production/ });
    expect(JSON.stringify(both.look)).toMatch(/web.*No such file/);
  });
});
