import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../config/load.ts';
import { registries } from '../../config/registries.ts';
import { sources, textOf } from '../house/tree.ts';
import { Ward } from '../story/stage/ward.ts';

/** Values of a variable that a template engine, a shell or a second round of substitution would read. */
const VALUES = [
  `\${server.other}`,
  '{{7*7}}',
  '$(id)',
  '`id`',
  '<%= 7*7 %>',
  "' --privileged '",
  '#{7*7}',
  '%n',
];

describe('templates', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'botswain-templates-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(VALUES)(
    'a variable is put in once, as it is, into the one place that names it: %s',
    async (value) => {
      const ward = await Ward.open({});
      const people = { ana: { name: 'Ana', slack: 'U0ANA', roles: ['operator'] } };
      await ward.write('botswain.yaml', { people, policy: [{ allow: ['operator'] }] });
      const server = { kind: 'local', vars: { value, other: 'SECOND ROUND' } };
      await ward.write('targets.yaml', { production: { server } });
      const start = ['node', 'bot.js', `\${server.value}`, `x\${server.value}y`];
      const app = { kind: 'process', start, cwd: '/a', pidfile: '/a/p', log: '/a/l' };
      await ward.write('services/bot.yaml', {
        service: 'bot',
        title: 'B',
        target: 'server',
        components: { app },
      });
      const loaded = await loadConfiguration(ward.path('config'), registries);
      await ward.close();
      const settings =
        loaded.kind === 'loaded' ? loaded.configuration.services[0]?.components[0]?.settings : loaded;
      expect(settings).toMatchObject({ start: ['node', 'bot.js', value, `x${value}y`] });
    },
  );

  it('nothing evaluates text: no engine, no eval, no program run by a shell', () => {
    const packages = Object.keys(JSON.parse(textOf('package.json')).dependencies);
    expect(
      packages.filter((name) =>
        /handlebars|mustache|ejs|nunjucks|liquid|pug|lodash|eta|jinja|vm2/.test(name),
      ),
    ).toEqual([]);
    const marks =
      /\beval\(|new Function\(|node:vm|shell:\s*true|import \{[^}]*\bexec(Sync)?\b[^}]*\} from 'node:child_process'/;
    const own = sources('src', 'commands', 'config').filter((path) => marks.test(textOf(path)));
    expect(own).toEqual([]);
  });
});
