import { describe, expect, it } from 'vitest';
import { composeKind } from '../../../src/components/compose.ts';
import { rulesIn, runsFreely } from '../../../src/doctor/sudo.ts';
import { sudoWays } from '../../../src/doctor/sudo-needs.ts';
import { sudoersLine } from '../../../src/doctor/sudoers.ts';

const target = { name: 'web', environment: 'production', kind: 'ssh', settings: {} };
const where = { ref: { service: 'shop', component: 'app', environment: 'production' }, target };
const host = { user: 'ops', programs: new Map([['docker', '/usr/bin/docker']]), sudoVersion: '1.9.13p3' };

const LISTED = `Matching Defaults entries for ops on web:
    env_reset, secure_path=/usr/sbin\\:/usr/bin

User ops may run the following commands on web:
    (ALL : ALL) ALL
    (root) NOPASSWD: /usr/bin/systemctl restart shop, /usr/bin/tail -n 5 a\\,b, PASSWD: /usr/bin/id
    (root) NOPASSWD: SETENV: /usr/bin/docker
`;

describe('what sudo must allow', () => {
  it('is read from the launcher of compose: both programs, and the question before', () => {
    const component = composeKind.bind(
      composeKind.settings.parse({
        project: '/opt/shop',
        compose_service: 'app',
        container: 'shop-app',
        sudo: true,
      }),
      where,
    );
    const [step] = component.steps('restart');
    expect(step && sudoWays(step.call)).toEqual([
      { argv: ['docker', 'compose', 'restart', 'app'], probe: ['docker', 'compose', 'version'] },
      { argv: ['docker-compose', 'restart', 'app'], probe: ['docker-compose', 'version'] },
    ]);
  });

  it('is nothing for a call without sudo', () => {
    expect(sudoWays({ kind: 'argv', argv: ['sh', '-c', 'exec "$@"', 'x', 'docker'] })).toEqual([]);
    expect(sudoWays({ kind: 'docker', operation: 'restart', container: 'shop' })).toEqual([]);
  });

  it('is written so that sudoers takes it, with numbers and times left open', () => {
    expect(sudoersLine(['systemctl', 'restart', 'a:b'], host)).toBe(
      'ops ALL=(root) NOPASSWD: systemctl restart a\\:b',
    );
    const logs = ['docker', 'logs', '--tail', '50', '--since', '2026-11-20T10:00:00.123Z', 'shop.app'];
    expect(sudoersLine(logs, host)).toBe(
      'ops ALL=(root) NOPASSWD: /usr/bin/docker ^logs --tail [0-9]+ --since [0-9TZ:.-]+ shop\\.app$',
    );
    expect(sudoersLine(logs, { ...host, sudoVersion: '1.9.9' })).toBe(
      'ops ALL=(root) NOPASSWD: /usr/bin/docker logs --tail [0-9]* --since [0-9]* shop.app',
    );
    expect(sudoersLine(logs, { ...host, sudoVersion: '1.10.0' })).toContain('^logs');
    const image = ['docker', 'image', 'inspect', '--format', '{{.Id}}', 'shop:1.2'];
    expect(sudoersLine(image, host)).toBe(
      'ops ALL=(root) NOPASSWD: /usr/bin/docker ^image inspect --format \\{\\{\\.Id\\}\\} [a-zA-Z0-9]([a-zA-Z0-9._/:@-]+)?$',
    );
  });
});

describe('what `sudo -l` lists', () => {
  it('is read in its order, with the tags that hold on', () => {
    expect(rulesIn(LISTED)).toEqual([
      { command: 'ALL', free: false },
      { command: '/usr/bin/systemctl restart shop', free: true },
      { command: '/usr/bin/tail -n 5 a,b', free: true },
      { command: '/usr/bin/id', free: false },
      { command: '/usr/bin/docker', free: true },
    ]);
  });

  it('the last rule that matches decides', () => {
    const rules = rulesIn(LISTED);
    expect(runsFreely(rules, '/usr/bin/systemctl restart shop')).toBe(true);
    expect(runsFreely(rules, '/usr/bin/docker ps')).toBe(true);
    expect(runsFreely(rules, '/usr/bin/id')).toBe(false);
    expect(runsFreely(rules, '/usr/bin/systemctl stop shop')).toBe(false);
    expect(runsFreely(rules.toReversed(), '/usr/bin/docker ps')).toBe(false);
  });

  it('a pattern that sudo itself matched is believed where no plain rule speaks', () => {
    const rules = rulesIn('    (root) NOPASSWD: /usr/bin/systemctl ^restart [a-z]+$\n');
    expect(runsFreely(rules, '/usr/bin/systemctl restart shop')).toBe(true);
  });

  it('nobody is asked for a password where sudoers says so', () => {
    const text =
      'Matching Defaults entries for ops on web:\n    !authenticate\n\nUser ops may run:\n    (ALL) ALL\n';
    expect(rulesIn(text)).toEqual([{ command: 'ALL', free: true }]);
  });
});
