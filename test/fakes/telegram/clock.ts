/** The server's clock: real time plus what a test added. */
export class FakeClock {
  private addedMs = 0;

  /** Milliseconds since 1970. */
  now(): number {
    return Date.now() + this.addedMs;
  }

  /** Seconds since 1970, as the Bot API dates things. */
  seconds(): number {
    return Math.floor(this.now() / 1000);
  }

  advance(ms: number): void {
    this.addedMs += ms;
  }
}
