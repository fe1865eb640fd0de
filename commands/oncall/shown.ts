import { DateTime } from 'luxon';
import type { Action, ListItem, Message, Part } from '../../src/domain/message.ts';
import { showDay } from '../../src/domain/moment.ts';
import type { OnCallOverride, Rotation } from '../../src/domain/on-call.ts';
import type { Person } from '../../src/domain/person.ts';
import { type OnDuty, onDutyAt } from '../../src/domain/rotation.ts';
import { type OnCallFacts, rosterOf } from '../../src/domain/who-is-called.ts';
import { nameOf } from '../../src/workflow/people.ts';

/** What is shown of who is on call. */
export interface Shown {
  readonly facts: OnCallFacts;
  /** The rotations that are asked for. */
  readonly rotations: readonly Rotation[];
  readonly service?: string;
  /** IANA name. */
  readonly timezone: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** `Mon 09:00 (Mon 08:00 UTC)`; the day is left out where it is today, and UTC where that is the zone. */
export function bothTimes(at: number, timezone: string, now: number): string {
  const here = showDay(at, timezone, now);
  if (DateTime.fromMillis(at, { zone: timezone }).offset === 0) return `${here} UTC`;
  return `${here} (${showDay(at, 'utc', now)} UTC)`;
}

const overrideText = ({ override }: OnDuty, people: readonly Person[]): string =>
  override === undefined ? '' : `${override.id}, set by ${nameOf(people, override.by)}`;

function nextText({ next, until }: OnDuty, shown: Shown): string {
  const { facts, timezone, now } = shown;
  if (next?.person === undefined) return until === undefined ? '' : 'then nobody';
  const name = nameOf(facts.people, next.person);
  const later =
    next.from === until ? 'then ' : `then nobody until ${bothTimes(next.from, timezone, now)}, then `;
  return `${later}${name}${next.to === undefined ? '' : ` until ${bothTimes(next.to, timezone, now)}`}`;
}

function item(rotation: Rotation, shown: Shown): ListItem {
  const { facts, timezone, now } = shown;
  const duty = onDutyAt(rosterOf(facts, rotation), now);
  const until = duty.until === undefined ? '' : ` until ${bothTimes(duty.until, timezone, now)}`;
  const who = duty.person === undefined ? 'NOBODY' : nameOf(facts.people, duty.person);
  const detail = [overrideText(duty, facts.people), nextText(duty, shown)]
    .filter((text) => text !== '')
    .join(' · ');
  return {
    text: `${rotation.name}: ${who}${until}`,
    tone: duty.person === undefined ? 'bad' : 'good',
    ...(detail === '' ? {} : { detail }),
  };
}

const ofThese = ({ facts, rotations }: Shown): readonly OnCallOverride[] =>
  facts.overrides.filter(({ rotation }) => rotations.some(({ name }) => name === rotation));

function later(shown: Shown): readonly Part[] {
  const { facts, timezone, now } = shown;
  const ahead = ofThese(shown).filter(({ from }) => from > now);
  if (ahead.length === 0) return [];
  const items = ahead.map(({ id, person, rotation, from, until }) => ({
    text: `${id}: ${nameOf(facts.people, person)} takes over ${rotation}`,
    tone: 'waiting' as const,
    detail: `from ${bothTimes(from, timezone, now)} until ${bothTimes(until, timezone, now)}`,
  }));
  return [{ kind: 'list', items }];
}

const MOST_BUTTONS = 5;

function actionsOf(shown: Shown): readonly Action[] {
  const ends = ofThese(shown).map(({ id }) => ({
    label: `End ${id}`,
    line: `oncall end ${id}`,
    style: 'plain' as const,
  }));
  const [first] = shown.rotations;
  if (first === undefined) return [];
  const line = `oncall override me 4h --rotation ${first.name}`;
  const label = `I take over ${first.name} for 4h`;
  return [
    {
      label,
      line,
      style: 'plain',
      confirm: `You are called in the place of whoever is on call in ${first.name}, for 4 hours.`,
    },
    ...ends.slice(0, MOST_BUTTONS),
  ];
}

/** Draws who is on call now, until when, and who is next. */
export function drawOnCall(shown: Shown): Message {
  const { rotations, service, timezone } = shown;
  const items = rotations.map((rotation) => item(rotation, shown));
  const empty = items.filter(({ tone }) => tone === 'bad').length;
  return {
    title: service === undefined ? 'On call' : `On call for ${service}`,
    tone: empty > 0 ? 'bad' : 'neutral',
    ...(empty > 0 ? { state: 'somebody is missing' } : {}),
    parts: [
      { kind: 'list', items },
      ...later(shown),
      {
        kind: 'context',
        text: `times in ${timezone}${timezone === 'UTC' ? '' : ', and in UTC'} · oncall override @who 4h puts somebody else in`,
      },
    ],
    actions: actionsOf(shown),
  };
}
