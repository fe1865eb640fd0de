import { describe, expect, it } from 'vitest';
import { registries } from '../../config/registries.ts';
import { doctor } from '../../src/cli/doctor.ts';
import { cliCommands } from '../../src/cli/registry.ts';
import { runCli } from '../../src/cli/run.ts';
import { gateFor } from '../../src/doctor/gate.ts';
import { GUESSED_HOST, sudoersFor } from '../../src/doctor/sudoers-file.ts';
import { callsOn } from '../../src/doctor/target-calls.ts';
import type { Target } from '../../src/domain/fleet.ts';
import { Ward } from '../story/stage/ward.ts';
import { rehearse } from '../unit/cli/rehearsal.ts';
import { placed, server, sourcesOf } from '../unit/doctor/shop.ts';

const behind: Target = {
  ...server,
  name: 'inner',
  settings: { ...server.settings, host: '10.1.0.7', jump: 'server' },
};
const engine: Target = {
  name: 'engine',
  environment: 'production',
  kind: 'docker',
  settings: { via: 'server', sudo: true },
};

const unit = placed('systemd', { unit: 'shop', sudo: true });
const host = (more: object = {}) => ({
  facts: { ...GUESSED_HOST, user: 'ops', isRoot: false, ...more },
  composePlugin: undefined,
  guessed: true,
});

describe('the calls of a target', () => {
  it('are found without asking it, each word that varies by its kind', async () => {
    const calls = await callsOn(sourcesOf([unit]), server);
    const journal = calls.filter(({ words }) => words[0] === 'journalctl').map(({ words }) => words);
    const varying = { number: { varies: 'number' }, since: { varies: 'since' } };
    const head = ['journalctl', '-u', 'shop', '-n', varying.number];
    const tail = ['--no-pager', '-o', 'short-iso'];
    expect(journal).toEqual([
      [...head, ...tail],
      [...head, '--since', varying.since, ...tail],
      [...head, '--until', varying.since, ...tail],
      [...head, '--since', varying.since, '--until', varying.since, ...tail],
    ]);
  });

  it('leave a number of the settings as it is', async () => {
    const compose = {
      project: '/opt/shop',
      compose_service: '42',
      container: '42',
      stop_seconds: 7,
      command: 'docker-compose',
    };
    const calls = await callsOn(sourcesOf([placed('compose', compose)]), server);
    expect(calls.map(({ words }) => words)).toContainEqual(['docker-compose', 'restart', '-t', '7', '42']);
    const image = ['docker', 'image', 'inspect', '--format', '{{.Id}}', { varies: 'image' }];
    expect(calls.map(({ words }) => words)).toContainEqual(image);
    for (const { words } of calls.filter(
      ({ words: [, second], why }) => second !== 'image' && why !== 'status --host',
    ))
      expect(words.at(-1)).toBe('42');
  });
});

describe('sudoers', () => {
  it('say that there is nothing to allow, to root and without sudo', async () => {
    expect(await sudoersFor(sourcesOf([unit]), server, host({ isRoot: true }))).not.toMatch(/^ops /m);
    const bare = placed('systemd', { unit: 'shop' });
    expect(await sudoersFor(sourcesOf([bare]), server, host())).toMatch(
      /# Nothing: nothing there says `sudo: true` or `user`\.\n$/,
    );
  });

  it('warn where the sudo of the host is too old to be exact, and where an engine is given away', async () => {
    const text = await sudoersFor(
      sourcesOf([unit], [server, engine]),
      server,
      host({ sudoVersion: '1.8.31' }),
    );
    expect(text).toContain('# sudo 1.8.31 knows no regular expressions');
    expect(text).toContain('# engine: the whole engine, which is as much as root');
    expect(text).toContain('/usr/bin/docker system dial-stdio');
  });
});

describe('a gate', () => {
  it('of a jump host lets through to the hosts behind it, and nowhere else', async () => {
    const text = await gateFor(sourcesOf([unit], [server, behind]), server, {
      facts: { seesUsAs: '192.0.2.9' },
    });
    expect(text).toContain(
      'restrict,port-forwarding,permitopen="10.1.0.7:22",from="192.0.2.9",command="exec',
    );
  });

  it('opens a stream to an engine only where the settings have one', async () => {
    const without = await gateFor(sourcesOf([unit]), server, { facts: undefined });
    expect(without).not.toContain('SSH_ORIGINAL_COMMAND');
    const given = await gateFor(sourcesOf([unit], [server, engine]), server, { facts: undefined });
    expect(given).toContain(
      "  'exec sudo -n docker system dial-stdio') exec sudo -n docker system dial-stdio ;;",
    );
  });

  it('takes nothing of the settings for code, whatever is in it', async () => {
    const odd = placed('process', {
      start: ["it's", '$(id)', '\nallow read', '`id`'],
      cwd: "/a'b",
      pidfile: '/p',
      log: '/l',
    });
    const text = await gateFor(sourcesOf([odd]), server, { facts: undefined });
    expect(text).toContain("'=/a'\\''b'");
    expect(
      text.split('\n').filter((line) => line.startsWith('allow ') && !/^allow (read|start|ask) '/.test(line)),
    ).toEqual([]);
  });
});

describe('botswain doctor, when it is to write', () => {
  const run = async (...args: readonly string[]) => {
    const ward = await Ward.open({});
    await ward.write('botswain.yaml', {
      people: { ana: { name: 'Ana', slack: 'U0ANA', roles: ['a'] } },
      policy: [{ allow: ['a'] }],
    });
    const ssh = {
      kind: 'ssh',
      host: '127.0.0.1',
      port: 1,
      user: 'ops',
      key: { env: 'NO_SUCH_KEY' },
      host_key: `SHA256:${'A'.repeat(43)}`,
    };
    await ward.write('targets.yaml', {
      production: { server: ssh, here: { kind: 'local' } },
      staging: { server: ssh },
    });
    const components = { app: { kind: 'systemd', unit: 'shop', sudo: true } };
    await ward.write('services/shop.yaml', { service: 'shop', title: 'Shop', target: 'server', components });
    const { io, out, err } = rehearse(registries);
    const code = await doctor.run([ward.path('config'), ...args], io);
    await ward.close();
    return { code, out: out(), err: err() };
  };

  it.each([
    [['--sudoers'], 'wants the name of a target'],
    [['--gate', '--sudoers'], 'wants the name of a target'],
    [['--sudoers', 'nowhere'], 'there is no host called "nowhere"'],
    [['--sudoers', 'server'], '"server" could be production/server, staging/server'],
    [['--gate', 'production/here'], 'a gate is for hosts reached over SSH'],
    [['--sudoers', 'production/server', 'more'], 'doctor takes one folder'],
  ])('refuses %j', async (args, why) => {
    const said = await run(...args);
    expect(said).toMatchObject({ code: 2, out: '' });
    expect(said.err).toContain(why);
  });

  it('writes for a host that does not answer, and says that it guessed', async () => {
    const said = await run('--sudoers', 'production/server');
    expect(said.code).toBe(0);
    expect(said.out).toContain('ops ALL=(root) NOPASSWD: NOEXEC: /usr/bin/systemctl restart shop\n');
    expect(said.out).toContain('# The host could not be asked');
    expect(said.err).toContain('the host could not be asked');
  });

  it('says how it is used', async () => {
    const { io, out } = rehearse(registries);
    expect(await runCli(['doctor', '--help'], io, cliCommands)).toBe(0);
    expect(out()).toContain(`usage: botswain doctor ${doctor.usage}\n`);
  });
});
