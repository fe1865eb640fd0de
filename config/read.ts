/** A map of the file, with its keys as text. */
export type Entry = Readonly<Record<string, unknown>>;

const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value as a map, or an empty one: the reference checks look at whatever is well-formed. */
export const entry = (value: unknown): Entry => (isEntry(value) ? value : {});

/** The value where it is text. */
export const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** A text or a list of texts as a list; undefined where the key is absent. */
export function texts(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item) => typeof item === 'string');
}

/** What stands at a path; undefined where nothing does. */
export const valueAt = (content: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (value, step) => (Array.isArray(value) ? value[Number(step)] : entry(value)[String(step)]),
    content,
  );
