import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { startFakeSlack } from '../fakes/slack/fake-slack.ts';
import { BotProcess, publicUrlOf } from '../story/stage/botswain.ts';
import { away, hire, slackVariables, team } from '../story/stage/team.ts';

// A storm at the door of a real bot: `node test/bench/alert-storm.ts`. 10,000 alerts in 5 s, 2,500 of them distinct, half of
// them alone in a webhook and half in webhooks of 20, while Ana asks for the status. To be had: all stored, p99 of the answer
// < 1 s, commands answered < 2 s, memory < 300 MB, and Slack never has to ask for a rest.
const ALERTS = 10_000;
const DISTINCT = 2_500;
const GROUP = 20;
const SERVICES = 20;
const SECONDS = 5;
const TICK_MS = 10;
const CONNECTIONS = 250;
const TOKEN = 'a-token-of-the-alertmanager';
const [OPS, INC] = ['C0OPS', 'C0INC'];

const slack = await startFakeSlack();
hire(slack);
slack.rates.enforced = true;
const bot = await BotProcess.prepare({
  botswain: {
    ...team,
    integrations: { am: { source: 'alertmanager', token: { env: 'AM_TOKEN' }, most_in_5m: 100_000 } },
  },
  targets: { production: { server: away } },
  services: Object.fromEntries(
    Array.from({ length: SERVICES }, (_, index) => {
      const service = `service-${index}`;
      const components = { app: { kind: 'systemd', unit: service, every: '1h' } };
      return [service, { service, title: service, target: 'server', components }];
    }),
  ),
  environment: {
    ...slackVariables(slack),
    AM_TOKEN: TOKEN,
    AWAY_KEY: 'k',
    AWAY_PASSPHRASE: 'p-of-the-key',
    // For a profile of the bot (`--cpu-prof --cpu-prof-dir=…`), or to see what a setting of Node comes to.
    NODE_OPTIONS: process.env.STORM_NODE_OPTIONS ?? '',
  },
});
await bot.start();
const url = `${publicUrlOf(bot)}/alerts/am`;

const startsAt = new Date().toISOString();
const alertOf = (index: number): object => {
  const number = index % DISTINCT;
  const labels = {
    alertname: `Down${number % 50}`,
    service: `service-${number % SERVICES}`,
    instance: `host-${number}`,
    severity: ['critical', 'error', 'warning'][number % 3],
  };
  return {
    status: 'firing',
    labels,
    annotations: { summary: `${labels.alertname} on ${labels.instance}` },
    startsAt,
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus.example.org/graph',
    fingerprint: number.toString(16).padStart(16, '0'),
  };
};
const bodyOf = (first: number, count: number): string => {
  const alerts = Array.from({ length: count }, (_, index) => alertOf(first + index));
  return JSON.stringify({ receiver: 'b', status: 'firing', version: '4', groupKey: '{}', alerts });
};
/** Every other score of alerts comes in one webhook. */
const sizeAt = (first: number): number => (Math.floor(first / GROUP) % 2 === 0 ? 1 : GROUP);

const dispatcher = new Agent({ connections: CONNECTIONS });
/** Undici lets newcomers pass those that wait for a connection; senders of their own would not. */
const waiting: (() => void)[] = [];
let free = CONNECTIONS;
async function connection(): Promise<void> {
  if (free > 0) free -= 1;
  else await new Promise<void>((resolve) => waiting.push(resolve));
}
function leave(): void {
  const next = waiting.shift();
  if (next === undefined) free += 1;
  else next();
}

const answers: { readonly status: number; readonly ms: number }[] = [];
async function send(first: number, count: number): Promise<void> {
  const begun = performance.now();
  await connection();
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  const { statusCode, body } = await request(url, {
    method: 'POST',
    headers,
    body: bodyOf(first, count),
    dispatcher,
  });
  await body.dump();
  leave();
  answers.push({ status: statusCode, ms: performance.now() - begun });
}

const memoryMb = (): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${bot.pid}/status`, 'utf8'))?.[1]) / 1024;

/** Seconds of processor time that the bot has had; on a machine that does other things, too, this is what can be compared. */
const workedSeconds = (): number => {
  const fields = readFileSync(`/proc/${bot.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

let isOver = false;
let mostMb = 0;
const watching = (async () => {
  while (!isOver) {
    mostMb = Math.max(mostMb, memoryMb());
    await sleep(100);
  }
})();

const commands: number[] = [];
const asking = (async () => {
  while (!isOver) {
    const before = slack.messages(OPS).length;
    const begun = performance.now();
    await slack.command({ user: 'U0ANA', channel: OPS, text: 'status' });
    const isAnswered = (): boolean =>
      slack
        .messages(OPS)
        .slice(before)
        .some(({ look }) => JSON.stringify(look).includes('The fleet'));
    while (!isAnswered() && performance.now() - begun < 30_000) await sleep(10);
    commands.push(performance.now() - begun);
    await sleep(1_500);
  }
})();

const begunAt = Date.now();
const begun = performance.now();
const workedBefore = workedSeconds();
const mbBefore = memoryMb();
const ownBefore = process.cpuUsage();
const sending: Promise<void>[] = [];
for (let index = 0; index < ALERTS; ) {
  const due = Math.min(ALERTS, Math.ceil(((performance.now() - begun) / (SECONDS * 1000)) * ALERTS));
  for (; index < due; index += sizeAt(index)) sending.push(send(index, sizeAt(index)));
  await sleep(TICK_MS);
}
const sentMs = performance.now() - begun;
await Promise.all(sending);
const answeredMs = performance.now() - begun;
const worked = workedSeconds() - workedBefore;
const { user, system } = process.cpuUsage(ownBefore);

const database = join(bot.folder, 'data', 'botswain.db');
/** How long it takes until everything is taken up shows in the threads; a minute is enough to see what it comes to. */
await sleep(Number(process.env.STORM_AFTER_MS ?? 30_000));
isOver = true;
await Promise.all([watching, asking]);
const [operations, incidents] = [OPS, INC].map((channel) => slack.messages(channel).length);
const replies = slack.messages(INC ?? '').flatMap(({ ts }) => slack.thread(INC ?? '', ts).slice(1)).length;
const edits = slack.calls('chat.update').length;
const rests = slack.received.filter(({ outcome }) => /ratelimited|http 429/.test(outcome)).length;
await bot.stop();

const journal = new DatabaseSync(database, { readOnly: true });
const count = (sql: string): number => Number(Object.values(journal.prepare(sql).get() ?? {})[0]);
const sorted = answers.map(({ ms }) => ms).toSorted((a, b) => a - b);
const at = (share: number): string =>
  `${(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(0)} ms`;
const statuses = Map.groupBy(answers, ({ status }) => status);
console.log(
  `sent ${ALERTS} alerts in ${answers.length} webhooks within ${(sentMs / 1000).toFixed(1)} s, all answered after ${(answeredMs / 1000).toFixed(1)} s`,
);
console.log(`answers: ${[...statuses].map(([status, all]) => `${all.length} × ${status}`).join(', ')}`);
console.log(`answer: p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, longest ${at(1)}`);
console.log(
  `processor time until then: ${worked.toFixed(1)} s of the bot, ${((user + system) / 1e6).toFixed(1)} s of the senders`,
);
console.log(`stored ${count('select count(*) from alert_deliveries')} webhooks`);
const takenMs = count('select max(taken_at) from alert_deliveries') - begunAt;
console.log(`all taken up after ${(takenMs / 1000).toFixed(1)} s`);
console.log(`not taken up ${count('select count(*) from alert_deliveries where taken_at is null')}`);
console.log(
  `alerts ${count('select count(*) from alerts')}, incidents ${count('select count(*) from incidents')}`,
);
console.log(`status answered in ${commands.map((ms) => ms.toFixed(0)).join(', ')} ms`);
console.log(`memory ${mbBefore.toFixed(0)} MB before, ${mostMb.toFixed(0)} MB at most`);
console.log(
  `messages: ${operations} in operations; ${incidents} with ${replies} replies in incidents; ${edits} edits; Slack asked for ${rests} rests`,
);
journal.close();
await dispatcher.close();
await bot.remove();
await slack.stop();
