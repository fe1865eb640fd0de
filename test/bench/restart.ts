import { startFakeSlack } from '../fakes/slack/fake-slack.ts';
import { startSystemdHost } from '../rig/systemd-host.ts';
import { BotProcess } from '../story/stage/botswain.ts';
import { hire, slackVariables, team } from '../story/stage/team.ts';

// The main job as people feel it, against a real host over a real sshd: `node test/bench/restart.ts`.
// `start`: process to "is up". `first answer`: /ops status to the answer in the channel. `cold`: the first restart after a
// start, from the command to the finished step (SSH is connected anew for the plan). `warm`: the same once connected.
const ROUNDS = 5;
const WARM = 5;

const host = await startSystemdHost();
const slack = await startFakeSlack();
hire(slack);
const login = {
  kind: 'ssh',
  host: host.host,
  port: host.port,
  user: host.user,
  key: { file: host.privateKeyPath },
};
const bot = await BotProcess.prepare({
  botswain: { ...team, policy: [{ allow: ['operator'] }] },
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

const OPS = 'C0OPS';
const median = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}

const says = (from: number, pattern: RegExp): boolean =>
  slack
    .messages(OPS)
    .slice(from)
    .some((message) => pattern.test(JSON.stringify(message.look)));

async function type(text: string, answer: RegExp): Promise<void> {
  const before = slack.messages(OPS).length;
  await slack.command({ user: 'U0ANA', channel: OPS, text });
  await bot.until(() => says(before, answer));
}

// The pace of the outbox (1.2 s a channel) would hide what is measured: each command waits it out first.
const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 4000));

const times: Record<string, number[]> = { start: [], 'first answer': [], cold: [], warm: [] };
for (let round = 0; round < ROUNDS; round += 1) {
  times.start?.push(await timed(() => bot.start()));
  await rest();
  times['first answer']?.push(await timed(() => type('status', /The fleet/)));
  await rest();
  times.cold?.push(await timed(() => type('restart katana/bot', /restart unit demo-bot.*\d s|succeeded/)));
  for (let again = 0; again < WARM; again += 1) {
    await rest();
    times.warm?.push(await timed(() => type('restart katana/bot', /restart unit demo-bot.*\d s|succeeded/)));
  }
  await bot.stop();
}
for (const [name, all] of Object.entries(times))
  console.log(
    `${name.padEnd(14)} median ${median(all).toFixed(0).padStart(6)} ms   (${all.map((ms) => ms.toFixed(0)).join(', ')})`,
  );
await bot.remove();
await slack.stop();
await host.stop();
