/** Reads JSON that this store wrote itself; the type is the writer's promise. */
export const parseStored = <T>(text: string): T => JSON.parse(text);

/** Leaves out the columns that are null, for records whose keys are absent instead. */
export const parsePresent = <T extends Readonly<Record<string, string | number | null>>>(columns: T) =>
  Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== null)) as {
    readonly [K in keyof T]?: NonNullable<T[K]>;
  };

/** JSON text that any database can hold: well-formed Unicode, no raw NUL. */
export const toStored = (value: unknown): string => JSON.stringify(value);
