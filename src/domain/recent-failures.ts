/** The failures that count at a time: less than so many milliseconds from it, on either side; undefined where failures are not known. */
export const failuresWithin = (
  withinMs: number,
  { at, recentFailures }: { readonly at: number; readonly recentFailures?: readonly number[] | undefined },
): readonly number[] | undefined => recentFailures?.filter((failure) => Math.abs(at - failure) < withinMs);
