import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../rig/rig.ts';
import { answered, done, ended, LONG, PATIENCE_MS } from './stage/chat.ts';
import { ConsoleForm } from './stage/console-form.ts';
import { type Karmabot, openKarmabot } from './stage/karmabot.ts';

const ANA = 'U0ANA';
const BEN = 'U0BEN';
const CLEO = 'U0CLEO';
const DOCUMENTS = ['T0ABC\t{ who: "ana" }', 'T0ABC\t{ who: "ben" }', 'T0XYZ\t{ who: "cleo" }'];

describeWith(
  ['engine', 'systemd-host'],
  'what Karmabot keeps, by its own service file on a real host',
  (rig) => {
    let karmabot: Karmabot;
    beforeAll(async () => {
      karmabot = await openKarmabot(await rig.startSystemdHost());
    }, LONG.timeout);
    afterAll(() => karmabot?.close());

    it(
      'its database (a stand-in for MongoDB) is asked, backed up, lost, and restored by two approvals',
      LONG,
      async () => {
        const { scene, host } = karmabot;
        await karmabot.fill(DOCUMENTS);
        expect(await answered(karmabot, 'run karmabot collections')).toMatch(/T0ABC\nT0XYZ/);
        const sample = await answered(karmabot, 'run karmabot sample collection=T0ABC limit=1');
        expect(sample).toMatch(/who: "ana"/);
        expect(sample).not.toContain('ben');
        expect((await done(karmabot, 'backup karmabot mongodb')).text).toMatch(
          /\*succeeded\*[\s\S]*read it back/,
        );
        await host.exec('docker', 'exec', 'karmabot-mongodb', 'rm', '/data/db/documents');
        const card = await scene.requests('restore karmabot B-1 --reason "all karma is gone"');
        const asked = await scene.shows(card, /awaiting approval/);
        expect(asked).toMatch(/Lost with it: [\s\S]*B-1, taken[\s\S]*Down meanwhile: app/);
        await scene.presses(BEN, card, 'Approve');
        await scene.shows(card, /1 of 2 from approver/);
        expect(await karmabot.documents()).toBe('nothing');
        await scene.presses(CLEO, card, 'Approve');
        const text = await ended(scene, card);
        expect(text).toMatch(/\*succeeded\*[\s\S]*Verified\. karmabot\/app@production: running/);
        expect(text).not.toContain('exited');
        expect(await karmabot.documents()).toBe(DOCUMENTS.join('\n'));
      },
    );

    it('its configuration leaves the server encrypted', LONG, async () => {
      const { text } = await done(karmabot, 'backup karmabot configuration');
      expect(text).toMatch(/\*succeeded\*/);
      const told = await answered(karmabot, 'backups karmabot');
      expect(told).toMatch(/configuration@production[\s\S]*sums only/);
      expect(told).not.toContain('There is NO backup');
    });

    it(
      'another workspace is let in: tokens by the console, two lines for compose, the container has them',
      LONG,
      async () => {
        const { scene, host } = karmabot;
        const early = await done(karmabot, 'run karmabot add-workspace team=T0ABC');
        expect(early.text).toMatch(
          /\*failed\*[\s\S]*❌ both tokens stand in \.env[\s\S]*▫️ compose passes them on/,
        );
        await scene.slack.expectMessage({
          channel: early.card.channel,
          thread_ts: early.card.ts,
          match: /BOT_T0ABC is not in \.env yet: config karmabot set BOT_T0ABC/,
        });
        const console = await ConsoleForm.signIn(scene, 'Ana');
        for (const key of ['ACCESS_T0ABC', 'BOT_T0ABC']) {
          const card = await scene.requests(`config karmabot set ${key}`);
          await scene.shows(card, /Ana gives the value now/, PATIENCE_MS);
          expect(await console.give(card.id, `xoxb-planted-${key}-9q`)).toContain('on its way');
          expect(await ended(scene, card)).toMatch(/\*succeeded\*/);
        }
        expect(await answered(karmabot, 'config karmabot list')).toMatch(/BOT_T0ABC\*?\s+·\s+set/);
        const added = await done(karmabot, 'run karmabot add-workspace team=T0ABC');
        expect(added.text).toMatch(/\*succeeded\*[\s\S]*✅ the container has them/);
        expect(await answered(karmabot, 'run karmabot tokens team=T0ABC')).toMatch(/ACCESS_T0ABC\nBOT_T0ABC/);
        const chats = JSON.stringify(scene.slack.messages('C0OPS'));
        expect(chats + scene.bot.printed).not.toContain('xoxb-planted');
        // An edited docker-compose.yml would stop the next deploy.
        const edits = ['status', '--porcelain', '--untracked-files=no'];
        expect(await host.exec('git', '-C', '/opt/karmabot', ...edits)).toBe('');
        // Another workspace that came since stays when this one is taken back.
        const override = '/opt/karmabot/docker-compose.override.yml';
        await host.exec('sed', '-i', '/^    environment:/a\\      - ACCESS_T0NEW=later', override);
        const undone = await done(karmabot, 'run karmabot add-workspace team=T0ABC --undo');
        expect(undone.text).toMatch(/\*succeeded\*/);
        expect((await host.exec('cat', override)).match(/- .*/g)).toEqual(['- ACCESS_T0NEW=later']);
        expect(await host.exec('cat', '/opt/karmabot/.env')).toContain('BOT_T0ABC=xoxb-planted');
      },
    );

    it('debug mode is taken up, and taken back without what was set since', LONG, async () => {
      const { host } = karmabot;
      const env = (): Promise<string> => host.exec('cat', '/opt/karmabot/.env');
      expect((await done(karmabot, 'run karmabot debug-mode')).text).toMatch(/\*succeeded\*/);
      expect(await env()).toContain('FLASK_ENV=development');
      await host.exec('sh', '-c', 'echo LATER=1 >> /opt/karmabot/.env');
      expect((await done(karmabot, 'run karmabot debug-mode --undo')).text).toMatch(/\*succeeded\*/);
      expect(await env()).not.toContain('FLASK_ENV');
      expect(await env()).toContain('LATER=1');
    });

    it('what only people can do is a checklist, line by line', LONG, async () => {
      const { scene } = karmabot;
      const card = await scene.requests('run karmabot provision-plan');
      for (const line of ['In your checkout of infrastructure', 'terraform plan -target']) {
        await scene.shows(card, new RegExp(`By hand: ${line}`), PATIENCE_MS);
        await scene.presses(ANA, card, 'Done');
      }
      expect((await ended(scene, card)).match(/ — Ana, /g)).toHaveLength(2);
    });
  },
);
