import { formatDuration } from '../src/domain/duration.ts';
import { edgeFindings, saysNothing } from './freeze-rules.ts';
import {
  finding,
  NAME_KEYS,
  type NameKey,
  type PolicyContext,
  type RuleDraft,
  ruleDrafts,
} from './policy-draft.ts';
import { lostWords } from './policy-names.ts';
import type { Finding } from './problem.ts';
import { type Entry, entry } from './read.ts';

function formFindings(rule: RuleDraft): readonly Finding[] {
  const { deny, allow, approvals, from } = rule.entry;
  const found: Finding[] = [];
  if (deny === undefined && allow === undefined)
    found.push(
      finding(rule, undefined, ['the rule says neither allow nor deny', 'add allow: [ROLE], or deny: true']),
    );
  if (deny !== undefined && allow !== undefined)
    found.push(finding(rule, 'deny', ['the rule says both allow and deny', 'keep one of them']));
  if (rule.approvals > 0 && from === undefined)
    found.push(
      finding(rule, 'approvals', ['approvals without "from": nobody could give them', 'add from: [ROLE]']),
    );
  if (from !== undefined && (approvals === undefined || approvals === 0))
    found.push(
      finding(rule, 'from', ['"from" without approvals asks nobody', 'add approvals: 1, or remove from']),
    );
  return found;
}

/** What happens while approvals are waited for, where none are. */
function idleFindings(rule: RuleDraft): readonly Finding[] {
  if (rule.entry.deny !== undefined && rule.approvals > 0)
    return [
      finding(rule, 'approvals', [
        'the rule denies, so nobody is ever asked to approve',
        'take approvals out, or write allow: [ROLE] instead of deny',
      ]),
    ];
  if (rule.approvals > 0) return [];
  return ['remind', 'escalate', 'on_expiry']
    .filter((key) => rule.entry[key] !== undefined)
    .map((key) =>
      finding(rule, key, [
        `"${key}" without approvals: nobody is waited for`,
        `add approvals: 1 and from: [ROLE], or remove ${key}`,
      ]),
    );
}

function clockFindings(draft: RuleDraft): readonly Finding[] {
  const { rule } = draft;
  if (rule === undefined || rule.approvals === 0) return [];
  const late = (key: string, at: number | undefined, what: string): readonly Finding[] =>
    at === undefined || at < rule.expires
      ? []
      : [
          finding(draft, key, [
            `nobody would be ${what}: that is after ${formatDuration(at)}, and the approval expires after ${formatDuration(rule.expires)}`,
            'write a shorter time, or a longer "expires"',
          ]),
        ];
  const already = rule.escalate?.from.every((role) => draft.from.includes(role)) === true;
  return [
    ...late('remind', rule.remind, 'reminded'),
    ...late('escalate', rule.escalate?.after, 'asked, too'),
    ...(already
      ? [
          finding(draft, 'escalate.from', [
            `${draft.from.join(', ')} are asked from the beginning`,
            'name another role, or take escalate out',
          ]),
        ]
      : []),
  ];
}

const numberAt = (value: unknown, key: string): number | undefined => {
  const number = entry(value)[key];
  return typeof number === 'number' ? number : undefined;
};

function boundFindings(rule: RuleDraft): readonly Finding[] {
  const found = ['components', 'hosts'].flatMap((key) => {
    const [min, max] = [numberAt(rule.entry[key], 'min'), numberAt(rule.entry[key], 'max')];
    return min !== undefined && max !== undefined && min > max
      ? [
          finding(rule, `${key}.min`, [
            `min ${min} is more than max ${max}: nothing is both`,
            'write a smaller min or a larger max',
          ]),
        ]
      : [];
  });
  const [hosts, components] = [numberAt(rule.entry.hosts, 'min'), numberAt(rule.entry.components, 'max')];
  if (hosts === undefined || components === undefined || hosts <= components) return found;
  return [
    ...found,
    finding(rule, 'hosts.min', [
      `${components === 1 ? '1 component lives' : `${components} components live`} on at most ${components} ${components === 1 ? 'host' : 'hosts'}, never on ${hosts}`,
      'write a smaller min, or a larger max for components',
    ]),
  ];
}

function hourFindings(rule: RuleDraft): readonly Finding[] {
  const { hours } = rule.entry;
  const list: readonly unknown[] = Array.isArray(hours) ? hours : hours === undefined ? [] : [hours];
  return list.flatMap((each, index) => {
    const path = [...rule.path, 'hours', ...(Array.isArray(hours) ? [index] : [])];
    const window = { path, entry: entry(each) };
    if (!saysNothing(window)) return edgeFindings(window);
    const message = 'this window is always open';
    return [{ path, at: 'value' as const, message, remedy: 'add days, or from and to, or take hours out' }];
  });
}

/** Words beside the names of channels; none of them may be the name of one. */
const OTHER_CHANNELS = ['console', 'direct'] as const;

const channelMaps = (botswain: Entry): readonly (readonly [readonly string[], Entry])[] => {
  const chats = entry(botswain.chats);
  return [
    [['chats', 'slack', 'channels'], entry(entry(chats.slack).channels)],
    [['chats', 'telegram', 'chats'], entry(entry(chats.telegram).chats)],
  ];
};

/** A rule that speaks of direct messages must not speak of a channel of that name. */
const channelFindings = (botswain: Entry): readonly Finding[] =>
  channelMaps(botswain).flatMap(([path, channels]) =>
    OTHER_CHANNELS.filter((word) => word in channels).map((word) => ({
      path: [...path, word],
      at: 'key' as const,
      message: `"${word}" is what the policy calls ${word === 'console' ? 'the console' : 'direct messages'}`,
      remedy: 'give the channel another name',
    })),
  );

/** Mistakes in the policy that its shape does not show. */
export function policyFindings(botswain: Entry, context: PolicyContext): readonly Finding[] {
  const channels = channelMaps(botswain).flatMap(([, map]) => Object.keys(map));
  const known: Readonly<Record<NameKey, readonly string[] | undefined>> = {
    verb: context.verbs?.map(({ name }) => name),
    service: context.services,
    environment: context.environments,
    target_kind: context.targetKinds,
    channel: [...new Set([...channels, ...OTHER_CHANNELS])],
  };
  return [
    ...ruleDrafts(botswain).flatMap((rule) => [
      ...formFindings(rule),
      ...idleFindings(rule),
      ...clockFindings(rule),
      ...boundFindings(rule),
      ...hourFindings(rule),
      ...NAME_KEYS.flatMap((key) => lostWords(rule, { key, names: known[key] })),
    ]),
    ...channelFindings(botswain),
  ];
}
