import { describe, expect, it } from 'vitest';
import { loadWith, SMALL, said } from '../../fixtures/config/folder.ts';

const botswain = (policy: string, people = 'ana: { name: Ana, roles: [operator] }') =>
  `version: 1\npeople:\n  ${people}\npolicy:\n${policy}\n`;

describe('what is allowed and probably not meant', () => {
  it('says nothing of the small configuration', async () => {
    const loaded = await loadWith({});
    expect(loaded.kind).toBe('loaded');
    expect(said(loaded)).toEqual([]);
  });

  it('an approval nobody could give', async () => {
    const loaded = await loadWith({
      'botswain.yaml': botswain('  - { allow: [operator], approvals: 1, from: [approver] }'),
    });
    expect(loaded.kind).toBe('loaded');
    expect(said(loaded)).toEqual(['botswain.yaml:5:46 nobody could approve: nobody has the role approver']);
  });

  it('fewer approvers than are needed beside the one who asks', async () => {
    const loaded = await loadWith({
      'botswain.yaml': botswain(
        '  - { allow: [operator], approvals: 2, from: [operator] }',
        'ana: { name: Ana, roles: [operator] }\n  ben: { name: Ben, roles: [operator] }',
      ),
    });
    expect(said(loaded)).toEqual([
      'botswain.yaml:6:46 2 must approve and 2 could (operator); who asks never counts',
    ]);
  });

  it('roles that nobody has, and roles that no rule speaks of', async () => {
    const loaded = await loadWith({
      'botswain.yaml': botswain('  - { risk: read, allow: [operater] }'),
    });
    expect(said(loaded)).toEqual([
      'botswain.yaml:3:29 no policy rule speaks of the role "operator"',
      'botswain.yaml:5:26 nobody has the role "operater"',
    ]);
  });

  it('something destructive in production without approval, unless a rule above decides it', async () => {
    const open = await loadWith({ 'botswain.yaml': botswain('  - { allow: [operator] }') });
    expect(said(open)).toEqual([
      'botswain.yaml:5:5 something destructive may be done in production without anybody approving',
    ]);
    const shut = await loadWith({
      'botswain.yaml': botswain('  - { risk: destructive, deny: true }\n  - { allow: [operator] }'),
    });
    expect(said(shut)).toEqual([]);
    const harmless = await loadWith({
      'botswain.yaml': botswain('  - { verb: restart, allow: [operator] }'),
    });
    expect(said(harmless)).toEqual([]);
  });

  it('a rule that never decides anything', async () => {
    const loaded = await loadWith({
      'botswain.yaml': botswain(
        '  - { risk: [read, change], allow: [operator] }\n  - { risk: change, verb: restart, allow: [operator] }',
      ),
    });
    expect(said(loaded)).toEqual(['botswain.yaml:6:5 rule 1 decides all of this already']);
  });

  it('an environment that has only some of the targets', async () => {
    const loaded = await loadWith({
      'targets.yaml': `${SMALL['targets.yaml']}  engine: { kind: docker, socket: /s }
staging:
  engine: { kind: docker, socket: /s }
`,
      'services/bot.yaml': `${SMALL['services/bot.yaml']}  db: { kind: container, container: db, target: engine }\n`,
    });
    expect(
      loaded.kind === 'loaded' && loaded.configuration.services.map(({ environment }) => environment),
    ).toEqual(['production']);
    expect(said(loaded)).toEqual(['services/bot.yaml:2:10 bot will not be in staging, which lacks server']);
  });

  it('a folder without services', async () => {
    expect(said(await loadWith({ 'services/bot.yaml': '' }))).toEqual([
      'botswain.yaml:1:1 there is no service',
    ]);
  });
});

describe('what is refused', () => {
  const service = (rest: string) => ({ 'services/bot.yaml': `${SMALL['services/bot.yaml']}${rest}` });

  it('a variable that only one environment lacks is said with its name', async () => {
    const loaded = await loadWith({
      'targets.yaml': `${SMALL['targets.yaml']}staging:
  server: { kind: ssh, host: 10.0.0.2, user: ops, host_key: "SHA256:AAAA" }
`,
      ...service(`checks:\n  web: { kind: http, url: "\${server.web}/" }\n`),
    });
    expect(said(loaded)).toContain('services/bot.yaml:8:27 target server has no variable "web" in staging');
  });

  it('a value that is wrong once its variable is in, said with the environment', async () => {
    const loaded = await loadWith({
      'targets.yaml': SMALL['targets.yaml']?.replace('"https://example.org"', 'example') ?? '',
      ...service(`checks:\n  web: { kind: http, url: "\${server.web}" }\n`),
    });
    expect(said(loaded)).toEqual([
      'services/bot.yaml:8:27 "url" is "example", which is not a URL (in production)',
    ]);
  });

  it.each([
    ['version: 1', 'the services of a policy', 'service: bto'],
    ['version: 1', 'its environments', 'environment: prodution'],
  ])('%s and a policy that names none of %s', async (_, __, rule) => {
    const loaded = await loadWith({
      'botswain.yaml': `${SMALL['botswain.yaml']}  - { ${rule}, risk: read, allow: [operator] }\n`,
    });
    const [word, name] = rule.split(': ');
    expect(said(loaded)[0]).toMatch(
      new RegExp(`^botswain.yaml:9:\\d+ there is no ${word} "${name}": did you mean`),
    );
  });

  it('no folder, no files, stray files', async () => {
    expect(said(await loadWith({ 'botswain.yaml': '', 'targets.yaml': '' }))).toEqual([
      'botswain.yaml:1:1 the file is missing',
      'targets.yaml:1:1 the file is missing',
    ]);
    expect(said(await loadWith({ 'botswian.yaml': 'version: 1' }))).toEqual([
      'botswian.yaml:1:1 nothing reads this file: did you mean botswain.yaml?',
    ]);
  });

  it('a file that is a list, a map that is merged into itself, an empty section', async () => {
    expect(said(await loadWith({ 'services/bot.yaml': '- version: 1\n' }))).toEqual([
      'services/bot.yaml:1:1 this must be a map of keys and values, and is a list',
    ]);
    expect(said(await loadWith({ 'services/bot.yaml': 'a: &a\n  <<: *a\n' }))).not.toEqual([]);
    expect(said(await loadWith({ 'services/bot.yaml': `${SMALL['services/bot.yaml']}checks:\n` }))).toEqual([
      'services/bot.yaml:7:1 "checks" must be a map of keys and values, and is empty',
    ]);
  });

  it('aliases that multiply without end, two documents in a file, a tag, a tab', async () => {
    const rows = Array.from(
      { length: 9 },
      (_, i) => `  a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`,
    );
    const bomb = `x-bomb:\n  a0: &a0 [x]\n${rows.join('\n')}\n`;
    expect(said(await loadWith({ 'services/bot.yaml': bomb }))).toEqual([
      'services/bot.yaml:1:1 the aliases of this file never end',
    ]);
    expect(said(await loadWith({ 'services/bot.yaml': '<<: 7\nversion: 1\n' }))).toEqual([
      'services/bot.yaml:1:1 what "<<" merges is not a map',
    ]);
    const [first] = said(await loadWith({ 'services/bot.yaml': 'version: 1\n---\nversion: 1\n' }));
    expect(first).toMatch(/^services\/bot\.yaml:2:\d+ not valid YAML: /);
    expect(said(await loadWith({ 'services/bot.yaml': 'version: !secret 1\n' }))[0]).toMatch(
      /^services\/bot\.yaml:1:10 not valid YAML: Unresolved tag/,
    );
    expect(said(await loadWith({ 'services/bot.yaml': 'links:\n\ta: b\n' }))[0]).toMatch(
      /^services\/bot\.yaml:2:\d+ not valid YAML: /,
    );
  });

  it('a variable that only every object of JavaScript has', async () => {
    const loaded = await loadWith(service(`checks:\n  web: { kind: http, url: "\${server.constructor}" }\n`));
    expect(said(loaded)).toEqual([
      'services/bot.yaml:8:27 target server has no variable "constructor" (production)',
    ]);
  });

  it('a broken targets.yaml does not make every reference to it a mistake', async () => {
    expect(said(await loadWith({ 'targets.yaml': 'production: { server: { kind: ssh\n' }))).toHaveLength(1);
  });
});
