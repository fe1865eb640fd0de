import { afterEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { commands } from '../../../commands/registry.ts';
import { EVENT_SCOPES, SLACK_SCOPES } from '../../../src/chat/slack/slack-scopes.ts';
import { cliCommands } from '../../../src/cli/registry.ts';
import { runCli } from '../../../src/cli/run.ts';
import { standIns } from '../../fixtures/config/stand-ins.ts';
import { rehearse } from './rehearsal.ts';

async function run(...argv: readonly string[]) {
  const { io, out, err } = rehearse(standIns);
  return { code: await runCli(['manifest', ...argv], io, cliCommands), out: out(), err: err() };
}

const REQUEST_URL = 'https://ops.example.org/slack/events';

describe('botswain manifest slack', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('is for Socket Mode, with the scopes and events that are used and no others', async () => {
    const { code, out, err } = await run('slack');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const manifest = parse(out);
    expect(manifest.oauth_config.scopes.bot).toEqual(SLACK_SCOPES.map(({ scope }) => scope));
    expect(manifest.settings).toMatchObject({
      socket_mode_enabled: true,
      event_subscriptions: { bot_events: Object.keys(EVENT_SCOPES) },
      interactivity: { is_enabled: true },
    });
    expect(out).not.toContain('url');
    const [ops] = manifest.features.slash_commands;
    for (const { name } of commands) expect(ops.usage_hint).toContain(name);
    expect(ops.usage_hint.length).toBeLessThanOrEqual(1000);
    expect(manifest.display_information.description.length).toBeLessThanOrEqual(140);
  });

  it('as JSON is the same', async () => {
    const [yaml, json] = [await run('slack'), await run('slack', '--json')];
    expect(JSON.parse(json.out)).toEqual(parse(yaml.out));
  });

  it('over HTTP sends everything to one address', async () => {
    vi.stubEnv('PUBLIC_URL', 'https://ops.example.org/');
    const { code, out } = await run('slack', '--http');
    expect(code).toBe(0);
    expect(parse(out)).toMatchObject({
      features: { slash_commands: [{ command: '/ops', url: REQUEST_URL }] },
      settings: {
        socket_mode_enabled: false,
        event_subscriptions: { request_url: REQUEST_URL },
        interactivity: { request_url: REQUEST_URL },
      },
    });
    expect(parse((await run('slack')).out).settings.socket_mode_enabled).toBe(true);
  });

  it('is for HTTP where the variables say so, which needs an address Slack can reach', async () => {
    vi.stubEnv('SLACK_BOT_TOKEN', 'xoxb-1');
    vi.stubEnv('SLACK_SIGNING_SECRET', 'hush');
    expect(await run('slack')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('PUBLIC_URL'),
    });
    vi.stubEnv('PUBLIC_URL', 'http://ops.example.org');
    expect(await run('slack')).toMatchObject({ code: 2 });
    vi.stubEnv('PUBLIC_URL', 'https://ops.example.org');
    const { out } = await run('slack');
    expect(out).toContain(REQUEST_URL);
    expect(out).not.toContain('hush');
  });

  it.each([[[]], [['telegram']], [['slack', 'now']], [['slack', '--yaml']]])('refuses %j', async (argv) => {
    expect(await run(...argv)).toMatchObject({ code: 2, err: expect.stringContaining('usage: botswain') });
  });
});
