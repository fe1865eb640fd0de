/** Answers by the key of their question; an empty text is an answer too: none. */
export type Answers = Readonly<Record<string, string>>;

/** One question of `botswain init`; its key is also the flag that answers it. */
export interface Question {
  readonly key: string;
  readonly ask: string;
  /** What an empty line means; absent = an answer is needed. */
  readonly preset?: string;
  /** The question is only put where this holds. */
  readonly when?: (answers: Answers) => boolean;
  /** What is wrong with an answer; undefined where nothing is. */
  readonly wrong?: (answer: string) => string | undefined;
}

const like =
  (pattern: RegExp, wanted: string) =>
  (answer: string): string | undefined =>
    answer === '' || pattern.test(answer) ? undefined : wanted;

const isUrl = (answer: string): string | undefined =>
  answer === '' || /^https?:\/\/\S+$/.test(answer)
    ? undefined
    : 'that is not a URL like https://example.org/health';

const given = (key: string) => (answers: Answers) => (answers[key] ?? '') !== '';

const SLACK_MEMBER = like(
  /^[UW][A-Z0-9]+$/,
  'a member id starts with U; Slack shows it under "Copy member ID"',
);

const TELEGRAM_USER = like(/^\d+$/, 'a user id is a number');

const NAME = like(/^[a-z][a-z0-9-]*$/, 'use a-z, 0-9 and "-", starting with a letter');

/** The questions in the order they are put. */
export const QUESTIONS: readonly Question[] = [
  { key: 'name', ask: 'Your name' },
  {
    key: 'slack',
    ask: 'Your Slack member id, like U0ABC123 (empty: no Slack)',
    preset: '',
    wrong: SLACK_MEMBER,
  },
  {
    key: 'slack-team',
    ask: 'The id of your Slack workspace, like T0ABC123',
    when: given('slack'),
    wrong: like(/^[TE][A-Z0-9]+$/, 'a workspace id starts with T'),
  },
  {
    key: 'slack-channel',
    ask: 'The id of the Slack channel to work in, like C0ABC123',
    when: given('slack'),
    wrong: like(
      /^[CG][A-Z0-9]+$/,
      'a channel id starts with C or G; it stands at the end of the channel’s details',
    ),
  },
  {
    key: 'telegram',
    ask: 'Your Telegram user id, a number (empty: no Telegram)',
    preset: '',
    wrong: TELEGRAM_USER,
  },
  {
    key: 'telegram-chat',
    ask: 'The id of the Telegram group to work in, like -1001234567890',
    when: given('telegram'),
    wrong: like(/^-?\d+$/, 'a chat id is a number; groups are negative'),
  },
  { key: 'approver', ask: 'Who else approves what you ask for? A name (empty: nobody yet)', preset: '' },
  {
    key: 'approver-slack',
    ask: 'Their Slack member id (empty: they link themselves later)',
    preset: '',
    when: (answers) => given('approver')(answers) && given('slack')(answers),
    wrong: SLACK_MEMBER,
  },
  {
    key: 'approver-telegram',
    ask: 'Their Telegram user id (empty: they link themselves later)',
    preset: '',
    when: (answers) => given('approver')(answers) && given('telegram')(answers),
    wrong: TELEGRAM_USER,
  },
  { key: 'service', ask: 'The bot to operate, a short name like karmabot', wrong: NAME },
  { key: 'host', ask: 'The address of its server (empty: this machine)', preset: '' },
  { key: 'user', ask: 'The user to log in as', preset: 'ubuntu', when: given('host') },
  {
    key: 'key',
    ask: 'The private key to log in with, a file',
    preset: '/run/secrets/botswain_ed25519',
    when: given('host'),
  },
  {
    key: 'host-key',
    ask: 'The fingerprint of its host key, from: ssh-keyscan HOST | ssh-keygen -lf -',
    when: given('host'),
    wrong: like(/^SHA256:[A-Za-z0-9+/]{43}=?$/, 'a fingerprint is SHA256: and 43 characters'),
  },
  { key: 'unit', ask: 'Its systemd unit (empty: it is a container)', preset: '' },
  {
    key: 'container',
    ask: 'The name of its container',
    when: (answers) => (answers.unit ?? '') === '',
  },
  { key: 'url', ask: 'A URL that answers 200 while it is well (empty: none)', preset: '', wrong: isUrl },
];
