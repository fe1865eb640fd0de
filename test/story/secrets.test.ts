import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FREELY, Scene, serviceOf } from './stage/scene.ts';
import { away } from './stage/team.ts';

const ANA = 'U0ANA';
const SECRET = 'correct/horse+battery staple=9';
const FORMS = [
  SECRET,
  Buffer.from(SECRET).toString('base64'),
  Buffer.from(SECRET).toString('hex'),
  encodeURIComponent(SECRET),
];
/** Nobody told the bot of this one; it looks like what it is. */
const TOKEN = `ghp_${'a1B2'.repeat(9)}`;
const sayAll = [...FORMS, TOKEN].map((form) => `echo 'connecting with ${form} now'`).join('\n');

describe('a secret that a target says', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open({
      components: async (yard) => ({
        app: await yard.program('app', { first: sayAll }),
        dies: await yard.program('dies', { first: sayAll, endsAfter: 0 }),
        // What the read fails with names the folder, and so what is in its name.
        lost: { ...(await yard.program('lost')), cwd: `/nowhere/${TOKEN}` },
      }),
      // A target nobody reaches, with a passphrase that the bot therefore knows.
      targets: () => ({
        production: {
          away,
        },
      }),
      services: async () => ({
        far: serviceOf('far', { box: { kind: 'systemd', unit: 'box' } }, { target: 'away' }),
      }),
      botswain: { policy: FREELY },
      environment: { AWAY_PASSPHRASE: SECRET, AWAY_KEY: 'no key at all', LOG_LEVEL: 'debug' },
    });
  });
  afterAll(() => scene?.close());

  it('is taken out of logs, outputs, reasons and refusals, in every spelling', async () => {
    const app = await scene.requests(`restart shop/app --reason "because of ${SECRET}"`);
    expect(await scene.shows(app, /\*succeeded\*/)).toMatch(/because of \[redacted\]/);
    await scene.types(ANA, 'logs shop/app');
    const logs = await scene.slack.expectMessage({ channel: 'C0OPS', match: /Logs of shop\/app/ });
    expect(JSON.stringify(logs.look).match(/connecting with \[redacted\]/g)).toHaveLength(FORMS.length + 1);
    await scene.types(ANA, `logs shop/app --tail 100 --grep '${SECRET}'`);
    const dies = await scene.requests('restart shop/dies');
    expect(await scene.shows(dies, /\*failed\*/)).toMatch(/ended with code 1/);
    const note = { channel: dies.channel, thread_ts: dies.ts, match: /Output of step 1/ };
    expect(JSON.stringify((await scene.slack.expectMessage(note)).look)).toContain(
      'connecting with [redacted] now',
    );
    expect(await scene.asks(ANA, 'restart shop/lost')).toMatch(/nowhere\/\[redacted\]/);
    expect(await scene.asks(ANA, `restart shop/${SECRET}`)).toMatch(/redacted/);
    expect(await scene.asks(ANA, 'restart far')).toMatch(/The key of/);
    await scene.types(ANA, 'check shop/lost far');
    await scene.slack.expectMessage({ channel: 'C0OPS', match: /Checked shop\/lost/ });
    expect(await scene.asks(ANA, 'audit')).toMatch(/restart shop\/dies.*failed/);
  });

  it('is nowhere: not in a call to Slack, not in a file, not in the data folder, not in what was printed', async () => {
    const calls = JSON.stringify(scene.slack.received.map(({ method, args }) => ({ method, args })));
    const shown = JSON.stringify([scene.slack.messages('C0OPS'), scene.slack.ephemerals(ANA)]);
    const files = scene.slack.files().map(({ content }) => content?.toString('utf8') ?? '');
    await scene.bot.stop();
    const folder = join(scene.bot.folder, 'data');
    const data = await Promise.all(
      (await readdir(folder, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1')),
    );
    const places = {
      calls,
      shown,
      files: files.join('\n'),
      data: data.join('\n'),
      printed: scene.bot.printed,
    };
    for (const [place, text] of Object.entries(places))
      for (const form of [...FORMS, TOKEN, scene.slack.botToken, scene.slack.appToken])
        expect(text.includes(form) ? `${form} in ${place}` : '').toBe('');
    expect(data.join('\n')).toContain('[redacted]');
  });
});
