import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../../config/load.ts';
import { registries } from '../../../config/registries.ts';
import { init } from '../../../src/cli/init.ts';
import { folderOf } from '../../fixtures/config/folder.ts';
import { rehearse } from './rehearsal.ts';

const HOST_KEY = `SHA256:${'A'.repeat(43)}`;

const newFolder = async (): Promise<string> => join(await folderOf({}), 'settings');

async function loaded(folder: string) {
  const result = await loadConfiguration(folder, registries);
  if (result.kind === 'broken') throw new Error(JSON.stringify(result.problems, undefined, 2));
  return result;
}

describe('botswain init', () => {
  it('writes a configuration that holds from flags: a unit on a server, with a second person', async () => {
    const folder = await newFolder();
    const { io, out } = rehearse(registries);
    const flags = [
      ...['--name', 'Ana Müller', '--slack', 'U0ANA', '--slack-team', 'T0TEAM', '--slack-channel', 'C0OPS'],
      ...['--telegram', '111', '--telegram-chat', '-1002', '--approver', 'Ben'],
      ...['--service', 'karmabot', '--host', '10.0.0.7', '--host-key', HOST_KEY, '--unit', 'karmabot'],
      ...['--url', 'https://karmabot.example.org/health'],
    ];
    expect(await init.run([folder, ...flags.flat()], io)).toBe(0);
    expect(out()).toContain(`botswain check ${folder}`);
    const { configuration, warnings } = await loaded(folder);
    expect(warnings.map(({ path }) => path)).toEqual(['audit.heads']);
    expect(configuration.people).toEqual([
      {
        key: 'ana-muller',
        name: 'Ana Müller',
        slack: 'U0ANA',
        telegram: '111',
        roles: ['operator', 'approver'],
      },
      { key: 'ben', name: 'Ben', roles: ['operator', 'approver'] },
    ]);
    const [service] = configuration.services;
    expect(service?.components[0]).toMatchObject({
      kind: 'systemd',
      settings: { unit: 'karmabot', sudo: true },
    });
    expect(service?.checks[0]?.settings).toMatchObject({ url: 'https://karmabot.example.org/health' });
    expect(configuration.chats).toEqual({
      slack: { team: 'T0TEAM', channels: { operations: 'C0OPS' } },
      telegram: { chats: { operations: '-1002' } },
      takeoverMs: 120_000,
    });
  });

  it('knows the accounts of the person who approves', async () => {
    const folder = await newFolder();
    const { io, err } = rehearse(registries);
    const flags = [
      ...['--name', 'Ana', '--slack', 'U0ANA', '--slack-team', 'T0TEAM', '--slack-channel', 'C0OPS'],
      ...['--telegram', '111', '--telegram-chat', '-1002', '--service', 'bot', '--container', 'bot'],
      ...['--approver', 'Ben', '--approver-slack', 'U0BEN', '--approver-telegram', '222'],
    ];
    const code = await init.run([folder, ...flags], io);
    expect({ code, err: err() }).toEqual({ code: 0, err: '' });
    const { configuration } = await loaded(folder);
    expect(configuration.people[1]).toMatchObject({ key: 'ben', slack: 'U0BEN', telegram: '222' });
  });

  it.each([
    ['a container here', ['--container', 'bot']],
    ['a unit here', ['--unit', 'bot']],
    ['a container on a server', ['--container', 'bot', '--host', '10.0.0.7', '--host-key', HOST_KEY]],
  ])('writes a configuration that holds: %s', async (_, flags) => {
    const folder = await newFolder();
    const { io, err } = rehearse(registries);
    const code = await init.run([folder, '--name', 'Ana', '--service', 'bot', ...flags], io);
    expect({ code, err: err() }).toEqual({ code: 0, err: '' });
    const { configuration, warnings } = await loaded(folder);
    expect(warnings).toEqual([]);
    expect(configuration.policy.at(-1)).toMatchObject({ risk: ['destructive'], allow: [] });
  });

  it('takes answers as YAML from standard input', async () => {
    const folder = await newFolder();
    const { io } = rehearse(registries, { typed: 'name: Ana\nservice: bot\ncontainer: bot\n' });
    expect(await init.run([folder, '--stdin'], io)).toBe(0);
    expect((await loaded(folder)).configuration.services[0]?.name).toBe('bot');
  });

  it('asks a person, and asks again after an answer that cannot be', async () => {
    const folder = await newFolder();
    const lines = ['', 'Ana', 'nobody', '', '', '', 'Bad Name', 'bot', '', '', 'bot', ''];
    const { io, out } = rehearse(registries, { typed: `${lines.join('\n')}\n`, isTTY: true });
    expect(await init.run([folder], io)).toBe(0);
    expect(out()).toContain('Your name: ');
    expect(out()).toContain('an answer is needed');
    expect(out()).toContain('a member id starts with U');
    expect(out()).toContain('use a-z, 0-9 and "-"');
    expect((await loaded(folder)).configuration.services[0]?.components[0]?.settings).toEqual({
      container: 'bot',
    });
  });

  it('writes nothing when the person leaves in the middle', async () => {
    const folder = await newFolder();
    const { io } = rehearse(registries, { typed: 'Ana\n', isTTY: true });
    expect(await init.run([folder], io)).toBe(2);
    await expect(readFile(join(folder, 'botswain.yaml'))).rejects.toThrow('ENOENT');
  });

  it('names every answer that is missing or wrong at once', async () => {
    const { io, err } = rehearse(registries);
    expect(await init.run([await newFolder(), '--slack', 'ana', '--host', 'h'], io)).toBe(2);
    for (const flag of ['name', 'slack', 'slack-team', 'slack-channel', 'service', 'host-key', 'container'])
      expect(err()).toContain(`--${flag}: `);
  });

  it('never overwrites', async () => {
    const folder = await folderOf({ 'targets.yaml': 'mine' });
    const { io, err } = rehearse(registries);
    expect(await init.run([folder, '--name', 'Ana', '--service', 'bot', '--container', 'bot'], io)).toBe(1);
    expect(err()).toContain('init never overwrites');
    expect(await readFile(join(folder, 'targets.yaml'), 'utf8')).toBe('mine');
  });

  it.each([
    [['--nmae', 'Ana'], 'unknown flag --nmae. Did you mean "name"?'],
    [['a', 'b'], 'init takes one folder'],
    [['--name'], '--name needs a value'],
  ])('refuses %j', async (args, why) => {
    const { io, err } = rehearse(registries);
    expect(await init.run(args, io)).toBe(2);
    expect(err()).toContain(why);
  });

  it('says what does not hold before it writes, in the words of check', async () => {
    const folder = await newFolder();
    const { io, err } = rehearse(registries);
    const flags = ['--name', 'Ana', '--service', 'bot', '--container', 'bad name'];
    expect(await init.run([folder, ...flags], io)).toBe(2);
    expect(err()).toContain('nothing was written');
    expect(err()).toMatch(/services\/bot\.yaml:\d+:\d+ {2}/);
    await expect(readFile(join(folder, 'botswain.yaml'))).rejects.toThrow('ENOENT');
  });
});
