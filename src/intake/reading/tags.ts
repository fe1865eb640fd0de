import { wordsAt, wordsOf } from './fields.ts';
import { type Labels, labelsOf } from './labels.ts';

/** Most tags that are looked at. */
const MOST = 256;

const PAIR = /^([^:=\s]{1,128})\s{0,8}[:=]\s{0,8}(\S[\s\S]{0,1024})$/;

type Pair = readonly [name: string, value: string];

const ofText = (text: string): Pair | string => {
  const [, name, value] = PAIR.exec(text.trim().slice(0, 1_200)) ?? [];
  return name === undefined || value === undefined ? text.trim() : [name, value];
};

/** `{"tag": "scope", "value": "disk"}` (Zabbix), `{"key": …, "value": …}` and `["scope", "disk"]` (Sentry). */
const ofRecord = (tag: unknown): Pair | string => {
  const name = wordsAt(tag, 'tag') ?? wordsAt(tag, 'key') ?? wordsAt(tag, '0');
  const value = wordsAt(tag, 'value') ?? wordsAt(tag, '1');
  if (name === undefined) return '';
  return value === undefined ? name : [name, value];
};

const written = (tags: unknown, separator: RegExp): readonly unknown[] => {
  if (Array.isArray(tags)) return tags.slice(0, MOST);
  return typeof tags === 'string' ? tags.slice(0, 16_384).split(separator, MOST) : [];
};

/**
 * Tags as labels, whether a list or a text: `service:web` and `service=web` each under its name, words without a value together
 * under `tags`.
 */
export const labelsOfTags = (tags: unknown, separator = /,/): Labels => {
  const read = written(tags, separator).map((tag) => {
    const text = wordsOf(tag);
    return text === undefined ? ofRecord(tag) : ofText(text);
  });
  const bare = read.filter((tag) => typeof tag === 'string' && tag !== '');
  const pairs = read.filter((tag): tag is Pair => typeof tag !== 'string');
  return labelsOf({ ...Object.fromEntries(pairs), ...(bare.length > 0 ? { tags: bare.join(' ') } : {}) });
};
