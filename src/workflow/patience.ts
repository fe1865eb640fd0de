/** Waits for work to settle, at most this many milliseconds; what it comes to is of no interest. */
export async function withPatience(work: Promise<unknown>, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([Promise.allSettled([work]), promise]);
  clearTimeout(timer);
}

/** What work comes to, or undefined when it has not come to anything after this many milliseconds; it is not stopped. */
export async function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, ms, undefined);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
