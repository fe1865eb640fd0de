import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { link } from '../../../commands/link.ts';
import type { Incoming } from '../../../src/chat/chat.ts';
import { Linking } from '../../../src/lines/linking.ts';
import { personOf } from '../../../src/workflow/people.ts';
import { NOON } from '../../contract/journal-samples.ts';
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
