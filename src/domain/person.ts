/** Where an account lives. */
export type Platform = 'slack' | 'telegram' | 'console';

/** An account as the platform authenticated it; never taken from a payload's free text. */
export interface Account {
  readonly platform: Platform;
  /** On Slack `U0ANA`, on Telegram the numeric user id as text, in the console the person's key. */
  readonly id: string;
  /** What the platform says it is; only `person` may act. */
  readonly standing: 'person' | 'bot' | 'guest' | 'stranger';
  /** How to address it in a refusal; untrusted text. */
  readonly display?: string;
}

/** Somebody with roles; all linked accounts are one person. */
export interface Person {
  readonly key: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly slack?: string;
  readonly telegram?: string;
}
