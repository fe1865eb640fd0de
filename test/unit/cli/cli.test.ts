import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { cliCommands } from '../../../src/cli/registry.ts';
import { runCli } from '../../../src/cli/run.ts';
import { folderOf, SMALL } from '../../fixtures/config/folder.ts';
import { standIns } from '../../fixtures/config/stand-ins.ts';
import { rehearse } from './rehearsal.ts';

const BROKEN = fileURLToPath(new URL('../../fixtures/config/broken', import.meta.url));

async function run(...argv: readonly string[]) {
  const { io, out, err } = rehearse(standIns);
  return { code: await runCli(argv, io, cliCommands), out: out(), err: err() };
}

describe('the command line', () => {
  it('says what it knows, and the nearest verb to an unknown one', async () => {
    expect(await run('help')).toMatchObject({ code: 0, err: '' });
    expect((await run('help')).out).toContain('check [FOLDER]');
    expect(await run()).toMatchObject({ code: 2 });
    expect(await run('chekc')).toMatchObject({
      code: 2,
      err: expect.stringMatching(
        /^botswain knows no verb "chekc"\. Did you mean "check"\?\nIt knows: .*check/,
      ),
    });
  });

  it('version', async () => {
    const { code, out } = await run('version');
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(/^botswain \d+\.\d+\.\d+ \(Node v2\d/),
    });
    expect(await run('--version')).toMatchObject({ code: 0, out });
    expect(await run('version', 'now')).toMatchObject({ code: 2 });
  });

  it('schema prints one or all, and refuses others', async () => {
    const all: unknown = JSON.parse((await run('schema')).out);
    expect(Object.keys(all ?? {})).toEqual(['botswain', 'targets', 'services']);
    const one: unknown = JSON.parse((await run('schema', 'targets')).out);
    expect(one).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      required: ['version'],
    });
    expect(await run('schema', 'target')).toMatchObject({
      code: 2,
      err: expect.stringContaining('there is no kind of file "target". Did you mean "targets"?'),
    });
  });

  it('check says that a folder is good, with what is in it', async () => {
    const folder = await folderOf(SMALL);
    expect(await run('check', folder)).toEqual({
      code: 0,
      out: `${folder} is good: 1 service, 1 environment, 1 target, 3 people, 2 policy rules\n`,
      err: '',
    });
  });

  it('check says warnings and is good all the same', async () => {
    const folder = await folderOf({ ...SMALL, 'services/bot.yaml': '' });
    const files = Object.fromEntries(Object.entries(SMALL).filter(([path]) => !path.startsWith('services')));
    const { code, out } = await run('check', await folderOf(files));
    expect(code).toBe(0);
    expect(out).toContain('warning: there is no service  → write one: services/NAME.yaml');
    expect((await run('check', folder)).code).toBe(2);
  });

  it('check says every problem and exits 2', async () => {
    const { code, out, err } = await run('check', BROKEN);
    expect(code).toBe(2);
    expect(out).toContain(
      'services/karmabot.yaml:10:27  unknown key "uint": did you mean "unit"?  → rename it to "unit"',
    );
    expect(err).toMatch(/^\d{2} problems in 9 files\n$/);
    expect(out.trim().split('\n')).toHaveLength(Number(/^\d+/.exec(err)?.[0]));
  });

  it('check refuses what it does not take, and a folder that is not there', async () => {
    expect(await run('check', 'a', 'b')).toMatchObject({
      code: 2,
      err: expect.stringContaining('usage: botswain check [FOLDER]'),
    });
    expect(await run('check', '/nowhere/at/all')).toMatchObject({
      code: 2,
      out: expect.stringContaining('there is no such folder  → run: botswain init /nowhere/at/all'),
    });
  });
});
