import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChatOutcome } from '../../../src/chat/chat.ts';
import { failed, succeeded } from '../../../src/domain/outcome.ts';
import { GroupRoles } from '../../../src/lines/group-roles.ts';
import type { Notice } from '../../../src/workflow/notice.ts';
import { NOON } from '../../contract/journal-samples.ts';
import { person } from '../workflow/yard.ts';

const away = failed('CHAT_UNREACHABLE', 'Slack does not answer');
const ben = { ...person('ben'), slack: 'U0BEN' };

describe('the roles of groups', () => {
  const told: Notice[] = [];
  let steady = 0;
  let says: ChatOutcome<readonly string[]> = away;
  let roles: GroupRoles;
  const slack = { membersOf: async () => says };

  beforeEach(() => {
    vi.useFakeTimers();
    told.length = 0;
    steady = 0;
    says = away;
    const tell = async (notice: Notice): Promise<void> => {
      told.push(notice);
    };
    roles = new GroupRoles(
      { approver: 'S0' },
      { log: () => {}, tell, steady: () => steady, now: () => NOON },
    );
  });
  afterEach(() => {
    roles.stop();
    vi.useRealTimers();
  });

  const pass = async (ms: number): Promise<void> => {
    steady += ms;
    await vi.advanceTimersByTimeAsync(60_000);
  };

  it('are known once each group was read, and then stay known', async () => {
    expect(roles.isKnown).toBe(false);
    await roles.start(slack);
    expect(roles.isKnown).toBe(false);
    says = succeeded(['U0BEN']);
    await pass(60_000);
    expect(roles.isKnown).toBe(true);
    expect(roles.applied([ben])[0]?.roles).toEqual(['approver']);
    says = away;
    await pass(60_000);
    expect(roles.isKnown).toBe(true);
    expect(roles.applied([ben])[0]?.roles).toEqual(['approver']);
  });

  it('are nothing to wait for where the chat says that there is no such group', async () => {
    says = failed('CHAT_REJECTED', 'no_such_subteam');
    await roles.start(slack);
    expect(roles.isKnown).toBe(true);
    expect(roles.applied([ben])[0]?.roles).toEqual([]);
  });

  it('are nothing to wait for where no chat knows groups', async () => {
    await roles.start(undefined);
    expect(roles.isKnown).toBe(true);
  });

  it('are told once to everybody who operates when a group cannot be read for an hour', async () => {
    await roles.start(slack);
    await pass(3_500_000);
    expect(told).toEqual([]);
    await pass(200_000);
    await pass(3_600_000);
    expect(told).toMatchObject(
      [
        { title: 'The Slack group of the role approver cannot be read', says: [/does not answer/, /scope/] },
      ].map(({ says: lines, ...rest }) => ({
        ...rest,
        says: lines.map((line) => expect.stringMatching(line)),
      })),
    );
    says = succeeded(['U0BEN']);
    await pass(60_000);
    says = away;
    await pass(3_700_000);
    expect(told).toHaveLength(2);
  });

  it('look no more once stopped, also in the middle of a look', async () => {
    const { promise, resolve } = Promise.withResolvers<ChatOutcome<readonly string[]>>();
    const membersOf = vi.fn(() => promise);
    const started = roles.start({ membersOf });
    roles.stop();
    resolve(succeeded([]));
    await started;
    await pass(600_000);
    expect(membersOf).toHaveBeenCalledTimes(1);
  });
});
