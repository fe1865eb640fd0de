/** Waits for work to settle, at most this many milliseconds; what it comes to is of no interest. */
export async function withPatience(work: Promise<unknown>, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([Promise.allSettled([work]), promise]);
  clearTimeout(timer);
}
