import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { link } from '../../../commands/link.ts';
import { unlink } from '../../../commands/unlink.ts';
import { whoami } from '../../../commands/whoami.ts';
import type { Incoming } from '../../../src/chat/chat.ts';
import type { Person } from '../../../src/domain/person.ts';
import { Linking, linksThatCount } from '../../../src/lines/linking.ts';
import { personOf } from '../../../src/workflow/people.ts';
import { auditEvents, NOON } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';
import { contextOf } from '../workflow/context.ts';
import { configuration, person } from '../workflow/yard.ts';

describe('linking accounts', () => {
  let bench: Awaited<ReturnType<typeof sqliteBench>>;
  beforeEach(async () => {
    bench = await sqliteBench();
  });
  afterEach(() => bench.remove());

  const ana = person('ana', 'operator');
  const typed = (text: string, more: Partial<Incoming> = {}): Incoming => ({
    id: text,
    account: { platform: 'telegram', id: '333', standing: 'person' },
    conversation: { platform: 'telegram', channel: '-1001' },
    direct: false,
    text,
    ...more,
  });

  it('takes an account away again once the configuration gives it to somebody else', async () => {
    const ports = { store: bench.journal.accountLinks, now: () => NOON };
    const before = new Linking([ana, person('ben')], [], ports);
    const { code } = await before.offer(ana);
    expect((await before.tryLink(typed(`link ${code}`)))?.kind).toBe('succeeded');
    expect(personOf(before.people, typed('x').account)?.key).toBe('ana');

    const links = await bench.journal.accountLinks.all();
    const after = new Linking([ana, { ...person('ben'), telegram: '333' }], links, ports);
    expect(personOf(after.people, typed('x').account)?.key).toBe('ben');
  });

  it('refuses an account where the configuration names another, and says so', async () => {
    const ports = { store: bench.journal.accountLinks, now: () => NOON };
    const linking = new Linking([{ ...ana, telegram: '111' }], [], ports);
    const { code } = await linking.offer(ana);
    const said = await linking.tryLink(typed(`link ${code}`));
    expect(said).toMatchObject({ kind: 'failed', code: 'DENIED_POLICY' });
    expect(JSON.stringify(said)).toMatch(/names telegram:111 as ana's account/);
    expect(await bench.journal.accountLinks.all()).toEqual([]);
    expect(await auditEvents(bench.journal)).toEqual([]);
  });

  it('ends a link for good once the configuration names an account there', async () => {
    const { accountLinks } = bench.journal;
    await accountLinks.offer('12345678', 'ana', NOON + 1);
    await accountLinks.take('12345678', { platform: 'telegram', account: '333', at: NOON });
    expect(await linksThatCount([ana], accountLinks, NOON)).toHaveLength(1);
    expect(await linksThatCount([{ ...ana, telegram: '111' }], accountLinks, NOON)).toEqual([]);
    expect(await linksThatCount([ana], accountLinks, NOON)).toEqual([]);
    expect(await auditEvents(bench.journal)).toEqual(['account linked', 'account unlinked']);
  });

  it('unlinks what a person linked, and whoami shows it until then', async () => {
    const ports = { store: bench.journal.accountLinks, now: () => NOON };
    const linking = new Linking([ana], [], ports);
    const { code } = await linking.offer(ana);
    await linking.tryLink(typed(`link ${code}`));
    const [now = ana] = linking.people;
    const context = {
      ...contextOf({ journal: bench.journal, configuration: configuration() }, now),
      endLinks: (whom: Person, platform?: string) => linking.end(whom, platform),
    };
    if (whoami.kind !== 'read' || unlink.kind !== 'record') throw new Error('their kinds have changed');
    const seen = JSON.stringify(await whoami.answer(context, {}, []));
    expect(seen).toMatch(/333, linked by yourself \(unlink telegram ends that\)/);
    expect(await unlink.apply(context, { platform: 'slack' }, [])).toMatchObject({ kind: 'failed' });
    expect(personOf(linking.people, typed('x').account)?.key).toBe('ana');
    expect(await unlink.apply(context, { platform: 'telegram' }, [])).toMatchObject({ kind: 'succeeded' });
    expect(personOf(linking.people, typed('x').account)).toBeUndefined();
  });

  it('forgets who typed codes once those are old', async () => {
    let now = NOON;
    const linking = new Linking([ana], [], { store: bench.journal.accountLinks, now: () => now });
    const from = (id: string) =>
      linking.tryLink(typed('link 0000-0000', { account: { platform: 'telegram', id, standing: 'person' } }));
    for (const id of ['1', '2', '3']) await from(id);
    expect(linking.triedLately).toBe(3);
    now += 11 * 60_000;
    await from('4');
    expect(linking.triedLately).toBe(1);
    for (let times = 0; times < 5; times += 1) await from('4');
    expect(await from('4')).toMatchObject({ message: 'too many wrong codes from this account' });
  });

  it('says a code only where nobody else reads it', async () => {
    const say = async (line: Incoming) => {
      if (link.kind !== 'record') throw new Error('link records');
      const context = contextOf({ journal: bench.journal, configuration: configuration(), line }, ana);
      return link.apply(context, {}, []);
    };
    expect(await say(typed('link'))).toMatchObject({ kind: 'failed', code: 'DENIED_CHANNEL' });
    expect((await say(typed('link', { direct: true }))).kind).toBe('succeeded');
  });
});
