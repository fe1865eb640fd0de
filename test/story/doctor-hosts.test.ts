import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKeyPair, type KeyPair } from '../rig/keys.ts';
import { describeWith } from '../rig/rig.ts';
import type { SshTarget } from '../rig/ssh-client.ts';
import type { Sshd } from '../rig/sshd.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import { team } from './stage/team.ts';
import { Ward } from './stage/ward.ts';

const targetOf = (host: SshTarget, more: object = {}): Record<string, unknown> => ({
  kind: 'ssh',
  host: host.host,
  port: host.port,
  user: host.user,
  key: { file: host.privateKeyPath },
  host_key: host.hostKeyFingerprint,
  ...more,
});

/** A ward whose settings hold these targets, and components on the one called `host`. */
async function wardWith(targets: object, components: object): Promise<Ward> {
  const ward = await Ward.open({});
  const { chats: _, ...rest } = team;
  await ward.write('botswain.yaml', rest);
  await ward.write('targets.yaml', { production: targets });
  await ward.write('services/bot.yaml', { service: 'bot', title: 'Bot', target: 'host', components });
  return ward;
}

describeWith(['sshd'], 'the doctor at hosts that let nobody in', (rig) => {
  let sshd: Sshd;
  let folder: string;
  let other: KeyPair;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'botswain-doctor-'));
    [sshd, other] = await Promise.all([rig.startSshd(), createKeyPair(join(folder, 'other'))]);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('says of each what is wrong and which line mends it', async () => {
    const { host_key: _, ...unpinned } = targetOf(sshd);
    const ward = await wardWith(
      {
        host: targetOf(sshd),
        unpinned,
        stranger: targetOf(sshd, { key: { file: other.privateKeyPath } }),
        closed: targetOf(sshd, { port: 1 }),
      },
      {
        app: {
          kind: 'process',
          start: ['sleep', '9'],
          cwd: folder,
          pidfile: join(folder, 'pid'),
          log: join(folder, 'log'),
        },
      },
    );
    const { code, text } = await ward.diagnose();
    await ward.close();
    expect(code).toBe(1);
    expect(text).toContain(
      `✗ host key: No host key is pinned for production/unpinned (127.0.0.1:${sshd.port}); it showed ssh-ed25519 ${sshd.hostKeyFingerprint}. Nothing was sent to it.`,
    );
    expect(text).toContain(
      `then write host_key: "${sshd.hostKeyFingerprint}" under unpinned in targets.yaml.`,
    );
    const [type, key] = other.publicKey.split(' ');
    expect(text).toMatch(
      /✗ login: production\/stranger \(127\.0\.0\.1:\d+\) does not let \S+ in with ssh-ed25519 SHA256:/,
    );
    expect(text).toContain(`/.ssh/authorized_keys there: ${type} ${key} botswain`);
    expect(text).toMatch(
      /✗ not reached: production\/closed \(127\.0\.0\.1:1\) could not be reached: connection refused/,
    );
    expect(text).toContain('! bot/app@production: logs: ');
  });

  it('is done in time with a host that froze', async () => {
    const ward = await wardWith({ host: targetOf(sshd) }, {});
    sshd.freeze();
    const { code, text, ms } = await ward.diagnose();
    sshd.thaw();
    await ward.close();
    expect({ code, late: ms > 20_000 }).toEqual({ code: 1, late: false });
    expect(text).toMatch(/host \(ssh\)\n {2}✗ not reached: /);
  }, 40_000);
});

describeWith(['engine', 'systemd-host'], 'the doctor at a host without sudo', (rig) => {
  let host: SystemdHost;
  let ward: Ward;

  beforeAll(async () => {
    host = await rig.startSystemdHost();
    ward = await wardWith(
      {
        host: targetOf(host, { receipts: '/root/receipts' }),
        engine: { kind: 'docker', socket: rig.engineSocketPath },
        away: { kind: 'docker', socket: '/run/no-such.sock' },
      },
      {
        bot: { kind: 'systemd', unit: 'demo-bot' },
        gone: { kind: 'systemd', unit: 'no-such-bot', sudo: true },
        ghost: { kind: 'container', container: 'no-such-thing', target: 'engine' },
        far: { kind: 'container', container: 'far', target: 'away' },
      },
    );
  });
  afterAll(() => ward?.close());

  it('says what the account may not do, and that a unit is not there', async () => {
    const { code, text } = await ward.diagnose();
    expect(code).toBe(1);
    expect(text).toContain(
      "! bot/bot@production: logs: logs of demo-bot: the login user may not read the system's journal",
    );
    expect(text).toContain('→ Put the user into the group systemd-journal');
    expect(text).toContain(
      '! without sudo ops may not run `systemctl restart demo-bot` unless polkit lets it\n      → Set `sudo: true` at the component',
    );
    expect(text).toMatch(
      /✗ sudo refuses ops 3 commands that the components need\n.*visudo.*\n {8}ops ALL=\(root\) NOPASSWD: \/usr\/bin\/systemctl restart no-such-bot\n/,
    );
    expect(text).toContain(
      '✗ ops cannot keep the receipts of changes in /root/receipts\n      → Make the folder there, as root: install -d -m 700 -o ops /root/receipts',
    );
    expect(text).toMatch(/✗ bot\/gone@production: there is no unit no-such-bot\n {6}→ Correct `unit`/);
  });

  it('says which engines answer, and which container is not there', async () => {
    const { text } = await ward.diagnose();
    expect(text).toMatch(
      /engine \(docker\)\n {2}✓ the engine answers: Docker \d\S*, API \d\.\d+\n {2}✓ its clock/,
    );
    expect(text).toMatch(
      /✗ bot\/ghost@production: there is no container no-such-thing on production\/engine\n {6}→ /,
    );
    expect(text).toMatch(
      /away \(docker\)\n {2}✗ the engine of production\/away cannot be reached: there is no such socket\n {6}→ See that dockerd runs/,
    );
    expect(text).toContain('! components not looked at: bot/far');
  });

  it('and where sudo is not even installed', async () => {
    await host.exec(
      'sh',
      '-c',
      'mv /usr/bin/sudo /usr/bin/sudo.away && mv /usr/bin/setsid /usr/bin/setsid.away && mv /usr/bin/base64 /usr/bin/base64.away',
    );
    await host.exec('usermod', '-aG', 'systemd-journal', 'ops');
    const { text } = await ward.diagnose();
    expect(text).toMatch(/✗ sudo is not installed\n {6}→ .*apt-get install -y sudo/);
    expect(text).toMatch(/✗ programs a step needs are missing: base64\n/);
    expect(text).toMatch(/! setsid is missing; nohup stands in for it/);
    expect(text).not.toContain("may not read the system's journal");
  });
});
