import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FakeSlack, startFakeSlack } from '../fakes/slack/fake-slack.ts';
import { seatBot } from '../fakes/telegram/methods-member.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { describeWith } from '../rig/rig.ts';
import type { SshTarget } from '../rig/ssh-client.ts';
import type { Sshd } from '../rig/sshd.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import { hire, onTelegram, slackVariables, team } from './stage/team.ts';
import { type Diagnosed, Ward } from './stage/ward.ts';

const WRONG_PIN = `SHA256:${'W'.repeat(42)}A`;
const GROUP = -1002000000001;

const targetOf = (sshd: SshTarget, more: object = {}): object => ({
  kind: 'ssh',
  host: sshd.host,
  port: sshd.port,
  user: sshd.user,
  key: { file: sshd.privateKeyPath },
  host_key: sshd.hostKeyFingerprint,
  ...more,
});

const group = (text: string, title: string): string => {
  const found = text.split('\n\n').find((one) => one.startsWith(title));
  if (found === undefined) throw new Error(`no group ${title} in:\n${text}`);
  return found;
};

/** What stands below a line: its mend. */
function mendOf(text: string, complaint: RegExp): readonly string[] {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => complaint.test(line));
  if (at < 0) throw new Error(`nothing like ${complaint} in:\n${text}`);
  const end = lines.findIndex((line, index) => index > at && !line.startsWith('      '));
  return lines.slice(at + 1, end).map((line) => line.trim().replace(/^→ /, ''));
}

const found = (text: string, pattern: RegExp): string => {
  const value = pattern.exec(text)?.[1];
  if (value === undefined) throw new Error(`no ${pattern} in ${text}`);
  return value;
};

/** Every line that is not good; room on the disk of whoever runs this is not the story's. */
const complaints = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((line) => /^ {2}[!✗] /.test(line) && !line.includes('disk:'))
    .map((line) => line.trim());

describeWith(
  ['engine', 'systemd-host', 'sshd'],
  'everything is wrong, and the doctor is listened to',
  (rig) => {
    let host: SystemdHost;
    let edge: Sshd;
    let slack: FakeSlack;
    let telegram: FakeTelegram;
    let ward: Ward;
    let pin = WRONG_PIN;

    const writeTargets = (): Promise<void> =>
      ward.write('targets.yaml', {
        production: {
          server: targetOf(host),
          edge: targetOf(edge, { host_key: pin, receipts: ward.path('receipts') }),
          vault: targetOf(edge, { key: { file: ward.path('vault_key') }, receipts: ward.path('receipts') }),
          engine: { kind: 'docker', via: 'server', sudo: true },
        },
      });
    const writePeople = (ben: string): Promise<void> =>
      ward.write('botswain.yaml', {
        ...team,
        people: { ...team.people, ben: { ...team.people.ben, slack: ben } },
        chats: onTelegram(telegram, GROUP).chats,
        audit: { heads: '/mnt/elsewhere/audit-heads.log' },
      });

    beforeAll(async () => {
      [host, edge, slack, telegram] = await Promise.all([
        rig.startSystemdHost(),
        rig.startSshd(),
        startFakeSlack(),
        startFakeTelegram({ chats: [{ id: GROUP, title: 'Ops' }] }),
      ]);
      ward = await Ward.open({
        ...slackVariables(slack),
        TELEGRAM_BOT_TOKEN: telegram.token,
        TELEGRAM_API_ROOT: telegram.apiRoot,
      });
      hire(slack);
      await writeTargets();
      await ward.write('services/katana.yaml', {
        service: 'katana',
        title: 'Katana Bot',
        target: 'server',
        components: {
          bot: { kind: 'systemd', unit: 'demo-bot', sudo: true },
          app: {
            kind: 'compose',
            project: '/opt/karmabot',
            compose_service: 'app',
            container: 'karmabot-app',
            sudo: true,
          },
          web: {
            kind: 'process',
            target: 'edge',
            start: ['sleep', '60'],
            cwd: ward.folder,
            pidfile: ward.path('web.pid'),
            log: ward.path('web.log'),
          },
          db: { kind: 'container', container: 'karmabot-mongodb', target: 'engine' },
        },
      });
      // What is wrong from here on.
      await mkdir(ward.path('data'), { mode: 0o755 });
      await chmod(ward.path('data'), 0o755);
      await chmod(edge.privateKeyPath, 0o644);
      slack.scopes.delete('files:write');
      slack.channel('C0OPS', { name: 'ops', bot_in: false });
      slack.channel('C0INC', { name: 'incidents', is_archived: true });
      slack.user('U0OLDBEN', { deleted: true });
      await writePeople('U0OLDBEN');
      telegram.state.webhook.set({
        url: 'http://old.invalid/hook-of-somebody',
        secret: '',
        maxConnections: 1,
      });
      seatBot(telegram.state, GROUP, { status: 'left' });
      await writeFile(ward.path('web.log'), '');
      await host.exec('rm', '/etc/sudoers.d/ops');
    });

    afterAll(async () => {
      await slack?.stop();
      await telegram?.close();
      await ward?.close();
    });

    let first: Diagnosed;

    it('says each thing that is wrong, once', async () => {
      first = await ward.diagnose();
      expect(first.code).toBe(1);
      expect(complaints(first.text)).toEqual([
        '! data folder: mode 755, others may look into it',
        `! secret file ${edge.privateKeyPath} (production/edge): others may read it (mode 644)`,
        `✗ secret file ${ward.path('vault_key')} (production/vault): it is not there`,
        '✗ scopes: missing files:write (put long output into the thread)',
        '✗ channel operations (C0OPS): the bot is not in #ops',
        '✗ channel incidents (C0INC): #incidents is archived',
        '✗ person ben (U0OLDBEN) is deactivated',
        '✗ webhook: one is set (old.invalid), so that long polling gets nothing',
        `✗ chat operations (${GROUP}): the bot is not in “Ops”`,
        '✗ sudo refuses ops 8 commands that the components need',
        '! sudo refuses ops 10 commands for `logs` or `--recreate`',
        '✗ katana/app@production: not seen, sudo refuses',
        `✗ host key: production/edge (127.0.0.1:${edge.port}) showed another host key than the pinned one: seen ssh-ed25519 ${edge.hostKeyFingerprint}, pinned ${WRONG_PIN}. Nothing was sent to it.`,
        '! components not looked at: katana/web',
        `! not tried: the secret file ${ward.path('vault_key')} cannot be read (ENOENT)`,
        '✗ no Docker engine answers on production/engine (docker on production/server)',
        '! components not looked at: katana/db',
      ]);
      expect(first.text).toMatch(/\d+ good, 6 doubtful, 11 wrong \(/);
    });

    it('prints no secret', async () => {
      const key = await readFile(edge.privateKeyPath, 'utf8');
      for (const secret of [slack.botToken, slack.appToken, telegram.token, ...key.split('\n').slice(1, 3)])
        expect(first.text).not.toContain(secret);
      expect(first.text).not.toContain('hook-of-somebody');
    });

    it('is green when its mends were followed to the letter', async () => {
      const mend = (complaint: RegExp): readonly string[] => mendOf(first.text, complaint);
      await ward.types(mend(/data folder: mode 755/)[0] ?? '');
      await ward.types(mend(/login_key .* others may read/)[0] ?? '');
      await ward.types(mend(/vault_key .* not there/)[1] ?? '', await readFile(edge.privateKeyPath, 'utf8'));
      await ward.types(mend(/webhook: one is set/)[1] ?? '');
      for (const scope of found(mend(/scopes: missing/)[0] ?? '', /Bot Token Scopes add: ([^;]+);/).split(
        ', ',
      ))
        slack.scopes.add(scope);
      expect(mend(/the bot is not in #ops/)).toEqual(['Type in #ops: /invite @ops']);
      slack.channel('C0OPS', { bot_in: true });
      expect(mend(/#incidents is archived/)[0]).toMatch(/^Unarchive #incidents in Slack/);
      slack.channel('C0INC', { is_archived: false });
      expect(mend(/person ben/)[0]).toMatch(/^Correct people\.ben\.slack in botswain\.yaml/);
      await writePeople('U0BEN');
      expect(mend(/the bot is not in “Ops”/)).toEqual(['Add @botswain_bot to “Ops”.']);
      seatBot(telegram.state, GROUP, { status: 'member' });
      pin = found(
        mend(/showed another host key/)[0] ?? '',
        /write host_key: "([^"]+)" under edge in targets\.yaml/,
      );
      await writeTargets();
      const [how, ...needed] = mend(/commands that the components need/);
      expect(how).toBe('Add there with `visudo -f /etc/sudoers.d/botswain`:');
      const [, ...optional] = mend(/commands for `logs` or `--recreate`/);
      await visudo(host, [...needed, ...optional]);

      const { code, text } = await ward.diagnose();
      expect(complaints(text)).toEqual([]);
      expect(code).toBe(0);
      expect(group(text, 'production/server')).toContain(
        'sudo: ops may run everything the components need without a password',
      );
      expect(group(text, 'production/server')).toMatch(/katana\/app@production: running, /);
      expect(group(text, 'production/edge')).toContain('✓ katana/web@production: stopped, stopped');
      expect(group(text, 'production/engine')).toMatch(/✓ the engine answers: Docker \d/);
      expect(group(text, 'production/engine')).toMatch(/✓ katana\/db@production: running, /);
    });

    it('believes no rule that would ask for a password', async () => {
      await host.exec('sh', '-c', 'echo "ops ALL=(ALL:ALL) ALL" > /etc/sudoers.d/00-people');
      const before = await ward.diagnose();
      expect(complaints(before.text)).toEqual([]);
      await host.exec('mv', '/etc/sudoers.d/00-people', '/etc/sudoers.d/zz-people');
      const after = await ward.diagnose();
      expect(after.code).toBe(1);
      expect(after.text).toMatch(/✗ sudo refuses ops 8 commands that the components need/);
      await host.exec('rm', '/etc/sudoers.d/zz-people');
    }, 90_000);
  },
);

/** Installs lines of sudoers as visudo would: only if they are good. */
async function visudo(host: SystemdHost, lines: readonly string[]): Promise<void> {
  const text = Buffer.from(`${lines.join('\n')}\n`).toString('base64');
  const draft = '/root/botswain.sudoers';
  await host.exec(
    'sh',
    '-c',
    `echo ${text} | base64 -d > ${draft} && chmod 440 ${draft} && visudo -cf ${draft}`,
  );
  await host.exec('mv', draft, '/etc/sudoers.d/botswain');
}
