import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKeyPair } from '../rig/keys.ts';
import { describeWith } from '../rig/rig.ts';
import { type Sshd, startSshd } from '../rig/sshd.ts';
import { FREELY, hostOf, Scene, serviceOf } from '../story/stage/scene.ts';
import type { Yard } from '../story/stage/yard.ts';
import { judgeRun, rowOf, saidIn } from './oracle.ts';
import { reportFault } from './table.ts';

const ANA = 'U0ANA';
const BEN = 'U0BEN';
const PRESSED = { allow: ['operator'], approvals: 1, from: ['approver'] } as const;
/** What sshd logs from the first word of an authentication on. */
const AUTHENTICATION =
  /userauth-request|(Accepted|Failed|Postponed) |authenticating user|pubkey_auth|userauth_pubkey/;
/** Everything the protocol does stands in the log then. */
const TELLING = ['LogLevel DEBUG3'];

describeWith(['sshd'], 'a host shows a key that nobody vouches for', (rig) => {
  let scene: Scene;
  let rebuilt: Sshd;
  let stranger: Sshd;
  let certified: Sshd;
  let impostor: Sshd | undefined;
  let tries = 0;

  beforeAll(async () => {
    // Its keys must outlive it.
    const keys = await rig.startSshd();
    rebuilt = await rig.startSshd({ loginKey: keys.loginKey, hostKey: keys.hostKey });
    stranger = await rig.startSshd({ loginKey: keys.loginKey, config: TELLING });
    certified = await rig.startSshd({
      loginKey: keys.loginKey,
      hostKey: keys.hostKey,
      config: [...TELLING, `HostCertificate ${await certificateOfAnotherAuthority(keys.dir)}`],
    });
    scene = await Scene.open({
      components: async (yard) => ({ app: await yard.program('app') }),
      targets: (yard) => ({
        production: {
          rebuilt: hostOf(rebuilt, yard),
          stranger: vouchedBy(stranger, yard, 'nobody'),
          certified: vouchedBy(certified, yard, 'authority'),
        },
      }),
      services: async (yard) => {
        await writeFile(join(yard.folder, 'nobody'), '');
        const authority = await createKeyPair(join(yard.folder, 'our-authority'));
        await writeFile(join(yard.folder, 'authority'), `@cert-authority * ${authority.publicKey}\n`);
        return {
          moved: serviceOf('moved', await often(yard, 'moved'), { target: 'rebuilt' }),
          strange: serviceOf('strange', await often(yard, 'strange'), { target: 'stranger' }),
          signed: serviceOf('signed', await often(yard, 'signed'), { target: 'certified' }),
        };
      },
      // It begins with a press, so that the test says what comes before what.
      botswain: { policy: [{ ...PRESSED, service: 'moved', verb: 'restart' }, ...FREELY] },
    });
  });
  afterAll(async () => {
    await scene?.close();
    await impostor?.stop();
  });

  /** A certificate for the host's own key, by an authority that our known_hosts does not name. */
  async function certificateOfAnotherAuthority(folder: string): Promise<string> {
    const authority = await createKeyPair(join(folder, 'another-authority'));
    const path = join(folder, 'host_key.pub');
    await execa('ssh-keygen', [
      '-q',
      '-s',
      authority.privateKeyPath,
      '-I',
      'host',
      '-h',
      '-n',
      '127.0.0.1',
      path,
    ]);
    return join(folder, 'host_key-cert.pub');
  }

  const vouchedBy = (sshd: Sshd, yard: Yard, file: string): object => {
    const { host_key: _, ...target } = { host_key: '', ...hostOf(sshd, yard) };
    return { ...target, known_hosts: join(yard.folder, file) };
  };

  const often = async (yard: Yard, name: string): Promise<object> => ({
    app: { ...(await yard.program(name)), every: '1s' },
  });

  const alarms = (target: string): readonly string[] =>
    saidIn(scene.slack, ['C0OPS']).filter((text) => text.includes(`production/${target} shows a host key`));

  const raised = (target: string): Promise<string> => scene.slack.until(() => alarms(target)[0], 15_000);

  it.each([
    ['stranger', 'strange', /No host key is pinned for production\/stranger \(127\.0\.0\.1:\d+\)/],
    [
      'certified',
      'signed',
      /production\/certified \(127\.0\.0\.1:\d+\) is vouched for only by a @cert-authority line/,
    ],
  ] as const)(
    '%s: everybody on call is told without having asked, and who asks is told why not',
    async (target, service, why) => {
      expect(await raised(target)).toMatch(why);
      tries += 1;
      expect(await scene.asks(ANA, `restart ${service}/app`)).toMatch(
        /Nothing was sent to it[\s\S]*TARGET_HOST_KEY_MISMATCH/,
      );
      const { log } = target === 'stranger' ? stranger : certified;
      expect(await log()).toMatch(/SSH2_MSG_KEX/);
      expect(await log()).not.toMatch(AUTHENTICATION);
      expect(scene.yard.starts(service)).toBe(0);
      expect(alarms(target)).toHaveLength(1);
    },
  );

  it('another host in the place of one that was known: a change that was planned fails, nothing is sent, all are told once', async () => {
    const { port, loginKey } = rebuilt;
    const card = await scene.requests('restart moved/app --reason "known no more"');
    await scene.shows(card, /awaiting approval/);
    await rebuilt.stop();
    impostor = await startSshd({ port, loginKey, config: TELLING });
    tries += 1;
    await scene.presses(BEN, card, 'Approve');
    const text = await scene.shows(card, /\*failed\*/, 20_000);
    expect(text).toMatch(
      /Nothing was done: moved\/app@production: production\/rebuilt \(127\.0\.0\.1:\d+\) showed another host key/,
    );
    expect(await raised('rebuilt')).toMatch(
      /seen ssh-ed25519 SHA256:\S+, pinned SHA256:\S+[\s\S]*somebody may stand in between/,
    );
    expect(await impostor.log()).not.toMatch(AUTHENTICATION);
    await scene.bot.stop();
    await scene.boot();
    expect(await scene.asks(ANA, 'restart moved/app')).toMatch(/TARGET_HOST_KEY_MISMATCH/);
    expect(alarms('rebuilt')).toHaveLength(1);
    expect(scene.yard.starts('moved')).toBe(0);
  });

  it('the known host is back: that is said too, and the same line works', async () => {
    const { port, loginKey, hostKey } = rebuilt;
    await impostor?.stop();
    impostor = await startSshd({ port, loginKey, hostKey, config: TELLING });
    await scene.slack.expectMessage({
      channel: 'C0OPS',
      match: /production\/rebuilt showed a host key[\s\S]*vouched for again/,
      withinMs: 15_000,
    });
    const card = await scene.requests('restart moved/app --reason "known again"');
    await scene.shows(card, /awaiting approval/);
    await scene.presses(BEN, card, 'Approve');
    await scene.shows(card, /\*succeeded\*/);
    expect(scene.yard.starts('moved')).toBe(1);
    // So the others' logs would have shown a credential, had one been sent.
    expect(await impostor.log()).toMatch(AUTHENTICATION);
  });

  it('it is in the audit, and nothing happened that was not asked for', async () => {
    await scene.bot.stop();
    const verdict = await judgeRun({
      data: join(scene.bot.folder, 'data'),
      said: saidIn(scene.slack),
      effects: [{ component: 'moved/app@production' }],
      accepted: ['known no more', 'known again'],
    });
    reportFault(rowOf('#8 host key changed, unknown, of a wrong CA', tries, verdict));
    expect(verdict.problems).toEqual([]);
    const refused = (await scene.audit()).filter(({ event }) => event === 'host key refused');
    expect(new Set(refused.map(({ subject }) => subject))).toEqual(
      new Set(['production/stranger', 'production/certified', 'production/rebuilt']),
    );
  });
});
