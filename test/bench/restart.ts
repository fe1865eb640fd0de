import { readable } from '../fakes/slack/content.ts';
import { startFakeSlack } from '../fakes/slack/fake-slack.ts';
import { startSystemdHost } from '../rig/systemd-host.ts';
import { BotProcess } from '../story/stage/botswain.ts';
import { hire, slackVariables, team } from '../story/stage/team.ts';

// The main job as people feel it, against a real host over a real sshd: `node test/bench/restart.ts`.
// `start`: process to "is up". `first answer`: /ops status to the answer in the channel. `cold`: the first restart after a
// start, from the command to the finished step (SSH is connected anew for the plan). `warm`: the same once connected.
const ROUNDS = 5;
const WARM = 5;
// Each command has a channel of its own: the pace of the outbox (1.2 s a channel) would hide what is measured.
const CHANNELS = Array.from({ length: ROUNDS * (2 + WARM) }, (_, index) => `C0BENCH${index}`);

const host = await startSystemdHost();
// systemd takes five starts in ten seconds and then no more; here they come as fast as they can.
const unlimited =
  'mkdir /etc/systemd/system/demo-bot.service.d && printf "[Unit]\\nStartLimitIntervalSec=0\\n" > /etc/systemd/system/demo-bot.service.d/limit.conf && systemctl daemon-reload';
await host.exec('sh', '-c', unlimited);
const slack = await startFakeSlack();
hire(slack);
for (const channel of CHANNELS) slack.channel(channel);
const channels = {
  ...team.chats.slack.channels,
  ...Object.fromEntries(CHANNELS.map((id, index) => [`bench-${index}`, id])),
};
const login = {
  kind: 'ssh',
  host: host.host,
  port: host.port,
  user: host.user,
  key: { file: host.privateKeyPath },
};
const bot = await BotProcess.prepare({
  botswain: { ...team, chats: { slack: { team: 'T0TEAM', channels } }, policy: [{ allow: ['operator'] }] },
  targets: { staging: { server: { ...login, host_key: host.hostKeyFingerprint } } },
  services: {
    katana: {
      service: 'katana',
      title: 'Katana Bot',
      target: 'server',
      verify: { hold: '1ms', within: '20s' },
      components: { bot: { kind: 'systemd', unit: 'demo-bot', sudo: true, every: '1h' } },
    },
  },
  environment: slackVariables(slack),
});

const unused = CHANNELS.values();
const RESTARTED = /restart unit demo-bot.*\d s|succeeded/;
const median = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}

const says = (channel: string, pattern: RegExp): boolean =>
  slack.messages(channel).some(({ look }) => pattern.test(readable(look)));

/** Types a line and waits for its answer; the channel it was typed in. */
async function type(text: string, answer: RegExp): Promise<string> {
  const { value: channel } = unused.next();
  if (channel === undefined) throw new Error('there are fewer channels than commands');
  await slack.command({ user: 'U0ANA', channel, text });
  await bot.until(() => says(channel, answer));
  return channel;
}

/** How long a restart takes, in milliseconds; the next one may come when the card says that this one is over. */
async function restarted(): Promise<number> {
  let channel = '';
  const ms = await timed(async () => {
    channel = await type('restart katana/bot', RESTARTED);
  });
  await bot.until(() => says(channel, /\*succeeded\*/));
  return ms;
}

const times: Record<string, number[]> = { start: [], 'first answer': [], cold: [], warm: [] };
try {
  for (let round = 0; round < ROUNDS; round += 1) {
    times.start?.push(await timed(() => bot.start()));
    times['first answer']?.push(await timed(() => type('status', /The fleet/)));
    times.cold?.push(await restarted());
    for (let again = 0; again < WARM; again += 1) times.warm?.push(await restarted());
    await bot.stop();
  }
} finally {
  await bot.remove();
  await slack.stop();
  await host.stop();
}
for (const [name, all] of Object.entries(times))
  console.log(
    `${name.padEnd(14)} median ${median(all).toFixed(0).padStart(6)} ms   (${all.map((ms) => ms.toFixed(0)).join(', ')})`,
  );
