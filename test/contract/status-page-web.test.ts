import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PublicPage } from '../../src/domain/status-update.ts';
import { createPublicServer } from '../../src/web/servers.ts';
import { mountStatusPage } from '../../src/web/status/mount.ts';
import { BAD_DAY, GOOD_DAY, NOW, OLD } from '../fakes/status-pages.ts';

describe('the public page', () => {
  let page: PublicPage | undefined = GOOD_DAY;
  let now = NOW;
  let root = '';
  const server = createPublicServer({
    host: '127.0.0.1',
    port: 0,
    alive: () => true,
    ready: async () => ({ ready: true }),
    log: () => {},
    mounts: [
      mountStatusPage({
        look: async () => {
          if (page === undefined) throw new Error('the journal cannot be read');
          return page;
        },
        find: async (id) => (id === OLD.id ? OLD : undefined),
        now: () => now,
      }),
    ],
  });
  beforeAll(async () => {
    const started = await server.start();
    if (started.kind !== 'succeeded') throw new Error('it listens');
    root = started.value.url;
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    now += 60_000;
  });
  const text = async (path: string): Promise<string> => (await fetch(`${root}${path}`)).text();
  const json = async (path: string): Promise<unknown> => (await fetch(`${root}/api/v2/${path}`)).json();

  it('says in one heading that all is well when nothing ever happened', async () => {
    page = GOOD_DAY;
    const shown = await text('/');
    expect(shown.match(/<h1/g)).toHaveLength(1);
    expect(shown).toMatch(/<h1>.*All Systems Operational<\/h1>/s);
    expect(shown).toContain('No incidents.');
    expect(await json('status.json')).toMatchObject({
      status: { indicator: 'none', description: 'All Systems Operational' },
    });
    expect(await json('summary.json')).toMatchObject({ incidents: [], scheduled_maintenances: [] });
    expect(await text('/history.atom')).toMatch(/<feed[^>]*>.*<\/feed>/s);
  });

  it('shows what is open, planned and over, and escapes every word of it', async () => {
    page = BAD_DAY;
    const shown = await text('/');
    expect(shown).toMatch(/<h1>.*Partial System Outage<\/h1>/s);
    expect(shown).toContain('Sending karma &lt;b&gt;fails&lt;/b&gt; &amp; more');
    expect(shown).not.toContain('<b>fails');
    for (const words of [
      'Open now',
      'Planned maintenance',
      'The last 14 days',
      'Next update',
      'Partial outage',
    ])
      expect(shown).toContain(words);
    expect(shown.indexOf('A fix is in place')).toBeLessThan(shown.indexOf('We are investigating'));
    // Nobody outside learns our numbers.
    for (const document of [shown, await text('/history.atom'), JSON.stringify(await json('summary.json'))])
      expect(document).not.toMatch(/INC-7|M-3/);
  });

  it('keeps an address for every incident', async () => {
    page = BAD_DAY;
    const answer = await fetch(`${root}/incidents/x7k2m9q4w1zt`);
    expect(answer.status).toBe(200);
    expect((await answer.text()).match(/<h1>/g)).toHaveLength(1);
    expect((await fetch(`${root}/incidents/${OLD.id}`)).status).toBe(200);
    expect((await fetch(`${root}/incidents/INC-7`)).status).toBe(404);
    const missing = await fetch(`${root}/incidents/${encodeURIComponent('"><script>')}`);
    expect(missing.status).toBe(404);
    expect(await missing.text()).not.toContain('<script');
  });

  it('answers in the shape of Statuspage, to pages of other sites too', async () => {
    page = BAD_DAY;
    expect(await json('summary.json')).toMatchObject({
      page: { name: 'Example bots', url: 'https://status.example.com', time_zone: 'Europe/Berlin' },
      status: { indicator: 'major', description: 'Partial System Outage' },
      components: [
        { name: 'Bots', group: true, status: 'partial_outage', components: ['karma', 'bot'] },
        { id: 'karma', status: 'partial_outage', group: false },
        { id: 'bot', status: 'operational' },
        { id: 'website', group_id: null },
      ],
      incidents: [
        {
          id: 'x7k2m9q4w1zt',
          status: 'monitoring',
          impact: 'major',
          shortlink: 'https://status.example.com/incidents/x7k2m9q4w1zt',
          incident_updates: [
            { status: 'monitoring', affected_components: null },
            {
              status: 'investigating',
              affected_components: [
                { code: 'karma', old_status: 'operational', new_status: 'partial_outage' },
              ],
            },
          ],
          components: [{ id: 'karma' }],
        },
      ],
      scheduled_maintenances: [{ scheduled_for: '2026-11-21T02:00:00.000Z' }],
    });
    const names = async (path: string, key: string): Promise<unknown> =>
      Reflect.get(Object(await json(path)), key);
    expect(await names('incidents.json', 'incidents')).toHaveLength(2);
    expect(await names('incidents/unresolved.json', 'incidents')).toHaveLength(1);
    expect(await names('scheduled-maintenances.json', 'scheduled_maintenances')).toHaveLength(1);
    expect(await names('scheduled-maintenances/upcoming.json', 'scheduled_maintenances')).toHaveLength(1);
    expect(await names('scheduled-maintenances/active.json', 'scheduled_maintenances')).toHaveLength(0);
    expect(await names('components.json', 'components')).toHaveLength(4);
    const answer = await fetch(`${root}/api/v2/status.json`);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('cache-control')).toBe(
      'public, max-age=30, stale-while-revalidate=60, stale-if-error=86400',
    );
  });

  it('sends nothing again to those who have it, and lets no script in', async () => {
    page = BAD_DAY;
    for (const path of ['/', '/history.atom', '/api/v2/summary.json', '/status-page/style.css']) {
      const first = await fetch(`${root}${path}`);
      const etag = first.headers.get('etag') ?? '';
      expect(first.headers.get('content-security-policy')).toContain("default-src 'none'");
      const again = await fetch(`${root}${path}`, { headers: { 'if-none-match': `"other", W/${etag}` } });
      expect([path, again.status]).toEqual([path, 304]);
    }
    const before = (await fetch(`${root}/`)).headers.get('etag');
    page = GOOD_DAY;
    now += 60_000;
    expect((await fetch(`${root}/`)).headers.get('etag')).not.toBe(before);
    expect(await text('/')).not.toMatch(/<script|style="|onclick/);
  });

  it('shows the last that was known when the journal cannot be read', async () => {
    page = GOOD_DAY;
    await text('/');
    page = undefined;
    now += 60_000;
    expect(await text('/')).toContain('All Systems Operational');
  });
});
