import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AlertDesk, door, openAlertDesk } from '../contract/alert-desk.ts';
import { describeWith } from '../rig/rig.ts';
import { mountTmpfs, type Tmpfs } from '../rig/tmpfs.ts';
import { fillDisk, freeDisk } from './disk-fill.ts';

const TOKEN = 'a-token-of-the-alertmanager';
const MIB = 1024 * 1024;

describeWith(['tmpfs'], 'the disk is full when alerts come', () => {
  let disk: Tmpfs;
  let desk: AlertDesk;
  const data = (): string => join(disk.folder, 'data');
  beforeAll(async () => {
    disk = await mountTmpfs(24 * MIB);
    desk = await openAlertDesk([door('am', { tokens: () => [TOKEN] })], { folder: data() });
  });
  afterAll(async () => {
    await desk?.close();
    await disk?.unmount();
  });

  const send = async (note: string) => {
    const body = JSON.stringify({ note, more: 'x'.repeat(100_000) });
    const answer = await fetch(`${desk.url}/alerts/am/${TOKEN}`, { method: 'POST', body });
    return {
      status: answer.status,
      retryAfter: answer.headers.get('retry-after'),
      text: await answer.text(),
    };
  };

  it('senders are told to come again and nothing of it is kept; the next one is taken once there is room', async () => {
    expect((await send('before')).status).toBe(202);
    await fillDisk(disk.folder, join(data(), 'reserve'));
    const answers = await Promise.all(['a', 'b', 'c'].map(send));
    for (const { status, retryAfter, text } of answers) {
      expect([status, retryAfter]).toEqual([503, '10']);
      expect(text).toMatch(/could not be written down/);
    }
    expect(await desk.kept()).toHaveLength(1);
    await freeDisk(disk.folder);
    expect((await send('after')).status).toBe(202);
    const bodies = (await desk.kept()).map(({ body }) => JSON.parse(body.toString('utf8')).note);
    expect(bodies).toEqual(['before', 'after']);
    expect(desk.logged).toEqual([]);
  });
});
