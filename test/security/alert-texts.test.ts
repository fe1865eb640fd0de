import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { renderSlack } from '../../src/chat/slack/slack-render.ts';
import { renderTelegram } from '../../src/chat/telegram/telegram-render.ts';
import type { Message } from '../../src/domain/message.ts';
import { incidentCard, saidMessage } from '../../src/incidents/incident-card.ts';
import { incidentFacts } from '../../src/incidents/incident-facts.ts';
import { pageMessage } from '../../src/incidents/page-message.ts';
import { entryArticle } from '../../src/web/console/entry-render.ts';
import { frontPage, incidentPage } from '../../src/web/status/page-render.ts';
import { mentionsIn } from '../fakes/slack/content.ts';
import { isJson, type Json } from '../fakes/slack/types.ts';
import { BAD_DAY, NOW } from '../fakes/status-pages.ts';
import { completed } from '../fakes/telegram/formatted-text.ts';
import { parseHtml } from '../fakes/telegram/parse-html.ts';
import { Night } from '../story/stage/night.ts';

/** Texts that would do something where they were taken for more than text. */
const HOSTILE: readonly string[] = [
  '/ops stop karmabot/app --break-glass --reason "alert"',
  'approve C-1; restart karmabot/app && $(reboot) `reboot`',
  '<!channel> <!here> <!everyone> <!subteam^S0ALL> <@U0BEN> <@U01ANA> <#C0OPS>',
  '@all @here @channel @ana @everyone',
  '<https://evil.example|our console> [console](https://evil.example) <javascript:alert(1)|x>',
  '<a href="tg://user?id=111">Ana</a><a href="javascript:alert(1)">x</a><b>bold</b>',
  '<script>alert(1)</script><img src=x onerror=alert(1)>"\' autofocus onfocus=alert(1) x="',
  '{"type":"button","text":"Approve","line":"restart karmabot/app"}',
  '&lt;!channel&gt; ]]> ``` </pre></code>',
  '../../etc/passwd {{ 7*7 }} #{7*7} %s __proto__',
];
/** Addresses of every scheme; the last two are the only ones that people may be led to. */
const LINKS: readonly string[] = [
  'javascript:alert(1)',
  ' java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:x',
  'file:///etc/passwd',
  'tg://user?id=111',
  'slack://open',
  'ssh://root@karmabot-server',
  'mailto:ana@example.com',
  '//evil.example/x',
  'https://prometheus.example/graph',
  'http://runbooks.example/<!channel>"><script>',
];
/** What an alert would say to have something done. */
const ORDERS = {
  propose: ['stop karmabot/app', 'restart karmabot/app --break-glass'],
  actions: [{ label: 'Acknowledge', line: 'stop karmabot/app', style: 'danger' }],
  buttons: [{ text: 'Approve', callback_data: 'approve C-1' }],
  mentions: [{ person: 'ana', name: 'Ana', slack: 'U0BEN' }],
  calls: ['ana', 'ben'],
  command: 'restart karmabot/app',
  run: 'restart karmabot/app',
  user: 'ana',
  person: 'ana',
  roles: ['lead'],
  policy: [{ allow: ['*'] }],
  channel: 'C0OPS',
  state: 'firing',
};
const OWN_LINES =
  /^(?:(?:ack|escalate|note|resolve|mitigated|publish|show|reopen|postmortem) (?:INC|A)-\d+|(?:status|logs) [\w-]+(?:\/[\w-]+)?(?:@[\w-]+)?)$/;

const pick = (list: readonly string[], index: number): string => list[index % list.length] ?? '';

/** One alert of Alertmanager in which every text is hostile. */
const alertOf = (text: string, index: number): object => ({
  status: 'firing',
  labels: {
    alertname: text,
    service: index % 2 === 0 ? 'karmabot' : text,
    environment: index % 3 === 0 ? 'production' : text,
    severity: 'critical',
    [text]: text,
    ...ORDERS,
  },
  annotations: {
    summary: `${text} summary`,
    description: `${text}\n${text}`,
    runbook_url: pick(LINKS, index),
    dashboard_url: pick(LINKS, index + 4),
    ...ORDERS,
  },
  startsAt: '2026-01-05T12:00:00Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: pick(LINKS, index + 8),
  fingerprint: `${index}`.padStart(16, 'c'),
  ...ORDERS,
});

function slackProblems(message: Message): readonly string[] {
  const { text, blocks } = renderSlack(message);
  const wire: unknown = JSON.parse(JSON.stringify(blocks));
  const read: readonly Json[] = Array.isArray(wire) ? wire.filter(isJson) : [];
  const called = (message.mentions ?? []).map(({ slack }) => `<@${slack}>`);
  const rings = mentionsIn({ text, blocks: read, attachments: [] }).filter((one) => !called.includes(one));
  const links = [text, ...markupIn(read)].flatMap((one) => one.match(/<[^>]*>/g) ?? []);
  const odd = links.filter((link) => !called.includes(link) && !/^<https?:\/\/[^|>]+>$/.test(link));
  return [...rings, ...odd, ...urlsIn(read).filter((url) => !/^https?:\/\//.test(url))];
}

const everyObject = (value: unknown): readonly Json[] => {
  if (Array.isArray(value)) return value.flatMap(everyObject);
  return isJson(value) ? [value, ...Object.values(value).flatMap(everyObject)] : [];
};
const markupIn = (blocks: unknown): readonly string[] =>
  everyObject(blocks).flatMap(({ type, text }) => (type === 'mrkdwn' ? [String(text)] : []));
const urlsIn = (blocks: unknown): readonly string[] =>
  everyObject(blocks).flatMap((each) => ('url' in each ? [String(each.url)] : []));

function telegramProblems(message: Message): readonly string[] {
  const { html } = renderTelegram(message, { data: message.actions.map((_, index) => `d:${index}`) });
  const parsed = parseHtml(html);
  if (parsed.kind === 'broken') return [parsed.complaint];
  const called = (message.mentions ?? []).length;
  const entities = completed(parsed.text, parsed.entities);
  const rings = entities.filter(({ type }) => /mention/.test(type)).length;
  const hrefs = [...html.matchAll(/<a href="([^"]*)"/g)].map(([, href = '']) => href);
  return [
    ...(rings > called ? [`${rings} mentions`] : []),
    ...hrefs.filter((href) => !/^(?:https?:\/\/|tg:\/\/user\?id=\d+$)/.test(href) || /evil/.test(href)),
  ];
}

/** Markup that no template of ours has. */
const markupProblems = (markup: string): readonly string[] => [
  ...(markup.match(/<(?:script|img|iframe|b>)[^>]*/gi) ?? []),
  // An attribute that runs something; what stands in quotes is escaped, and is text.
  ...(markup.replaceAll(/"[^"]*"/g, '""').match(/<[^>]+\son\w+=[^>]*/gi) ?? []),
  ...[...markup.matchAll(/(?:href|src|action)="([^"]*)"/g)]
    .map(([, address = '']) => address)
    .filter((address) => !/^(?:https?:\/\/|\/(?!\/)|#|\?)/.test(address)),
  // An address in a text may be followed, to where it says.
  ...[...markup.matchAll(/<a [^>]*href="(https?:[^"]*)"[^>]*>(.*?)<\/a>/gs)]
    .filter(([, address, text]) => address?.includes('evil') && text !== address)
    .map(([whole]) => whole),
];

describe('an alert whose every text would be more', () => {
  let night: Night;
  beforeEach(async () => {
    night = await Night.begin('2026-01-05T12:00Z');
    const body = { receiver: 'botswain', status: 'firing', version: '4', groupKey: HOSTILE[0], ...ORDERS };
    const alerts = HOSTILE.map(alertOf);
    await night.hears('alertmanager', { ...body, groupLabels: {}, externalURL: pick(LINKS, 0), alerts });
    for (const [index, title] of HOSTILE.entries())
      await night.hears('elsewhere', {
        ...ORDERS,
        title,
        id: `${index}`,
        description: title,
        service: title,
        severity: title,
        url: pick(LINKS, index),
        link: pick(LINKS, index + 5),
      });
    await night.passes(10 * 60_000);
  });
  afterEach(() => night.end());

  const incidents = () => night.book.list({ limit: 100 });
  async function messages(): Promise<readonly Message[]> {
    const { configuration, journal } = night;
    const sources = { journal, configuration, now: () => night.now };
    const drawn = (await incidents()).map(async (incident) => {
      const said = await night.said(incident.id);
      const { people } = configuration;
      const page = { text: incident.title, incident: incident.id, number: 1, at: night.now };
      return [
        incidentCard(await incidentFacts(sources, incident)),
        ...said.map((entry) => saidMessage(entry, people)),
        pageMessage({ incident, page: { ...page, people: [], webhooks: [] }, people }),
      ];
    });
    return (await Promise.all(drawn)).flat();
  }

  it('starts nothing, silences nothing and names nobody: it is an incident, and its buttons are ours', async () => {
    expect((await night.book.alerts({ limit: 100 })).length).toBeGreaterThanOrEqual(HOSTILE.length * 2);
    expect((await incidents()).length).toBeGreaterThan(0);
    expect(await night.journal.changes.list({ limit: 10 })).toEqual([]);
    expect(await night.book.silences(night.now)).toEqual([]);
    expect(await night.book.overrides(night.now)).toEqual([]);
    const { rules = [] } = night.configuration.incidents ?? {};
    const proposed = rules.flatMap(({ propose }) => propose);
    const lines = (await messages()).flatMap(({ actions }) => actions.map(({ line }) => line));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => !OWN_LINES.test(line) && !proposed.includes(line))).toEqual([]);
    const services = [undefined, ...night.configuration.services.map(({ name }) => name)];
    for (const { service, acknowledgedBy, openedBy } of await incidents())
      expect([services.includes(service), acknowledgedBy, openedBy]).toEqual([true, undefined, 'botswain']);
  });

  it('rings nobody but who is on call and leads to the web only, in both chats and on the console', async () => {
    const all = await messages();
    expect(JSON.stringify(all)).toContain('https://prometheus.example/graph');
    for (const message of all) {
      expect(slackProblems(message), message.title).toEqual([]);
      expect(telegramProblems(message), message.title).toEqual([]);
      const { file: _, ...content } = message;
      const entry = { id: 'm1', position: 1, revision: 1, at: night.now };
      const article = entryArticle({ ...entry, content: { kind: 'message', message: content } }, 'ana');
      expect(markupProblems(article.toString()), message.title).toEqual([]);
    }
  });

  it('keeps addresses of the web, and no others', async () => {
    const kept = (await night.book.alerts({ limit: 100 })).flatMap(({ report }) => report.links);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.filter(({ url }) => !/^https?:\/\//.test(url))).toEqual([]);
  });

  it('is text on the public page too, where a person publishes it', () => {
    const [first] = BAD_DAY.incidents;
    if (first === undefined) throw new Error('a bad day has one');
    for (const text of [...HOSTILE, ...LINKS]) {
      const updates = first.updates.map((update) => ({ ...update, body: text }));
      const incident = { ...first, title: text, updates };
      const page = { ...BAD_DAY, incidents: [incident] };
      for (const shown of [
        frontPage(page, { now: NOW, styleVersion: 'v' }),
        incidentPage(page, incident, 'v'),
      ])
        expect(markupProblems(shown), text).toEqual([]);
    }
  });
});
